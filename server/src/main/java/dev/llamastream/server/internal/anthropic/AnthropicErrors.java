package dev.llamastream.server.internal.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.http.RequestHead;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;

/** Errors in Anthropic's form, whose types go by the status. */
final class AnthropicErrors {

  private AnthropicErrors() {}

  /** {@code {"type":"error","error":{"type":...,"message":...},"request_id":...}}. */
  static ObjectNode body(ApiError error, RequestHead request) {
    ObjectNode body = Json.object().put("type", "error");
    body.putObject("error").put("type", type(error.status())).put("message", error.message());
    return body.put("request_id", request.id());
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 408, 504 -> "timeout_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 503, 529 -> "overloaded_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }
}
