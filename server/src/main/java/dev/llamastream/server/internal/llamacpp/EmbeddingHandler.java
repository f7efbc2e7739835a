package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.embeddings.Embedded;
import dev.llamastream.server.internal.embeddings.Embeddings;
import dev.llamastream.server.internal.embeddings.Truncation;
import dev.llamastream.server.internal.embeddings.WantedEmbeddings;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.Prompts;
import dev.llamastream.server.internal.json.RequestJson;

/** {@code /embedding} and {@code /embeddings}. */
final class EmbeddingHandler implements Handler {

  private final Embeddings embeddings;

  EmbeddingHandler(Embeddings embeddings) {
    this.embeddings = embeddings;
  }

  @Override
  public void handle(Request request) throws InterruptedException {
    RequestJson json = request.json();
    json.text("model", "");
    String field = json.has("input") ? "input" : "content";
    if (!json.text("encoding_format", "float").equals("float")) {
      throw json.error("encoding_format", "must be float here");
    }
    if (json.integer("embd_normalize", 2) != 2) {
      throw json.error("embd_normalize", "must be 2: embeddings have length 1");
    }
    WantedEmbeddings wanted =
        new WantedEmbeddings(field, Prompts.read(json, field), 0, Truncation.read(json));
    json.rejectUnknown();
    embeddings.answer(request, wanted, EmbeddingHandler::json);
  }

  private static String json(Embedded embedded) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (float[] vector : embedded.vectors()) {
      ObjectNode entry = list.addObject().put("index", list.size() - 1);
      ArrayNode numbers = entry.putArray("embedding").addArray();
      for (float number : vector) {
        numbers.add(number);
      }
    }
    return Json.write(list);
  }

  @Override
  public void close() {
    embeddings.close();
  }
}
