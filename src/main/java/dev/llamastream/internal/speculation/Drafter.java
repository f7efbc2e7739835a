package dev.llamastream.internal.speculation;

/** Guesses how a text continues. For one thread at a time. */
interface Drafter {

  /**
   * Looks for tokens that may follow the text.
   *
   * @return how strong the hint is, at least 0 and less than {@link #strengths()}; -1 for none
   */
  int look(Tokens text);

  /** The tokens that the last {@link #look} found, at most {@code most}; may be fewer, or none. */
  int[] draft(Tokens text, int most);

  /** The number of strengths. */
  int strengths();

  /** How probable it is at first that a token of this strength comes true. */
  double prior(int strength);

  /**
   * What drafting a token costs, in decodes of one token. If nothing, guesses are for learning too.
   */
  double cost();

  /** No more drafts are needed. Any thread, once. */
  void end();
}
