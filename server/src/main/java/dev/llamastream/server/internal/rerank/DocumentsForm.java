package dev.llamastream.server.internal.rerank;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.embeddings.Ranking;
import dev.llamastream.server.internal.embeddings.Ranking.Ranked;
import dev.llamastream.server.internal.embeddings.Truncation;
import dev.llamastream.server.internal.embeddings.WantedRanking;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.ArrayList;
import java.util.List;

/**
 * Jina's form.
 *
 * @param returnsDocuments whether the response has the documents
 */
record DocumentsForm(WantedRanking wanted, boolean returnsDocuments) {

  static DocumentsForm read(RequestJson json) {
    WantedRanking wanted =
        new WantedRanking(
            json.text("query"),
            "documents",
            documents(json),
            json.integer("top_n", Integer.MAX_VALUE, 1, Integer.MAX_VALUE),
            Truncation.read(json));
    DocumentsForm form = new DocumentsForm(wanted, json.bool("return_documents", true));
    json.text("user", "");
    json.rejectUnknown();
    return form;
  }

  private static List<String> documents(RequestJson json) {
    List<String> documents = new ArrayList<>();
    JsonNode list = json.node("documents");
    if (list == null) {
      return documents;
    }
    if (!list.isArray()) {
      throw json.wrongType("documents", list, "a list of texts");
    }
    for (JsonNode one : list) {
      JsonNode text = one.isObject() ? one.path("text") : one;
      if (!text.isTextual() || (one.isObject() && one.size() > 1)) {
        throw json.wrongType(
            "documents[" + documents.size() + "]", one, "a text or {\"text\": ...}");
      }
      documents.add(text.textValue());
    }
    return documents;
  }

  String json(Ranking ranking, String modelName) {
    ObjectNode response = Json.object();
    response.put("model", modelName).put("object", "list");
    response
        .putObject("usage")
        .put("prompt_tokens", ranking.tokens())
        .put("total_tokens", ranking.tokens());
    ArrayNode results = response.putArray("results");
    for (Ranked ranked : ranking.best()) {
      ObjectNode result = results.addObject();
      result.put("index", ranked.index()).put("relevance_score", ranked.score());
      if (returnsDocuments) {
        result.putObject("document").put("text", wanted.documents().get(ranked.index()));
      }
    }
    return Json.write(response);
  }
}
