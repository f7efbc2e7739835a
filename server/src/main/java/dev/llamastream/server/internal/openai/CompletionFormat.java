package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Token;
import dev.llamastream.TokenLogprob;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Timings;
import dev.llamastream.server.internal.json.TokenTexts;
import dev.llamastream.server.internal.streams.ServedText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The JSON of {@code /v1/completions}. Each event has the format of a whole response. */
final class CompletionFormat implements ResponseFormat<ServedText, BestOf.Scored> {

  private final String id = "cmpl-" + UUID.randomUUID();
  private final long created = Instant.now().getEpochSecond();
  private final String model;
  private final boolean logprobs;
  private final BestOf best;
  private final List<GenerationRequest> echoed;
  private final TokenTexts texts;

  /** How many characters of each choice have been sent. */
  private final int[] offsets;

  /**
   * Creates the format.
   *
   * @param logprobs whether the client asked for token probabilities
   * @param best which of the choices are sent
   * @param echo whether the prompt stands in front of each choice
   */
  CompletionFormat(
      Request request,
      List<GenerationRequest> choices,
      boolean logprobs,
      BestOf best,
      boolean echo) {
    this.model = request.modelName();
    this.logprobs = logprobs;
    this.best = best;
    this.echoed = echo ? choices : List.of();
    this.texts = new TokenTexts(request.model().tokenizer());
    this.offsets = new int[choices.size()];
  }

  /** The response without streaming, or an event of a stream. */
  record Completion(
      String id,
      String object,
      long created,
      String model,
      String systemFingerprint,
      List<Choice> choices,
      @Nullable Usage usage,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Timings timings) {}

  /** One of n choices. */
  record Choice(
      String text, int index, @Nullable Logprobs logprobs, @Nullable String finishReason) {

    Choice numbered(int newIndex) {
      return new Choice(text, newIndex, logprobs, finishReason);
    }
  }

  /**
   * Token probabilities, as lists of the same length. A prompt's first token has no probability.
   */
  record Logprobs(
      List<String> tokens,
      List<@Nullable Float> tokenLogprobs,
      List<@Nullable Map<String, Float>> topLogprobs,
      List<Integer> textOffset) {}

  @Override
  public BestOf.Scored choice(int index, ServedText stream) {
    TextChunk text = new TextChoice(stream, logprobs || best.picks()).whole();
    TextChunk all = echo(index).followedBy(text);
    Choice choice =
        new Choice(all.text(), index, logprobs(index, all), OpenAiFinish.reason(stream));
    return new BestOf.Scored(choice, BestOf.score(text.tokens(), stream.stats().promptTokens()));
  }

  @Override
  public Object whole(List<BestOf.Scored> choices, Usage usage, @Nullable Timings timings) {
    return completion(best.pick(choices), usage, timings);
  }

  private TextChunk echo(int index) {
    return echoed.isEmpty() ? Echo.NONE : Echo.of(echoed.get(index), texts);
  }

  @Override
  public List<Object> opening(int index) {
    TextChunk echo = echo(index);
    return echo.isEmpty() ? List.of() : List.of(piece(index, echo));
  }

  @Override
  public void events(int index, ServedText stream, Consumer<Object> receiver) {
    new TextChoice(stream, logprobs).forEachPiece(piece -> receiver.accept(piece(index, piece)));
    Choice last = new Choice("", index, null, OpenAiFinish.reason(stream));
    receiver.accept(completion(List.of(last), null, Timings.of(stream.stats())));
  }

  private Object piece(int index, TextChunk piece) {
    Choice choice = new Choice(piece.text(), index, logprobs(index, piece), null);
    return completion(List.of(choice), null, null);
  }

  @Override
  public Object usage(Usage usage) {
    return completion(List.of(), usage, null);
  }

  private Completion completion(
      List<Choice> choices, @Nullable Usage usage, @Nullable Timings timings) {
    return new Completion(
        id, "text_completion", created, model, Fingerprint.VALUE, choices, usage, timings);
  }

  private @Nullable Logprobs logprobs(int index, TextChunk piece) {
    if (!logprobs) {
      return null;
    }
    List<String> tokens = new ArrayList<>();
    List<@Nullable Float> chosen = new ArrayList<>();
    List<@Nullable Map<String, Float>> top = new ArrayList<>();
    List<Integer> begins = new ArrayList<>();
    for (Token token : piece.tokens()) {
      TokenTexts.Text text = texts.of(token.id());
      boolean known = !Float.isNaN(token.logprob());
      tokens.add(text.text());
      chosen.add(known ? TokenTexts.finite(token.logprob()) : null);
      top.add(known ? likely(token) : null);
      begins.add(offsets[index]);
      offsets[index] += text.characters();
    }
    return new Logprobs(tokens, chosen, top, begins);
  }

  private Map<String, Float> likely(Token token) {
    Map<String, Float> likely = new LinkedHashMap<>();
    for (TokenLogprob other : token.topLogprobs()) {
      likely.putIfAbsent(texts.of(other.id()).text(), TokenTexts.finite(other.logprob()));
    }
    return likely;
  }
}
