package dev.llamastream.server.internal.llamacpp;

import dev.llamastream.FinishReason;
import dev.llamastream.Token;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.streams.ServedText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One completion while it is generated. */
final class Completion {

  private final ServedText stream;
  private final long limitNanos;
  private final boolean keepsTokens;
  private final List<Integer> tokens = new ArrayList<>();
  private long firstNanos;
  private int promptTokens;
  private int count;
  private boolean newLine;
  private boolean cut;

  /**
   * Begins with no token.
   *
   * @param limitMillis after how long a line feed ends it; 0 for never
   * @param keepsTokens whether {@link #tokens} will be called
   */
  Completion(ServedText stream, long limitMillis, boolean keepsTokens) {
    this.stream = stream;
    this.limitNanos = TimeUnit.MILLISECONDS.toNanos(limitMillis);
    this.keepsTokens = keepsTokens;
  }

  /** Waits for the end. Until then, passes on each token of the text. */
  void forEachToken(Consumer<Token> receiver) {
    stream.forEachToken(
        token -> {
          // what was computed after the limit is not part of the text
          if (!cut && (stream.isText(token) || !token.text().isEmpty())) {
            add(token);
            receiver.accept(token);
            endAtLimit(token);
          }
        });
  }

  private void add(Token token) {
    if (count == 0) {
      firstNanos = System.nanoTime();
      promptTokens = stream.stats().promptTokens();
    }
    if (token.id() != Token.NONE) {
      count++;
      if (keepsTokens) {
        tokens.add(token.id());
      }
    }
  }

  private void endAtLimit(Token token) {
    if (token.text().indexOf('\n') >= 0) {
      newLine = true;
      if (limitNanos > 0 && System.nanoTime() - firstNanos > limitNanos) {
        cut = true;
        stream.cancel();
      }
    }
  }

  /** How many tokens the prompt has, once there is a token. */
  int promptTokens() {
    return promptTokens;
  }

  /** How many tokens there are so far. */
  int count() {
    return count;
  }

  /** The tokens, if they are kept. */
  List<Integer> tokens() {
    return tokens;
  }

  /** Whether the text has a line feed. */
  boolean hasNewLine() {
    return newLine;
  }

  /** Whether the context was full at the end. */
  boolean truncated() {
    return reason() == FinishReason.CONTEXT_FULL;
  }

  /**
   * llama.cpp's name for the reason of the end.
   *
   * @throws ApiError 503 if the engine ended it
   */
  String stopType() {
    if (cut) {
      return "limit";
    }
    return switch (reason()) {
      case END_OF_TEXT -> "eos";
      case STOP_SEQUENCE -> "word";
      case MAX_TOKENS, CONTEXT_FULL, TIMEOUT -> "limit";
      case CANCELLED, SUPERSEDED, FAILED -> throw ApiError.ended();
    };
  }

  private FinishReason reason() {
    return stream.finishReason().orElseThrow();
  }
}
