package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.Prompt;
import dev.llamastream.server.internal.embeddings.Embeddings;
import dev.llamastream.server.internal.embeddings.Truncation;
import dev.llamastream.server.internal.embeddings.WantedEmbeddings;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;

/** {@code /api/embed}, and the older {@code /api/embeddings}. */
record EmbedHandler(Embeddings embeddings) {

  private static final String INPUT = "input";
  private static final String PROMPT = "prompt";

  /** {@code /api/embed}: the embeddings of texts. */
  void embed(Request request) throws InterruptedException {
    long begun = System.nanoTime();
    RequestJson json = request.json();
    String model = choose(request);
    Timing timing = new Timing(begun, System.nanoTime());
    List<Prompt> inputs = inputs(json);
    int dimensions = json.integer("dimensions", 0, 0, Integer.MAX_VALUE);
    int truncateTo = json.bool("truncate", true) ? Truncation.TO_FIT : 0;
    OtherFields.check(json);
    embeddings.answer(
        request,
        new WantedEmbeddings(INPUT, inputs, dimensions, truncateTo),
        embedded -> {
          ObjectNode answer = Json.object().put("model", model);
          answer.putPOJO("embeddings", embedded.vectors());
          timing.putTotal(answer);
          return Json.write(answer.put("prompt_eval_count", embedded.tokens()));
        });
  }

  private static List<Prompt> inputs(RequestJson json) {
    JsonNode input = json.node(INPUT);
    boolean none = input == null || (input.isTextual() && input.textValue().isEmpty());
    return none ? List.of() : json.texts(INPUT).stream().<Prompt>map(Prompt.Text::new).toList();
  }

  /** {@code /api/embeddings}: the embedding of one text. */
  void embedOne(Request request) throws InterruptedException {
    RequestJson json = request.json();
    choose(request);
    String prompt = json.text(PROMPT, "");
    List<Prompt> inputs = prompt.isEmpty() ? List.of() : List.of(new Prompt.Text(prompt));
    OtherFields.check(json);
    embeddings.answer(
        request,
        new WantedEmbeddings(PROMPT, inputs, 0, 0),
        embedded -> {
          ObjectNode answer = Json.object();
          answer.putPOJO(
              "embedding",
              embedded.vectors().isEmpty() ? new float[0] : embedded.vectors().getFirst());
          return Json.write(answer);
        });
  }

  private static String choose(Request request) {
    RequestJson json = request.json();
    String model = ModelNames.read(json);
    ModelNames.choose(request, model);
    KeepAlive.isZero(json);
    Options.read(request, true); // checked, as they have no effect on an embedding
    return model;
  }
}
