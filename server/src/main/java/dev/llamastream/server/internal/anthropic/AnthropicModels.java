package dev.llamastream.server.internal.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/models} as Anthropic's clients read it. */
final class AnthropicModels {

  private static final int DEFAULT_LIMIT = 20;
  private static final int MAX_LIMIT = 1000;

  private AnthropicModels() {}

  /** One page: at most {@code limit} models, after or before one of them. */
  static void list(Request request) {
    RequestJson query = request.json();
    int limit = query.integer("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
    query.bool("beta", false); // some clients send it with every request
    List<String> names = request.models().stream().map(ModelCard::name).toList();
    int from = query.has("after_id") ? indexOf(names, query, "after_id") + 1 : 0;
    int to = query.has("before_id") ? indexOf(names, query, "before_id") : names.size();
    query.rejectUnknown();
    boolean backwards = query.has("before_id") && !query.has("after_id");
    if (backwards) {
      from = Math.max(0, to - limit);
    }
    int first = Math.min(from, to);
    int last = Math.min(to, first + limit);
    List<ModelCard> page = request.models().subList(first, last);
    ObjectNode body = Json.object();
    ArrayNode data = body.putArray("data");
    page.forEach(card -> data.add(entry(card)));
    body.put("has_more", backwards ? first > 0 : last < to)
        .put("first_id", page.isEmpty() ? null : page.getFirst().name())
        .put("last_id", page.isEmpty() ? null : page.getLast().name());
    request.reply(200, Json.write(body));
  }

  private static int indexOf(List<String> names, RequestJson query, String field) {
    int index = names.indexOf(query.text(field));
    if (index < 0) {
      throw query.error(field, "this server does not have that model");
    }
    return index;
  }

  static void one(Request request) {
    request.reply(200, Json.write(entry(request.modelBelow("/v1/models/"))));
  }

  private static ObjectNode entry(ModelCard card) {
    @Nullable Integer room = card.contextSize() == 0 ? null : card.contextSize();
    return Json.object()
        .put("type", "model")
        .put("id", card.name())
        .put("display_name", card.name())
        .put("created_at", card.created().toString())
        .put("max_input_tokens", room)
        .put("max_tokens", room);
  }
}
