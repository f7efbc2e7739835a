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
import org.jspecify.annotations.Nullable;

/**
 * What a stream is, apart from what decodes and samples for it: a token goes in, text comes out,
 * and perhaps the end. Driven by one thread at a time; {@link #finishReason()} and {@link #stats()}
 * may be read by any.
 */
public final class Generation {

  private final GenerationRequest request;
  private final Vocab vocab;
  private final Vocab.Pieces pieces;
  private final EncodedPrompt prompt;

  /** How many cells of the prompt the first decode sees: all, or one that the others follow. */
  private final int begun;

  private final int contextSize;
  private final Utf8Text utf8 = new Utf8Text();
  private final StopSequenceFilter held;
  private final StatsRecorder stats;
  private final GenerationEvent event = new GenerationEvent();
  private final PrefillEvent prefill = new PrefillEvent();
  private long prefillStart;
  // with those of a prompt that is scored
  private int accepted;
  private volatile @Nullable FinishReason finishReason;

  /** Begins a generation after a prompt, in a context of so many cells. */
  public Generation(GenerationRequest request, Vocab vocab, EncodedPrompt prompt, int contextSize) {
    this.request = request;
    this.vocab = vocab;
    this.pieces = vocab.newPieces();
    this.prompt = prompt;
    this.begun = request.scorePrompt() ? 1 : prompt.length();
    this.contextSize = contextSize;
    this.held = new StopSequenceFilter(request.stopSequences());
    this.stats = new StatsRecorder(prompt.length());
  }

  /** What it follows. */
  public EncodedPrompt prompt() {
    return prompt;
  }

  /** The part of the prompt that is decoded before the first token comes. */
  public EncodedPrompt decodedAtOnce() {
    return prompt.first(begun);
  }

  /** The stream begins. */
  public void started() {
    stats.start();
    event.begin();
  }

  /** The model begins with the prompt. */
  public void prefilling() {
    prefill.begin();
    prefillStart = System.nanoTime();
  }

  /** The prompt is in the KV cache, of which so many tokens were there before. */
  public void prefilled(int cached) {
    stats.prefilled(cached, System.nanoTime() - prefillStart);
    prefill.prefilled(begun, cached);
  }

  /**
   * The token that must come next, where a prompt is scored: its own next one. {@link Token#NONE}
   * where the model says which.
   */
  public int promptToken() {
    return inPrompt() ? prompt.token(begun + accepted) : Token.NONE;
  }

  private boolean inPrompt() {
    return begun + accepted < prompt.length();
  }

  /**
   * Whether no token is wanted of the model: none was asked for. The driver ends the generation
   * with {@link FinishReason#MAX_TOKENS} then.
   */
  public boolean wantsNone() {
    return request.maxTokens() == 0 && !inPrompt();
  }

  /**
   * Takes the next token: that of {@link #promptToken()}, or what was sampled. It may end the
   * generation, but not while the prompt goes on.
   *
   * @param nanos how long it took to decode and sample
   * @return the text that can be delivered now; may be empty
   */
  public String accept(int token, long nanos) {
    boolean scored = inPrompt();
    accepted++;
    return scored ? follow(token) : append(token, nanos);
  }

  private String follow(int token) {
    decode(token);
    String text = held.takeAll();
    if (wantsNone()) {
      finish(FinishReason.MAX_TOKENS, 0);
    }
    return text;
  }

  private String append(int token, long nanos) {
    FinishReason reason = hold(token);
    String text = reason == null ? held.takeDeliverable() : held.takeAll();
    stats.sampled(nanos, reason != FinishReason.END_OF_TEXT, codePoints(text));
    if (reason != null) {
      finish(reason, 0);
    }
    return text;
  }

  /** Adds a token's text to what is held; returns why it is the last, if so. */
  private @Nullable FinishReason hold(int token) {
    boolean control = !request.stopSequences().isEmpty() && vocab.isControl(token);
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
      // this token has no cell to be decoded into
      reason = FinishReason.CONTEXT_FULL;
    }
    if (reason != null) {
      utf8.end(held.text());
    }
    return reason;
  }

  private void decode(int token) {
    int length = pieces.read(token);
    utf8.decode(pieces.bytes(), length, held.text());
  }

  /**
   * Ends the generation where no token ends it. What is held back may be the beginning of a stop
   * sequence, and stays back; but not if the context is full, for nothing can follow then. No
   * effect after the end.
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
    stats.finished(reason, newCharacters);
    finishReason = reason;
    if (event.shouldCommit()) {
      event.ended(stats.snapshot());
    }
  }

  private static int codePoints(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The position behind the last token that was accepted. */
  public int position() {
    return prompt.position(begun + accepted);
  }

  /** Whether there will be no more tokens. */
  public boolean finished() {
    return finishReason != null;
  }

  /** Why it ended; empty while it goes on. */
  public Optional<FinishReason> finishReason() {
    return Optional.ofNullable(finishReason);
  }

  /** The figures so far. */
  public StreamStats stats() {
    return stats.snapshot();
  }
}
