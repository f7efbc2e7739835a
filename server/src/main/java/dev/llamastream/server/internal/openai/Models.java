package dev.llamastream.server.internal.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import java.net.URLDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/models}: lists the served models. */
final class Models {

  private static final String BELOW = "/v1/models/";

  /**
   * One model.
   *
   * @param meta as in llama.cpp's server; null while the model is not loaded
   */
  record Entry(
      String id,
      String object,
      long created,
      String ownedBy,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Meta meta) {}

  /**
   * What clients ask about a model.
   *
   * @param nCtx room for the tokens of one stream
   */
  record Meta(int nCtx) {}

  /** All models. */
  record Listing(String object, List<Entry> data) {}

  void list(Request request) {
    List<Entry> entries = request.models().stream().map(Models::entry).toList();
    request.reply(200, OpenAiJson.write(new Listing("list", entries)));
  }

  void one(Request request) {
    String asked = request.path().substring(BELOW.length());
    ModelCard found =
        request.models().stream()
            .filter(card -> isNamed(asked, card.name()))
            .findFirst()
            .orElseThrow(
                () ->
                    new ApiError(
                        404,
                        "invalid_request_error",
                        "model_not_found",
                        "this server does not have that model"));
    request.reply(200, OpenAiJson.write(entry(found)));
  }

  private static Entry entry(ModelCard card) {
    Meta meta = card.contextSize() == 0 ? null : new Meta(card.contextSize());
    return new Entry(card.name(), "model", card.created().getEpochSecond(), "llamastream", meta);
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
