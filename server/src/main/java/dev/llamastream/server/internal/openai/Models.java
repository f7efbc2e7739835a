package dev.llamastream.server.internal.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.llamastream.ModelInfo;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import java.net.URLDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/models}: lists the served models. */
final class Models {

  /** The path, without the API's version. */
  static final String PATH = "/models";

  /**
   * One model.
   *
   * @param maxModelLen room for the tokens of a request, as vLLM calls it; null while the model is
   *     not loaded
   * @param capabilities what the model was made for
   */
  record Entry(
      String id,
      String object,
      long created,
      String ownedBy,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer maxModelLen,
      List<String> capabilities,
      Meta meta) {}

  /**
   * What llama.cpp's server says of a model.
   *
   * @param nCtx room for the tokens of a request; null while the model is not loaded
   * @param nCtxTrain how many tokens the model was trained with
   * @param size in bytes
   */
  record Meta(
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer nCtx,
      int nCtxTrain,
      int nVocab,
      int nEmbd,
      long nParams,
      long size) {}

  /** All models. */
  record Listing(String object, List<Entry> data) {}

  void list(Request request) {
    List<Entry> entries = request.models().stream().map(Models::entry).toList();
    request.reply(200, OpenAiJson.write(new Listing("list", entries)));
  }

  void one(Request request) {
    String path = request.path();
    String asked = path.substring(path.indexOf(PATH + "/") + PATH.length() + 1);
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
    ModelInfo info = card.info();
    Integer room = card.contextSize() == 0 ? null : card.contextSize();
    return new Entry(
        card.name(),
        "model",
        card.created().getEpochSecond(),
        "llamastream",
        room,
        capabilities(info),
        new Meta(
            room,
            info.trainedContextSize(),
            info.vocabularySize(),
            info.embeddingSize(),
            info.parameters(),
            info.sizeInBytes()));
  }

  private static List<String> capabilities(ModelInfo info) {
    if (!info.canGenerate()) {
      return List.of("embedding");
    }
    return info.chatTemplate().isEmpty() ? List.of("completion") : List.of("completion", "chat");
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
