package dev.llamastream.server;

import dev.llamastream.server.spi.ModelLibrary;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The values of a {@link ServerParams.Builder}, which start as the defaults. */
final class ServerDraft {

  String host = "127.0.0.1";
  int port = 3000;
  String apiToken = "";
  List<String> apiKeys = List.of();
  int requestsPerMinute;
  Optional<ServerParams.Tls> tls = Optional.empty();
  List<String> allowedHosts = List.of();
  List<String> corsOrigins = List.of();
  String modelName = "";
  RequestDefaults requestDefaults = RequestDefaults.NONE;
  int bodyLimit;
  int maxConnections = 1024;
  int maxStreams = 1024;
  int requestsPerSocket = 16;
  int sendBuffer = 64 << 10;
  int socketSendBuffer = 128 << 10;
  Duration headerTimeout = Duration.ofSeconds(10);
  Duration bodyTimeout = Duration.ofSeconds(30);
  Duration idleTimeout = Duration.ofSeconds(75);
  Duration stallTimeout = Duration.ofMinutes(1);
  Duration heartbeat = Duration.ofSeconds(15);
  long memoryBudget;
  Duration idleUnload = Duration.ZERO;
  ModelLibrary modelLibrary = ModelLibrary.NONE;
  ServerMetrics metrics = new ServerMetrics();

  /** Starts from the defaults. */
  ServerDraft() {}

  /** Starts from these values. */
  ServerDraft(ServerValues values) {
    host = values.host();
    port = values.port();
    apiToken = values.apiToken();
    apiKeys = values.apiKeys();
    requestsPerMinute = values.requestsPerMinute();
    tls = values.tls();
    allowedHosts = values.allowedHosts();
    corsOrigins = values.corsOrigins();
    modelName = values.modelName();
    requestDefaults = values.requestDefaults();
    bodyLimit = values.bodyLimit();
    maxConnections = values.maxConnections();
    maxStreams = values.maxStreams();
    requestsPerSocket = values.requestsPerSocket();
    sendBuffer = values.sendBuffer();
    socketSendBuffer = values.socketSendBuffer();
    headerTimeout = values.headerTimeout();
    bodyTimeout = values.bodyTimeout();
    idleTimeout = values.idleTimeout();
    stallTimeout = values.stallTimeout();
    heartbeat = values.heartbeat();
    memoryBudget = values.memoryBudget();
    idleUnload = values.idleUnload();
    modelLibrary = values.modelLibrary();
    metrics = values.metrics();
  }

  /**
   * The values.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  ServerValues checked() {
    return new ServerValues(
        host,
        port,
        apiToken,
        apiKeys,
        requestsPerMinute,
        tls,
        allowedHosts,
        corsOrigins,
        modelName,
        requestDefaults,
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
        memoryBudget,
        idleUnload,
        modelLibrary,
        metrics);
  }
}
