package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.http.RequestHead;
import dev.llamastream.server.internal.json.ApiError;
import java.util.Locale;

/** Errors as llama.cpp's server writes them: {@code {"error":{"code":400,...}}}. */
final class LlamaCppError {

  private LlamaCppError() {}

  static ObjectNode body(ApiError failure, RequestHead request) {
    return body(failure);
  }

  static ObjectNode body(ApiError failure) {
    ObjectNode body = failure.body();
    ObjectNode error = (ObjectNode) body.get("error");
    boolean tooLong = failure.code().equals("context_length_exceeded");
    if (tooLong) {
      error.put("message", tooLong(error));
    }
    error.remove("param");
    error
        .put("code", failure.status())
        .put("type", tooLong ? "exceed_context_size_error" : type(failure));
    return body;
  }

  /** llama.cpp's wording, which clients search for. */
  private static String tooLong(ObjectNode error) {
    return String.format(
        Locale.ROOT,
        "request (%d tokens) exceeds the available context size (%d tokens), try increasing it",
        error.path("n_prompt_tokens").intValue(),
        error.path("n_ctx").intValue());
  }

  private static String type(ApiError failure) {
    return switch (failure.status()) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 501 -> "not_supported_error";
      case 503 -> "unavailable_error";
      default -> failure.type();
    };
  }
}
