package dev.llamastream.server.openai;

import dev.llamastream.Token;
import dev.llamastream.TokenLogprob;
import dev.llamastream.server.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON of {@code /v1/completions}: an event has the form of a whole answer. */
final class CompletionForm implements Form {

  private final String id = "cmpl-" + UUID.randomUUID();
  private final long created = Instant.now().getEpochSecond();
  private final String model;
  private final boolean logprobs;
  private final String echo;
  private final TokenTexts texts;
  private int offset;

  /** With a text that the answer begins with. */
  CompletionForm(Request request, boolean logprobs, String echo) {
    this.model = request.modelName();
    this.logprobs = logprobs;
    this.echo = echo;
    this.texts = new TokenTexts(request.model().tokenizer());
  }

  /** The answer at once, or an event of a stream. */
  record Completion(
      String id,
      String object,
      long created,
      String model,
      List<Choice> choices,
      @Nullable Usage usage) {}

  /** One of n answers, which is 1. */
  record Choice(
      String text, int index, @Nullable Logprobs logprobs, @Nullable String finishReason) {}

  /** How probable tokens were: lists of the same length. */
  record Logprobs(
      List<String> tokens,
      List<Float> tokenLogprobs,
      List<Map<String, Float>> topLogprobs,
      List<Integer> textOffset) {}

  @Override
  public Object whole(Piece all, String finishReason, Usage usage) {
    return completion(
        List.of(new Choice(echo + all.text(), 0, logprobs(all), finishReason)), usage);
  }

  @Override
  public List<Object> opening() {
    return echo.isEmpty() ? List.of() : List.of(piece(new Piece(echo, List.of())));
  }

  @Override
  public Object piece(Piece piece) {
    return completion(List.of(new Choice(piece.text(), 0, logprobs(piece), null)), null);
  }

  @Override
  public Object closing(String finishReason) {
    return completion(List.of(new Choice("", 0, null, finishReason)), null);
  }

  @Override
  public Object usage(Usage usage) {
    return completion(List.of(), usage);
  }

  private Completion completion(List<Choice> choices, @Nullable Usage usage) {
    return new Completion(id, "text_completion", created, model, choices, usage);
  }

  private @Nullable Logprobs logprobs(Piece piece) {
    if (!logprobs) {
      return null;
    }
    List<String> tokens = new ArrayList<>();
    List<Float> chosen = new ArrayList<>();
    List<Map<String, Float>> top = new ArrayList<>();
    List<Integer> offsets = new ArrayList<>();
    for (Token token : piece.tokens()) {
      TokenTexts.Text text = texts.of(token.id());
      tokens.add(text.text());
      chosen.add(TokenTexts.finite(token.logprob()));
      Map<String, Float> likely = new LinkedHashMap<>();
      for (TokenLogprob other : token.topLogprobs()) {
        likely.putIfAbsent(texts.of(other.id()).text(), TokenTexts.finite(other.logprob()));
      }
      top.add(likely);
      offsets.add(offset);
      offset += text.characters();
    }
    return new Logprobs(tokens, chosen, top, offsets);
  }
}
