package dev.llamastream.server.internal.rerank;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.embeddings.Ranking;
import dev.llamastream.server.internal.embeddings.Ranking.Ranked;
import dev.llamastream.server.internal.embeddings.Truncation;
import dev.llamastream.server.internal.embeddings.WantedRanking;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;

/**
 * The form of text-embeddings-inference. {@code top_n} is llama.cpp's.
 *
 * @param returnsText whether the response has the texts
 * @param raw whether scores are the model's own, which is the default as in llama.cpp; otherwise
 *     they are the logistic function of these
 */
record TextsForm(WantedRanking wanted, boolean returnsText, boolean raw) {

  static TextsForm read(RequestJson json) {
    JsonNode texts = json.node("texts");
    if (texts != null && !texts.isArray()) {
      throw json.wrongType("texts", texts, "a list of texts");
    }
    WantedRanking wanted =
        new WantedRanking(
            json.text("query"),
            "texts",
            json.texts("texts"),
            json.integer("top_n", Integer.MAX_VALUE, 1, Integer.MAX_VALUE),
            Truncation.read(json));
    TextsForm form =
        new TextsForm(wanted, json.bool("return_text", false), json.bool("raw_scores", true));
    json.rejectUnknown();
    return form;
  }

  String json(Ranking ranking) {
    ArrayNode results = JsonNodeFactory.instance.arrayNode();
    for (Ranked ranked : ranking.best()) {
      ObjectNode result = results.addObject();
      result
          .put("index", ranked.index())
          .put("score", raw ? ranked.score() : logistic(ranked.score()));
      if (returnsText) {
        result.put("text", wanted.documents().get(ranked.index()));
      }
    }
    return Json.write(results);
  }

  private static float logistic(float score) {
    return (float) (1 / (1 + Math.exp(-score)));
  }
}
