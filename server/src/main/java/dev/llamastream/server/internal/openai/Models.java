package dev.llamastream.server.internal.openai;

import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.Request;
import java.util.List;

/** {@code /v1/models}: lists the served models. */
final class Models {

  /** One model. */
  record Entry(String id, String object, long created, String ownedBy) {}

  /** All models. */
  record Listing(String object, List<Entry> data) {}

  void list(Request request) {
    List<Entry> entries = request.models().stream().map(Models::entry).toList();
    request.reply(200, OpenAiJson.write(new Listing("list", entries)));
  }

  void one(Request request) {
    request.reply(200, OpenAiJson.write(entry(request.modelBelow("/v1/models/"))));
  }

  private static Entry entry(ModelCard card) {
    return new Entry(card.name(), "model", card.created().getEpochSecond(), "llamastream");
  }
}
