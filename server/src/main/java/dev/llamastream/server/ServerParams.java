package dev.llamastream.server;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How to serve. Immutable. Times are in the range [1 ms, 1 day].
 *
 * @param host the address to listen on. Default 127.0.0.1, which only this machine can reach
 * @param port the port to listen on; 0 for any that is free. Range [0, 65535], default 3000
 * @param apiToken what clients must send as {@code Authorization: Bearer ...}; empty for none. At
 *     most 1000 printable ASCII characters without spaces. Default none
 * @param allowedHosts names that the Host header may have besides {@code host} and those of this
 *     machine's loopback; {@code *} for all. Default none
 * @param corsOrigins origins of other web pages that may use this server, for instance {@code
 *     https://example.com}; a {@code *} stands for any part of one ({@code http://localhost:*},
 *     {@code chrome-extension://*}), alone for all. Default none
 * @param modelName what the model is called in answers; empty for its own description. Default
 *     empty
 * @param bodyLimit the size of a request's body and of a WebSocket message in bytes at most; 0 for
 *     what a prompt needs that fills the context: 64 bytes a token, and 1 MiB or more. Range 0 or
 *     [1024, 2^30], default 0
 * @param maxConnections how many connections may be open. For one more, the one that is idle for
 *     longest is closed; if none is idle, the new one is. Range [1, 2^20], default 1024
 * @param maxStreams how many streams may be open, waiting and parked ones among them; more get 429.
 *     Range [1, 2^20], default 1024
 * @param requestsPerSocket how many requests of one WebSocket may run at once. Range [1, 1024],
 *     default 16
 * @param sendBuffer how many bytes may wait to be sent to one peer before its stream is parked.
 *     Range [1, 2^30], default 64 KiB
 * @param socketSendBuffer the size of the operating system's send buffer of each connection in
 *     bytes; 0 for its own choice. A stream is parked when this and {@code sendBuffer} are full.
 *     Range [0, 2^30], default 128 KiB
 * @param headerTimeout how long a request's head may take. Default 10 s
 * @param bodyTimeout how long a request's body may take. Default 30 s
 * @param idleTimeout how long a connection may stay open without a request. Default 75 s
 * @param stallTimeout how long a peer may take nothing of what waits for it before its connection
 *     is cut, within as much time again. Default 1 min
 * @param heartbeat after how much silence something is sent that means nothing, which keeps proxies
 *     from giving up. Default 15 s
 * @param metrics what {@code /metrics} shows. Default: one that no engine tells anything
 */
public record ServerParams(
    String host,
    int port,
    String apiToken,
    List<String> allowedHosts,
    List<String> corsOrigins,
    String modelName,
    int bodyLimit,
    int maxConnections,
    int maxStreams,
    int requestsPerSocket,
    int sendBuffer,
    int socketSendBuffer,
    Duration headerTimeout,
    Duration bodyTimeout,
    Duration idleTimeout,
    Duration stallTimeout,
    Duration heartbeat,
    ServerMetrics metrics) {

  private static final int MAX_SIZE = 1 << 30;
  private static final int MIN_BODY = 1 << 20;

  /** A long word with every letter escaped has some 10 letters of 6 bytes. */
  private static final int BYTES_PER_TOKEN = 64;

  private static final Duration MAX_TIME = Duration.ofDays(1);

  /** Checks the ranges and copies the lists. */
  public ServerParams {
    requireNonNull(host, "host");
    range("port", port, 0, 65_535);
    if (!requireNonNull(apiToken, "apiToken").matches("[!-~]{0,1000}")) {
      // its value is nobody's business
      throw new IllegalArgumentException(
          "apiToken: must be at most 1000 printable ASCII characters without spaces");
    }
    allowedHosts = List.copyOf(allowedHosts);
    corsOrigins = List.copyOf(corsOrigins);
    requireNonNull(modelName, "modelName");
    if (bodyLimit != 0) {
      range("bodyLimit", bodyLimit, 1024, MAX_SIZE);
    }
    range("maxConnections", maxConnections, 1, 1 << 20);
    range("maxStreams", maxStreams, 1, 1 << 20);
    range("requestsPerSocket", requestsPerSocket, 1, 1024);
    range("sendBuffer", sendBuffer, 1, MAX_SIZE);
    range("socketSendBuffer", socketSendBuffer, 0, MAX_SIZE);
    range("headerTimeout", headerTimeout);
    range("bodyTimeout", bodyTimeout);
    range("idleTimeout", idleTimeout);
    range("stallTimeout", stallTimeout);
    range("heartbeat", heartbeat);
    requireNonNull(metrics, "metrics");
  }

  private static void range(String field, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: %d, must be in [%d, %d]", field, value, min, max));
    }
  }

  private static void range(String field, Duration value) {
    if (requireNonNull(value, field).toMillis() < 1 || value.compareTo(MAX_TIME) > 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: %s, must be in [1 ms, 1 day]", field, value));
    }
  }

  /** The {@link #bodyLimit()} of a server whose context holds so many tokens. */
  int bodyLimit(int contextSize) {
    return bodyLimit != 0
        ? bodyLimit
        : Math.clamp((long) contextSize * BYTES_PER_TOKEN, MIN_BODY, MAX_SIZE);
  }

  /** All defaults. */
  public static ServerParams defaults() {
    return builder().build();
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "ServerParams[host=%s, port=%d]", host, port);
  }

  /** Builds {@link ServerParams}. Not thread-safe. */
  public static final class Builder {
    private String host = "127.0.0.1";
    private int port = 3000;
    private String apiToken = "";
    private List<String> allowedHosts = List.of();
    private List<String> corsOrigins = List.of();
    private String modelName = "";
    private int bodyLimit;
    private int maxConnections = 1024;
    private int maxStreams = 1024;
    private int requestsPerSocket = 16;
    private int sendBuffer = 64 << 10;
    private int socketSendBuffer = 128 << 10;
    private Duration headerTimeout = Duration.ofSeconds(10);
    private Duration bodyTimeout = Duration.ofSeconds(30);
    private Duration idleTimeout = Duration.ofSeconds(75);
    private Duration stallTimeout = Duration.ofMinutes(1);
    private Duration heartbeat = Duration.ofSeconds(15);
    private ServerMetrics metrics = new ServerMetrics();

    private Builder() {}

    /** See {@link ServerParams#host()}. */
    public Builder host(String value) {
      host = value;
      return this;
    }

    /** See {@link ServerParams#port()}. */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /** See {@link ServerParams#apiToken()}. */
    public Builder apiToken(String value) {
      apiToken = value;
      return this;
    }

    /** See {@link ServerParams#allowedHosts()}. */
    public Builder allowedHosts(List<String> value) {
      allowedHosts = value;
      return this;
    }

    /** See {@link ServerParams#corsOrigins()}. */
    public Builder corsOrigins(List<String> value) {
      corsOrigins = value;
      return this;
    }

    /** See {@link ServerParams#modelName()}. */
    public Builder modelName(String value) {
      modelName = value;
      return this;
    }

    /** See {@link ServerParams#bodyLimit()}. */
    public Builder bodyLimit(int value) {
      bodyLimit = value;
      return this;
    }

    /** See {@link ServerParams#maxConnections()}. */
    public Builder maxConnections(int value) {
      maxConnections = value;
      return this;
    }

    /** See {@link ServerParams#maxStreams()}. */
    public Builder maxStreams(int value) {
      maxStreams = value;
      return this;
    }

    /** See {@link ServerParams#requestsPerSocket()}. */
    public Builder requestsPerSocket(int value) {
      requestsPerSocket = value;
      return this;
    }

    /** See {@link ServerParams#sendBuffer()}. */
    public Builder sendBuffer(int value) {
      sendBuffer = value;
      return this;
    }

    /** See {@link ServerParams#socketSendBuffer()}. */
    public Builder socketSendBuffer(int value) {
      socketSendBuffer = value;
      return this;
    }

    /** See {@link ServerParams#headerTimeout()}. */
    public Builder headerTimeout(Duration value) {
      headerTimeout = value;
      return this;
    }

    /** See {@link ServerParams#bodyTimeout()}. */
    public Builder bodyTimeout(Duration value) {
      bodyTimeout = value;
      return this;
    }

    /** See {@link ServerParams#idleTimeout()}. */
    public Builder idleTimeout(Duration value) {
      idleTimeout = value;
      return this;
    }

    /** See {@link ServerParams#stallTimeout()}. */
    public Builder stallTimeout(Duration value) {
      stallTimeout = value;
      return this;
    }

    /** See {@link ServerParams#heartbeat()}. */
    public Builder heartbeat(Duration value) {
      heartbeat = value;
      return this;
    }

    /** See {@link ServerParams#metrics()}. */
    public Builder metrics(ServerMetrics value) {
      metrics = value;
      return this;
    }

    /** Checks everything and builds. */
    public ServerParams build() {
      return new ServerParams(
          host,
          port,
          apiToken,
          allowedHosts,
          corsOrigins,
          modelName,
          bodyLimit,
          maxConnections,
          maxStreams,
          requestsPerSocket,
          sendBuffer,
          socketSendBuffer,
          headerTimeout,
          bodyTimeout,
          idleTimeout,
          stallTimeout,
          heartbeat,
          metrics);
    }
  }
}
