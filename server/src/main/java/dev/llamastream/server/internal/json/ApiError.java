package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.ChatTemplateException;
import dev.llamastream.InvalidValueException;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.engine.EngineOverloadedException;
import java.io.Serial;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error response: a status and a body in OpenAI's format. */
public final class ApiError extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private static final String INVALID = "invalid_request_error";

  private final int status;
  private final String type;
  private final String code;
  private final @Nullable String param;
  private final transient Map<String, String> headers = new LinkedHashMap<>();
  private final transient Map<String, Integer> numbers = new LinkedHashMap<>();

  private ApiError(int status, String type, String code, String message, @Nullable String param) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }

  /**
   * Creates an error.
   *
   * @param status the HTTP status
   * @param type the kind of error, for instance {@code invalid_request_error}
   * @param code the exact error, for programs
   * @param message the exact error, for people
   */
  public ApiError(int status, String type, String code, String message) {
    this(status, type, code, message, null);
  }

  /** Status 400: the request is invalid. */
  public static ApiError badRequest(String message) {
    return new ApiError(400, INVALID, "invalid_request", message);
  }

  /** Status 400: a field has an invalid value. */
  public static ApiError badField(String field, String message) {
    return new ApiError(400, INVALID, "invalid_value", field + ": " + message, field);
  }

  /**
   * Status 400: a field has more tokens than fit. The wording matches what clients of OpenAI
   * expect; the numbers match what clients of llama.cpp expect.
   */
  public static ApiError tooLong(PromptTooLongException failure, String field) {
    ApiError error =
        new ApiError(
            400,
            INVALID,
            "context_length_exceeded",
            String.format(
                Locale.ROOT,
                "%s: this model's maximum context length is %d tokens. However, there are %d"
                    + " tokens. Please reduce the length",
                field,
                failure.contextSize(),
                failure.promptTokens()),
            field);
    error.numbers.put("n_prompt_tokens", failure.promptTokens());
    error.numbers.put("n_ctx", failure.contextSize());
    return error;
  }

  /** Status 400: the field asks for an unsupported feature. */
  public static ApiError unsupported(String field) {
    return new ApiError(400, INVALID, "unsupported_parameter", field + ": not supported", field);
  }

  /** Status 400: a chat for a model that cannot. */
  public static ApiError noChatTemplate() {
    return refused(400, "no_chat_template", "this model has no chat template");
  }

  /** An invalid request with a status other than 400. */
  public static ApiError refused(int status, String code, String message) {
    return new ApiError(status, INVALID, code, message);
  }

  /** Status 503: the server is shutting down. */
  public static ApiError stopping() {
    return new ApiError(503, "server_error", "shutting_down", "the server is shutting down")
        .header("Retry-After", "10");
  }

  /** Status 408: the request timed out before generation started. */
  public static ApiError tooSlow() {
    return refused(408, "timeout", "timeout: over before the prompt was prepared");
  }

  /** Status 503: the engine has failed permanently or was closed. */
  public static ApiError engineClosed() {
    return new ApiError(503, "server_error", "engine_closed", "the engine is closed");
  }

  /** Status 503: the engine ended the stream. */
  public static ApiError ended() {
    return new ApiError(503, "server_error", "cancelled", "the engine ended the stream");
  }

  /** Status 404: no model has this name. */
  public static ApiError noModel(String message) {
    return refused(404, "model_not_found", message);
  }

  /** Status 503: the model cannot be loaded now. */
  public static ApiError notLoaded(String message) {
    return new ApiError(503, "server_error", "model_not_loaded", message)
        .header("Retry-After", "10");
  }

  /** Status 429: a limit has been reached for now. */
  public static ApiError overloaded(String message) {
    return overloaded(message, Duration.ofSeconds(1));
  }

  /** Status 429: the client has sent too many requests. */
  public static ApiError tooMany(String message, Duration retryAfter) {
    return limited("rate_limit_exceeded", message, retryAfter);
  }

  private static ApiError overloaded(String message, Duration retryAfter) {
    return limited("overloaded", message, retryAfter);
  }

  private static ApiError limited(String code, String message, Duration retryAfter) {
    return new ApiError(429, "rate_limit_error", code, message)
        .header("Retry-After", Long.toString(Math.max(1, retryAfter.plusMillis(999).toSeconds())));
  }

  /**
   * The response to an exception from a handler. It only contains what the client may know.
   *
   * @param names the client's names for the library's fields
   */
  public static ApiError of(Throwable failure, ClientNames names) {
    return switch (failure) {
      case ApiError error -> error;
      case PromptTooLongException e -> tooLong(e, names.of("prompt"));
      case EngineOverloadedException e -> overloaded(message(e), e.retryAfter());
      case ChatTemplateException e -> new ApiError(400, INVALID, "chat_template", message(e));
      case InvalidValueException e -> invalidValue(e, names.of(e.field()));
      default ->
          new ApiError(500, "server_error", "internal_error", "the server could not do this");
    };
  }

  /** Replaces the library's field name at the start of its message by the client's. */
  private static ApiError invalidValue(InvalidValueException failure, String field) {
    String message = field + message(failure).substring(failure.field().length());
    return new ApiError(400, INVALID, "invalid_value", message, field);
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? "the request makes no sense" : e.getMessage();
  }

  /** Adds an HTTP header to this error. */
  public ApiError header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The kind of error, for instance {@code invalid_request_error}. */
  public String type() {
    return type;
  }

  /** The exact error, for programs. */
  public String code() {
    return code;
  }

  /** The exact error, for people. */
  public String message() {
    return String.valueOf(getMessage());
  }

  /** Additional HTTP headers of the response. */
  public Map<String, String> headers() {
    return headers;
  }

  /** {@code {"error":{"message":...,"type":...,"param":...,"code":...}}}. */
  public ObjectNode body() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode error = body.putObject("error");
    error.put("message", message()).put("type", type).put("param", param).put("code", code);
    numbers.forEach(error::put);
    return body;
  }
}
