package dev.llamastream.server;

import static java.util.Objects.requireNonNull;

import dev.llamastream.server.spi.ModelLibrary;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The values of {@link ServerParams} and their validation. */
record ServerValues(
    String host,
    int port,
    String apiToken,
    List<String> apiKeys,
    int requestsPerMinute,
    Optional<ServerParams.Tls> tls,
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
    long memoryBudget,
    Duration idleUnload,
    ModelLibrary modelLibrary,
    ServerMetrics metrics) {

  /** The largest size in bytes. */
  private static final int MAX_SIZE = 1 << 30;

  private static final int MIN_BODY = 1 << 20;

  /** A long word takes about 10 letters, and each letter takes 6 bytes when escaped. */
  private static final int BYTES_PER_TOKEN = 64;

  private static final Duration MAX_TIME = Duration.ofDays(1);

  ServerValues {
    requireNonNull(host, "host");
    range("port", port, 0, 65_535);
    // the messages leave out the values: they are secrets
    if (!requireNonNull(apiToken, "apiToken").matches("[!-~]{0,1000}")) {
      throw new IllegalArgumentException(
          "apiToken: must be at most 1000 printable ASCII characters without spaces");
    }
    apiKeys = List.copyOf(apiKeys);
    if (!apiKeys.stream().allMatch(key -> key.matches("[!-~]{1,1000}"))) {
      throw new IllegalArgumentException(
          "apiKeys: each must be 1 to 1000 printable ASCII characters without spaces");
    }
    range("requestsPerMinute", requestsPerMinute, 0, 1_000_000);
    requireNonNull(tls, "tls");
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
    if (memoryBudget < 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "memoryBudget: %d, must be in [0, 2^63 - 1]", memoryBudget));
    }
    if (requireNonNull(idleUnload, "idleUnload").isNegative()
        || idleUnload.compareTo(MAX_TIME) > 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "idleUnload: %s, must be in [0, 1 day]", idleUnload));
    }
    requireNonNull(modelLibrary, "modelLibrary");
    requireNonNull(metrics, "metrics");
  }

  /** All tokens that clients may send. */
  List<String> tokens() {
    return Stream.concat(Stream.of(apiToken), apiKeys.stream())
        .filter(token -> !token.isEmpty())
        .distinct()
        .toList();
  }

  /** The {@link ServerParams#bodyLimit()} of a server whose context holds this many tokens. */
  int bodyLimit(int contextSize) {
    return bodyLimit != 0
        ? bodyLimit
        : Math.clamp((long) contextSize * BYTES_PER_TOKEN, MIN_BODY, MAX_SIZE);
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
