package dev.llamastream.internal.generation;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.TokenLogprob;
import dev.llamastream.internal.events.GenerationEvent;
import dev.llamastream.internal.events.PrefillEvent;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.ffm.Vocab;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a stream is, apart from what decodes for it: a token goes in, text and perhaps a finish
 * reason come out. Driven by one thread at a time; {@link #finishReason()} and {@link #stats()} may
 * be read by any.
 */
public final class Generation {

  private final GenerationRequest request;
  private final Vocab vocab;
  private final Vocab.Pieces pieces;
  private final int[] prompt;

  /** How many tokens of the prompt the first decode sees: all, or one that the others follow. */
  private final int begun;

  private final int contextSize;
  private final Utf8Text utf8 = new Utf8Text();
  private final StopSequenceFilter held;
  private final StatsRecorder stats;
  private final GenerationEvent event = new GenerationEvent();
  private final PrefillEvent prefill = new PrefillEvent();
  private long prefillStart;

  private int tokenId = Token.NONE;
  private float logprob = Float.NaN;
  private List<TokenLogprob> topLogprobs = List.of();
  private String text = "";
  private boolean fresh;
  private int sampled; // with those of a prompt that is scored
  private volatile @Nullable FinishReason finishReason;

  /** Begins a generation after a prompt, in a context of so many tokens. */
  public Generation(GenerationRequest request, Vocab vocab, int[] prompt, int contextSize) {
    this.request = request;
    this.vocab = vocab;
    this.pieces = vocab.newPieces();
    this.prompt = prompt;
    this.begun = decodedAtOnce(request, prompt).length;
    this.contextSize = contextSize;
    this.held = new StopSequenceFilter(request.stopSequences());
    this.stats = new StatsRecorder(prompt.length);
  }

  /** The part of a prompt that is decoded before the first token comes. */
  public static int[] decodedAtOnce(GenerationRequest request, int[] prompt) {
    return request.scorePrompt() ? Arrays.copyOf(prompt, 1) : prompt;
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
   * Samples the next token, from an output row of the last batch.
   *
   * @param startNanos when its decode began
   */
  public void sample(SamplerHandle sampler, ContextHandle context, int row, long startNanos) {
    boolean scored = begun + sampled < prompt.length;
    if (!scored && request.maxTokens() == 0) {
      interrupt(FinishReason.MAX_TOKENS);
      return;
    }
    // the sampler has seen the prompt
    int token = scored ? prompt[begun + sampled] : sampler.sample(context, row);
    float tokenLogprob = request.logprobs() ? context.logprob(row, token) : Float.NaN;
    List<TokenLogprob> top =
        request.topLogprobs() > 0 ? context.topLogprobs(row, request.topLogprobs()) : List.of();
    if (scored) {
      follow(token, tokenLogprob, top);
    } else {
      accept(token, tokenLogprob, top, System.nanoTime() - startNanos);
    }
  }

  /** The next token of a prompt that is scored: whatever it says, it ends nothing. */
  private void follow(int token, float logprob, List<TokenLogprob> topLogprobs) {
    sampled++;
    int length = pieces.read(token);
    utf8.decode(pieces.bytes(), length, held.text());
    set(token, logprob, topLogprobs, held.takeAll());
    fresh = true;
    if (request.maxTokens() == 0 && begun + sampled == prompt.length) {
      interrupt(FinishReason.MAX_TOKENS);
    }
  }

  /**
   * Takes the next sampled token.
   *
   * @param logprob its log-probability, or NaN
   * @param topLogprobs the most probable tokens in its place, or none
   * @param nanos how long it took to decode and sample
   */
  public void accept(int token, float logprob, List<TokenLogprob> topLogprobs, long nanos) {
    sampled++;
    FinishReason reason = append(token);
    set(token, logprob, topLogprobs, reason == null ? held.takeDeliverable() : held.takeAll());
    fresh = true;
    stats.sampled(nanos, reason != FinishReason.END_OF_TEXT, codePoints(text));
    if (reason != null) {
      finish(reason, 0);
    }
  }

  private void set(int token, float logprob, List<TokenLogprob> topLogprobs, String text) {
    this.tokenId = token;
    this.logprob = logprob;
    this.topLogprobs = topLogprobs;
    this.text = text;
  }

  private @Nullable FinishReason append(int token) {
    boolean control = !request.stopSequences().isEmpty() && vocab.isControl(token);
    if (control && held.search(vocab.name(token))) {
      return FinishReason.STOP_SEQUENCE;
    }
    if (vocab.isEndOfGeneration(token)) {
      utf8.end(held.text());
      return held.search() ? FinishReason.STOP_SEQUENCE : FinishReason.END_OF_TEXT;
    }
    int length = pieces.read(token);
    utf8.decode(pieces.bytes(), length, held.text());
    if (held.search()) {
      return FinishReason.STOP_SEQUENCE;
    }
    FinishReason reason = null;
    if (begun + sampled - prompt.length == request.maxTokens()) {
      reason = FinishReason.MAX_TOKENS;
    } else if (begun + sampled > contextSize) {
      // this token has no cell to be decoded into
      reason = FinishReason.CONTEXT_FULL;
    }
    if (reason != null) {
      utf8.end(held.text());
    }
    return reason;
  }

  /**
   * Ends the generation where no token ends it. What is held back may be the beginning of a stop
   * sequence, and stays back; but not if the context is full, for nothing can follow then. A token
   * that has not been delivered yet becomes the last one. No effect after the end.
   */
  public void interrupt(FinishReason reason) {
    if (finishReason != null) {
      return;
    }
    String rest = reason == FinishReason.CONTEXT_FULL ? held.takeAll() : "";
    if (fresh) {
      text += rest;
    } else {
      set(Token.NONE, Float.NaN, List.of(), rest);
    }
    finish(reason, codePoints(rest));
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

  /** The consumer has taken what there was: {@link #text()} or {@link #token()}. */
  public void delivered() {
    fresh = false;
    text = "";
  }

  /** The text that the last token, or the interruption, brought; may be empty. */
  public String text() {
    return text;
  }

  /** The last token's id, or {@link Token#NONE} after an interruption. */
  public int tokenId() {
    return tokenId;
  }

  /** The last token, or the end that an interruption is. */
  public Token token() {
    int position = begun + sampled - (tokenId == Token.NONE ? 0 : 1);
    return Token.of(tokenId, text, position, logprob, topLogprobs, finishReason != null);
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
