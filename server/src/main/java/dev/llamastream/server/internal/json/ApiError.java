package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.InvalidValueException;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.engine.EngineOverloadedException;
import java.io.Serial;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that is answered with an error: a status and a body of OpenAI's form. */
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
   * An error.
   *
   * @param status the HTTP status
   * @param type the kind of error, for instance {@code invalid_request_error}
   * @param code what exactly it is, for programs
   * @param message what exactly it is, for people
   */
  public ApiError(int status, String type, String code, String message) {
    this(status, type, code, message, null);
  }

  /** Status 400: the request makes no sense. */
  public static ApiError badRequest(String message) {
    return new ApiError(400, INVALID, "invalid_request", message);
  }

  /** Status 400: a field has a value that it cannot have. */
  public static ApiError badField(String field, String message) {
    return new ApiError(400, INVALID, "invalid_value", field + ": " + message, field);
  }

  /**
   * Status 400: a field has more tokens than there is room for. In the words by which clients of
   * OpenAI know it, with the numbers that clients of llama.cpp look for.
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

  /** Status 400: what the field asks for cannot be done. */
  public static ApiError unsupported(String field) {
    return new ApiError(400, INVALID, "unsupported_parameter", field + ": not supported", field);
  }

  /** Some other status of a request that makes no sense. */
  public static ApiError refused(int status, String code, String message) {
    return new ApiError(status, INVALID, code, message);
  }

  /** Status 503: the server is on its way out. */
  public static ApiError stopping() {
    return new ApiError(503, "server_error", "shutting_down", "the server is shutting down")
        .header("Retry-After", "10");
  }

  /** Status 408: its timeout was over before it could begin. */
  public static ApiError tooSlow() {
    return refused(408, "timeout", "timeout: over before the prompt was prepared");
  }

  /** Status 503: it failed for good, or somebody closed it. */
  public static ApiError engineClosed() {
    return new ApiError(503, "server_error", "engine_closed", "the engine is closed");
  }

  /** Status 429: there is too much of something now. */
  public static ApiError overloaded(String message) {
    return overloaded(message, Duration.ofSeconds(1));
  }

  private static ApiError overloaded(String message, Duration retryAfter) {
    return new ApiError(429, "rate_limit_error", "overloaded", message)
        .header("Retry-After", Long.toString(Math.max(1, retryAfter.plusMillis(999).toSeconds())));
  }

  /**
   * What to answer when a handler threw this; only what the client may know.
   *
   * @param names how the client calls the library's fields
   */
  public static ApiError of(Throwable failure, ClientNames names) {
    return switch (failure) {
      case ApiError error -> error;
      case PromptTooLongException e -> tooLong(e, names.of("prompt"));
      case EngineOverloadedException e -> overloaded(message(e), e.retryAfter());
      case InvalidValueException e -> invalidValue(e, names.of(e.field()));
      default ->
          new ApiError(500, "server_error", "internal_error", "the server could not do this");
    };
  }

  /** The library's message begins with its own name of the field. */
  private static ApiError invalidValue(InvalidValueException failure, String field) {
    String message = field + message(failure).substring(failure.field().length());
    return new ApiError(400, INVALID, "invalid_value", message, field);
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? "the request makes no sense" : e.getMessage();
  }

  /** The same with an HTTP header. */
  public ApiError header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** What exactly it is, for programs. */
  public String code() {
    return code;
  }

  /** What exactly it is, for people. */
  public String message() {
    return String.valueOf(getMessage());
  }

  /** HTTP headers beside it. */
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
