package dev.llamastream.server.internal.ollama;

import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.Optional;
import java.util.stream.Stream;

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
    try {
      request.choose(name);
    } catch (ApiError e) {
      if (e.status() != 404) {
        throw e;
      }
      request.choose(inAnyCase(request, name).orElseThrow(() -> notFound(name)));
    }
  }

  /** The name or alias that differs only in its case. */
  private static Optional<String> inAnyCase(Request request, String name) {
    return request.models().stream()
        .flatMap(card -> Stream.concat(Stream.of(card.name()), card.aliases().stream()))
        .filter(known -> withoutLatest(known).equalsIgnoreCase(withoutLatest(name)))
        .findFirst();
  }

  private static String withoutLatest(String name) {
    int tag = name.length() - LATEST.length();
    return name.regionMatches(true, tag, LATEST, 0, LATEST.length())
        ? name.substring(0, tag)
        : name;
  }

  /** Status 404, in Ollama's words. */
  static ApiError notFound(String name) {
    return ApiError.refused(404, "not_found", "model '" + name + "' not found");
  }
}
