package dev.llamastream.internal.generation;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.internal.events.GenerationEvent;
import dev.llamastream.internal.events.PrefillEvent;
import dev.llamastream.internal.ffm.Vocab;
import dev.llamastream.internal.prompt.EncodedPrompt;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of a stream, independent of how its tokens are decoded and sampled. A token goes in,
 * text comes out, and eventually the end. Driven by one thread at a time. Any thread may read
 * {@link #finishReason()} and {@link #stats()}.
 */
public final class Generation {

  private final GenerationRequest request;
  private final Vocab vocab;
  private final Vocab.Pieces pieces;
  private final EncodedPrompt prompt;
  private final Set<Integer> shown;

  /**
   * How many cells of the prompt the first decode covers: all of them, or one when the rest follow
   * singly.
   */
  private final int begun;

  private final int contextSize;
  private final Utf8Text utf8 = new Utf8Text();
  private final StopSequenceFilter held;
  private final StatsRecorder stats;
  private final GenerationEvent event = new GenerationEvent();
  private final PrefillEvent prefill = new PrefillEvent();
  private long prefillStart;
  // including those of a scored prompt
  private int accepted;
  private volatile @Nullable FinishReason finishReason;

  /**
   * Starts a generation after a prompt, in a context of {@code contextSize} cells.
   *
   * @param shown control tokens whose names are part of the text
   */
  public Generation(
      GenerationRequest request,
      Vocab vocab,
      EncodedPrompt prompt,
      int contextSize,
      Set<Integer> shown) {
    this.request = request;
    this.vocab = vocab;
    this.pieces = vocab.newPieces();
    this.prompt = prompt;
    this.shown = shown;
    this.begun = request.scorePrompt() ? 1 : prompt.length();
    this.contextSize = contextSize;
    this.held = new StopSequenceFilter(request.stopSequences());
    this.stats = new StatsRecorder(prompt.length());
  }

  /** The prompt. */
  public EncodedPrompt prompt() {
    return prompt;
  }

  /** The part of the prompt that is decoded before the first token. */
  public EncodedPrompt decodedAtOnce() {
    return prompt.first(begun);
  }

  /** The stream has started. */
  public void started() {
    stats.start();
    event.begin();
  }

  /** The prefill has started. */
  public void prefilling() {
    prefill.begin();
    prefillStart = System.nanoTime();
  }

  /** The prompt is in the KV cache; {@code cached} of its tokens were there before. */
  public void prefilled(int cached) {
    stats.prefilled(cached, System.nanoTime() - prefillStart);
    prefill.prefilled(begun, cached);
  }

  /** A decode verified drafted tokens, of which some came true. */
  public void verified(int drafted, int cameTrue) {
    stats.verified(drafted, cameTrue);
  }

  /**
   * The token that must come next while a prompt is scored: the prompt's own next token. {@link
   * Token#NONE} if the model chooses the token.
   */
  public int promptToken() {
    return inPrompt() ? prompt.token(begun + accepted) : Token.NONE;
  }

  private boolean inPrompt() {
    return begun + accepted < prompt.length();
  }

  /**
   * Whether the request asks for no tokens. The driver then ends the generation with {@link
   * FinishReason#MAX_TOKENS}.
   */
  public boolean wantsNone() {
    return request.maxTokens() == 0 && !inPrompt();
  }

  /**
   * Accepts the next token: {@link #promptToken()}, or the sampled one. It may end the generation,
   * except within a scored prompt.
   *
   * @param nanos how long decoding and sampling took
   * @param threads how many computed it
   * @return the text that can be delivered now; may be empty
   */
  public String accept(int token, long nanos, int threads) {
    boolean scored = inPrompt();
    accepted++;
    return scored ? follow(token) : append(token, nanos, threads);
  }

  private String follow(int token) {
    decode(token);
    String text = held.takeAll();
    if (wantsNone()) {
      finish(FinishReason.MAX_TOKENS, 0);
    }
    return text;
  }

  private String append(int token, long nanos, int threads) {
    FinishReason reason = hold(token);
    String text = reason == null ? held.takeDeliverable() : held.takeAll();
    stats.sampled(nanos, threads, reason != FinishReason.END_OF_TEXT, codePoints(text));
    if (reason != null) {
      finish(reason, 0);
    }
    return text;
  }

  /**
   * Adds a token's text to the held text; returns why the token is the last, or null if it is not.
   */
  private @Nullable FinishReason hold(int token) {
    boolean control =
        !request.stopSequences().isEmpty() && vocab.isControl(token) && !isShown(token);
    if (control && held.search(vocab.name(token))) {
      return FinishReason.STOP_SEQUENCE;
    }
    if (vocab.isEndOfGeneration(token)) {
      utf8.end(held.text());
      return held.search() ? FinishReason.STOP_SEQUENCE : FinishReason.END_OF_TEXT;
    }
    decode(token);
    if (held.search()) {
      return FinishReason.STOP_SEQUENCE;
    }
    FinishReason reason = null;
    if (begun + accepted - prompt.length() == request.maxTokens()) {
      reason = FinishReason.MAX_TOKENS;
    } else if (begun + accepted > contextSize) {
      // no cell is left to decode this token into
      reason = FinishReason.CONTEXT_FULL;
    }
    if (reason != null) {
      utf8.end(held.text());
    }
    return reason;
  }

  /** An empty set must not cost an object for each token. */
  private boolean isShown(int token) {
    return !shown.isEmpty() && shown.contains(token);
  }

  private void decode(int token) {
    if (isShown(token)) {
      held.text().append(vocab.name(token));
      return;
    }
    int length = pieces.read(token);
    utf8.decode(pieces.bytes(), length, held.text());
  }

  /**
   * Ends the generation without a token. Held text may be the beginning of a stop sequence, and is
   * not delivered. If the context is full, it is delivered, because nothing can follow. No effect
   * after the end.
   *
   * @return the text that is delivered last; may be empty
   */
  public String interrupt(FinishReason reason) {
    if (finishReason != null) {
      return "";
    }
    String rest = reason == FinishReason.CONTEXT_FULL ? held.takeAll() : "";
    finish(reason, codePoints(rest));
    return rest;
  }

  private void finish(FinishReason reason, int newCharacters) {
    stats.finished(reason, held.found(), newCharacters);
    finishReason = reason;
    if (event.shouldCommit()) {
      event.ended(stats.snapshot());
    }
  }

  private static int codePoints(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The position after the last accepted token. */
  public int position() {
    return prompt.position(begun + accepted);
  }

  /** Whether no more tokens will come. */
  public boolean finished() {
    return finishReason != null;
  }

  /** Why the generation ended; empty while it runs. */
  public Optional<FinishReason> finishReason() {
    return Optional.ofNullable(finishReason);
  }

  /** The statistics so far. */
  public StreamStats stats() {
    return stats.snapshot();
  }
}
