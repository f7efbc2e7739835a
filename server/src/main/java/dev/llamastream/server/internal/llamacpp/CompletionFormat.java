package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.GenerationRequest;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.Tokenizer;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.Timings;
import dev.llamastream.server.internal.streams.ServedText;
import dev.llamastream.server.internal.streams.TokenTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The JSON of {@code /completion}. */
final class CompletionFormat {

  /** The engine does not tell the slot of a stream. Clients send -1 for any slot. */
  private static final int ANY_SLOT = -1;

  private final CompletionRequest asked;
  private final String model;
  private final Tokenizer tokenizer;
  private final Probabilities probabilities;

  CompletionFormat(Request request, CompletionRequest asked) {
    this.asked = asked;
    this.model = request.modelName();
    this.tokenizer = request.model().tokenizer();
    this.probabilities = new Probabilities(new TokenTexts(tokenizer));
  }

  /** Waits for the end of a completion, and returns all of it. */
  ObjectNode whole(int index, ServedText stream) {
    Completion completion = begin(stream);
    StringBuilder text = new StringBuilder();
    List<Token> tokens = new ArrayList<>();
    int[] sure = {0};
    completion.forEachToken(
        token -> {
          text.append(token.text());
          if (asked.probabilities() > 0 && token.id() != Token.NONE) {
            tokens.add(token);
            // tokens after the last text may belong to a stop sequence
            sure[0] = token.text().isEmpty() ? sure[0] : tokens.size();
          }
        });
    ObjectNode whole = end(index, stream, completion, text.toString());
    if (asked.returnTokens()) {
      ArrayNode ids = whole.putArray("tokens");
      completion.tokens().forEach(ids::add);
    }
    if (asked.probabilities() > 0) {
      int shown = completion.stopType().equals("word") ? sure[0] : tokens.size();
      whole.set("completion_probabilities", probabilities.of(tokens.subList(0, shown)));
    }
    return selected(whole);
  }

  /** Waits for the end of a completion. Passes on an event for each token, and one for the end. */
  void events(int index, ServedText stream, Consumer<String> receiver) {
    Completion completion = begin(stream);
    completion.forEachToken(token -> receiver.accept(event(index, stream, completion, token)));
    receiver.accept(Json.write(selected(end(index, stream, completion, ""))));
  }

  private Completion begin(ServedText stream) {
    return new Completion(stream, asked.limitMillis(), asked.returnTokens() && !asked.stream());
  }

  /** Quick, as there may be thousands a second. */
  private String event(int index, ServedText stream, Completion completion, Token token) {
    StringBuilder event =
        new StringBuilder(128)
            .append("{\"index\":")
            .append(index)
            .append(",\"content\":")
            .append(Json.quote(token.text()))
            .append(",\"tokens\":[");
    if (token.id() != Token.NONE) {
      event.append(token.id());
    }
    event
        .append("],\"stop\":false,\"id_slot\":")
        .append(ANY_SLOT)
        .append(",\"tokens_predicted\":")
        .append(completion.count())
        .append(",\"tokens_evaluated\":")
        .append(completion.promptTokens());
    if (asked.timingsPerToken()) {
      event.append(",\"timings\":").append(Json.write(Timings.of(stream.stats())));
    }
    if (asked.probabilities() > 0 && token.id() != Token.NONE) {
      event
          .append(",\"completion_probabilities\":")
          .append(Json.write(probabilities.of(List.of(token))));
    }
    return event.append('}').toString();
  }

  private ObjectNode end(int index, ServedText stream, Completion completion, String content) {
    GenerationRequest request = asked.completions().get(index);
    StreamStats stats = stream.stats();
    ObjectNode end = Json.object().put("index", index).put("content", content);
    end.putArray("tokens");
    end.put("id_slot", ANY_SLOT)
        .put("stop", true)
        .put("model", model)
        .put("tokens_predicted", completion.count())
        .put("tokens_evaluated", stats.promptTokens())
        .set("generation_settings", GenerationSettings.of(asked, request));
    return end.put("prompt", WrittenTokens.of(request.prompt(), tokenizer))
        .put("has_new_line", completion.hasNewLine())
        .put("truncated", completion.truncated())
        .put("stop_type", completion.stopType())
        .put("stopping_word", stats.stopSequence())
        .put("tokens_cached", stats.promptTokens() + completion.count())
        .set("timings", Json.tree(Timings.of(stats)));
  }

  /** The fields that the request selects. {@code a/b} is the field b of the object a. */
  private ObjectNode selected(ObjectNode end) {
    if (asked.responseFields().isEmpty()) {
      return end;
    }
    ObjectNode selected = Json.object();
    for (String field : asked.responseFields()) {
      JsonNode value = end;
      for (String name : field.split("/")) {
        value = value.path(name);
      }
      if (!value.isMissingNode()) {
        selected.set(field, value);
      }
    }
    return selected;
  }
}
