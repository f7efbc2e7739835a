package dev.llamastream.server;

import static java.util.Objects.requireNonNull;

import dev.llamastream.server.spi.ModelLibrary;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The values of {@link ServerParams} and their validation. */
record ServerValues(
    String host,
    int port,
    String apiToken,
    List<String> allowedHosts,
    List<String> corsOrigins,
    String modelName,
    RequestDefaults requestDefaults,
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
    ModelLibrary modelLibrary,
    ServerMetrics metrics) {

  /** The largest size in bytes. */
  static final int MAX_SIZE = 1 << 30;

  private static final Duration MAX_TIME = Duration.ofDays(1);

  ServerValues {
    requireNonNull(host, "host");
    range("port", port, 0, 65_535);
    if (!requireNonNull(apiToken, "apiToken").matches("[!-~]{0,1000}")) {
      // the message leaves out the value: it is a secret
      throw new IllegalArgumentException(
          "apiToken: must be at most 1000 printable ASCII characters without spaces");
    }
    allowedHosts = List.copyOf(allowedHosts);
    corsOrigins = List.copyOf(corsOrigins);
    requireNonNull(modelName, "modelName");
    requireNonNull(requestDefaults, "requestDefaults");
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
    requireNonNull(modelLibrary, "modelLibrary");
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
}
