package dev.llamastream.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.server.ApiError;
import dev.llamastream.server.Request;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.List;

/** {@code /v1/models}: the one that is served. */
final class Models {

  private static final String BELOW = "/v1/models/";

  private final long created = Instant.now().getEpochSecond();

  /** One model. */
  record Entry(String id, String object, long created, String ownedBy) {}

  /** All models. */
  record Listing(String object, List<Entry> data) {}

  void list(Request request) {
    request.reply(200, OpenAiJson.write(new Listing("list", List.of(entry(request)))));
  }

  void one(Request request) {
    String id = decoded(request.path().substring(BELOW.length()));
    if (!id.equals(request.modelName())) {
      throw new ApiError(
          404, "invalid_request_error", "model_not_found", "this server does not have that model");
    }
    request.reply(200, OpenAiJson.write(entry(request)));
  }

  private Entry entry(Request request) {
    return new Entry(request.modelName(), "model", created, "llamastream");
  }

  /** In a path a plus is a plus. */
  private static String decoded(String segment) {
    return URLDecoder.decode(segment.replace("+", "%2B"), UTF_8);
  }
}
