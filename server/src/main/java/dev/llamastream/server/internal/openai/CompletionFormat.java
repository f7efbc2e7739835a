package dev.llamastream.server.internal.openai;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Token;
import dev.llamastream.TokenLogprob;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.TokenTexts;
import dev.llamastream.server.internal.streams.ServedText;
import dev.llamastream.server.internal.streams.TextChoice;
import dev.llamastream.server.internal.streams.TextChunk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The JSON of {@code /v1/completions}. Each event has the format of a whole response. */
final class CompletionFormat implements ResponseFormat<ServedText, CompletionFormat.Choice> {

  private final String id = "cmpl-" + UUID.randomUUID();
  private final long created = Instant.now().getEpochSecond();
  private final String model;
  private final boolean logprobs;
  private final List<GenerationRequest> echoed;
  private final TokenTexts texts;

  /** How many characters of each choice have been sent. */
  private final int[] offsets;

  /** Creates the format, with or without the prompt in front of each choice. */
  CompletionFormat(Request request, List<GenerationRequest> choices, boolean echo) {
    this.model = request.modelName();
    this.logprobs = choices.getFirst().logprobs();
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
      List<Choice> choices,
      @Nullable Usage usage) {}

  /** One of n choices. */
  record Choice(
      String text, int index, @Nullable Logprobs logprobs, @Nullable String finishReason) {}

  /**
   * Token probabilities, as lists of the same length. A prompt's first token has no probability.
   */
  record Logprobs(
      List<String> tokens,
      List<@Nullable Float> tokenLogprobs,
      List<@Nullable Map<String, Float>> topLogprobs,
      List<Integer> textOffset) {}

  @Override
  public Choice choice(int index, ServedText stream) {
    TextChunk all = echo(index).followedBy(pieces(stream).whole());
    return new Choice(all.text(), index, logprobs(index, all), OpenAiFinish.reason(stream));
  }

  private TextChoice pieces(ServedText stream) {
    return new TextChoice(stream, logprobs);
  }

  @Override
  public Object whole(List<Choice> choices, Usage usage) {
    return completion(choices, usage);
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
    pieces(stream).forEachPiece(piece -> receiver.accept(piece(index, piece)));
    receiver.accept(event(new Choice("", index, null, OpenAiFinish.reason(stream))));
  }

  private Object piece(int index, TextChunk piece) {
    return event(new Choice(piece.text(), index, logprobs(index, piece), null));
  }

  private Completion event(Choice choice) {
    return completion(List.of(choice), null);
  }

  @Override
  public Object usage(Usage usage) {
    return completion(List.of(), usage);
  }

  private Completion completion(List<Choice> choices, @Nullable Usage usage) {
    return new Completion(id, "text_completion", created, model, choices, usage);
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
