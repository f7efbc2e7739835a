package dev.llamastream.server.internal.ollama;

import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.RequestJson;

/**
 * Models' names as Ollama's clients write them: in any case, and with or without the tag {@code
 * latest}.
 */
final class ModelNames {

  private static final String LATEST = ":latest";

  private ModelNames() {}

  /**
   * The name in a request, as the client wrote it.
   *
   * @throws ApiError 400 if there is none
   */
  static String read(RequestJson json) {
    return named(json, "model");
  }

  /** The name in a request of the kinds that have an older field for it, like {@link #read}. */
  static String readEither(RequestJson json) {
    return named(json, json.either("model", "name"));
  }

  private static String named(RequestJson json, String field) {
    String name = json.text(json.called("name", field), "");
    if (name.isEmpty()) {
      throw ApiError.refused(400, "no_model", "model is required");
    }
    return name;
  }

  /**
   * Chooses the model of a request.
   *
   * @throws ApiError 404 if there is no such model
   */
  static void choose(Request request, String name) {
    String known =
        request.models().stream()
            .map(ModelCard::name)
            .filter(one -> withoutLatest(one).equalsIgnoreCase(withoutLatest(name)))
            .findFirst()
            .orElse(name);
    try {
      request.choose(known);
    } catch (ApiError e) {
      throw e.status() == 404 ? notFound(name) : e;
    }
  }

  private static String withoutLatest(String name) {
    return name.endsWith(LATEST) ? name.substring(0, name.length() - LATEST.length()) : name;
  }

  /** Status 404, in Ollama's words. */
  static ApiError notFound(String name) {
    return ApiError.refused(404, "not_found", "model '" + name + "' not found");
  }
}
