package dev.llamastream.server.internal.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.List;

/** {@code /v1/models}: lists the served model. */
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
    if (!isNamed(request.path().substring(BELOW.length()), request.modelName())) {
      throw new ApiError(
          404, "invalid_request_error", "model_not_found", "this server does not have that model");
    }
    request.reply(200, OpenAiJson.write(entry(request)));
  }

  private Entry entry(Request request) {
    return new Entry(request.modelName(), "model", created, "llamastream");
  }

  private static boolean isNamed(String segment, String model) {
    try {
      // URLDecoder would turn a plus into a space
      return URLDecoder.decode(segment.replace("+", "%2B"), UTF_8).equals(model);
    } catch (IllegalArgumentException e) {
      return false; // invalid percent-encoding
    }
  }
}
