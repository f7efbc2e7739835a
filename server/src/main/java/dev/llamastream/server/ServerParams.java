package dev.llamastream.server;

import static java.util.Objects.requireNonNull;

import dev.llamastream.server.spi.ModelLibrary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a server. Immutable. Times are in the range [1 ms, 1 day].
 *
 * @since 0.1.0
 */
public final class ServerParams {

  private static final int MIN_BODY = 1 << 20;

  /** A long word takes about 10 letters, and each letter takes 6 bytes when escaped. */
  private static final int BYTES_PER_TOKEN = 64;

  private final ServerValues values;

  private ServerParams(ServerValues values) {
    this.values = values;
  }

  /** The defaults. */
  public static ServerParams defaults() {
    return builder().build();
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    values.tls().ifPresent(files -> builder.tls(files.certificate(), files.key()));
    return builder
        .host(values.host())
        .port(values.port())
        .apiToken(values.apiToken())
        .apiKeys(values.apiKeys())
        .requestsPerMinute(values.requestsPerMinute())
        .allowedHosts(values.allowedHosts())
        .corsOrigins(values.corsOrigins())
        .modelName(values.modelName())
        .requestDefaults(values.requestDefaults())
        .bodyLimit(values.bodyLimit())
        .maxConnections(values.maxConnections())
        .maxStreams(values.maxStreams())
        .requestsPerSocket(values.requestsPerSocket())
        .sendBuffer(values.sendBuffer())
        .socketSendBuffer(values.socketSendBuffer())
        .headerTimeout(values.headerTimeout())
        .bodyTimeout(values.bodyTimeout())
        .idleTimeout(values.idleTimeout())
        .stallTimeout(values.stallTimeout())
        .heartbeat(values.heartbeat())
        .memoryBudget(values.memoryBudget())
        .idleUnload(values.idleUnload())
        .modelLibrary(values.modelLibrary())
        .metrics(values.metrics());
  }

  /** The address to listen on. The default, 127.0.0.1, is only reachable from this machine. */
  public String host() {
    return values.host();
  }

  /** The port to listen on; 0 picks a free port. Range [0, 65535], default 3000. */
  public int port() {
    return values.port();
  }

  /**
   * The token that clients must send as {@code Authorization: Bearer ...} or {@code X-Api-Key:
   * ...}; empty for none. At most 1000 printable ASCII characters without spaces. Default none.
   */
  public String apiToken() {
    return values.apiToken();
  }

  /**
   * More tokens that clients may send instead, for instance one for each client. They are as {@link
   * #apiToken()}, and not empty. Default none.
   */
  public List<String> apiKeys() {
    return values.apiKeys();
  }

  List<String> tokens() {
    return values.tokens();
  }

  /** Whether clients must send a token. */
  public boolean needsToken() {
    return !values.tokens().isEmpty();
  }

  /**
   * How many requests to a model each client may send per minute; more get status 429 and {@code
   * Retry-After}. A client is a token, or an address if there are no tokens. 0 for no limit; range
   * [0, 1000000], default 0.
   */
  public int requestsPerMinute() {
    return values.requestsPerMinute();
  }

  /**
   * The certificate and the private key for TLS. The server reads them again when they change.
   * Default none: HTTP without TLS.
   */
  public Optional<Tls> tls() {
    return values.tls();
  }

  /**
   * Files for TLS.
   *
   * @param certificate a certificate and its chain, in PEM
   * @param key the certificate's private key in PEM, without a password
   */
  public record Tls(Path certificate, Path key) {
    public Tls {
      requireNonNull(certificate, "certificate");
      requireNonNull(key, "key");
    }
  }

  /**
   * Additional names accepted in the Host header. {@code host} and the loopback names of this
   * machine are always accepted; {@code *} accepts all names. Default none.
   */
  public List<String> allowedHosts() {
    return values.allowedHosts();
  }

  /**
   * Origins of other web pages that may use this server, for instance {@code https://example.com}.
   * A {@code *} matches any part of an origin ({@code http://localhost:*}, {@code
   * chrome-extension://*}); on its own it matches all origins. Default none.
   */
  public List<String> corsOrigins() {
    return values.corsOrigins();
  }

  /** The model's name in responses; empty for the model's own description. Default empty. */
  public String modelName() {
    return values.modelName();
  }

  /** What a request gets where it says nothing. Default {@link RequestDefaults#NONE}. */
  public RequestDefaults requestDefaults() {
    return values.requestDefaults();
  }

  /**
   * The maximum size of a request body or WebSocket message in bytes. With 0, the limit fits a
   * prompt that fills the context: 64 bytes per token, but at least 1 MiB. Range 0 or [1024, 2^30],
   * default 0.
   */
  public int bodyLimit() {
    return values.bodyLimit();
  }

  /** The {@link #bodyLimit()} of a server whose context holds this many tokens. */
  int bodyLimit(int contextSize) {
    return values.bodyLimit() != 0
        ? values.bodyLimit()
        : Math.clamp((long) contextSize * BYTES_PER_TOKEN, MIN_BODY, ServerValues.MAX_SIZE);
  }

  /**
   * The maximum number of open connections. When one more client connects, the server closes the
   * connection that has been idle longest. If none is idle, it closes the new one. Range [1, 2^20],
   * default 1024.
   */
  public int maxConnections() {
    return values.maxConnections();
  }

  /**
   * The maximum number of open streams, including waiting and parked ones. Further requests get
   * status 429. Range [1, 2^20], default 1024.
   */
  public int maxStreams() {
    return values.maxStreams();
  }

  /** The maximum number of concurrent requests on one WebSocket. Range [1, 1024], default 16. */
  public int requestsPerSocket() {
    return values.requestsPerSocket();
  }

  /**
   * How many bytes may wait to be sent to one client before its stream is parked. Range [1, 2^30],
   * default 64 KiB.
   */
  public int sendBuffer() {
    return values.sendBuffer();
  }

  /**
   * The size in bytes of the operating system's send buffer of each connection; 0 leaves it to the
   * operating system. A stream is parked when this buffer and {@code sendBuffer} are full. Range
   * [0, 2^30], default 128 KiB.
   */
  public int socketSendBuffer() {
    return values.socketSendBuffer();
  }

  /** The timeout for receiving a request's head. Default 10 s. */
  public Duration headerTimeout() {
    return values.headerTimeout();
  }

  /** The timeout for receiving a request's body. Default 30 s. */
  public Duration bodyTimeout() {
    return values.bodyTimeout();
  }

  /** How long a connection may stay open without a request (idle timeout). Default 75 s. */
  public Duration idleTimeout() {
    return values.idleTimeout();
  }

  /**
   * How long a client may leave pending data unread. After that, its connection is closed within
   * the same time again. Default 1 min.
   */
  public Duration stallTimeout() {
    return values.stallTimeout();
  }

  /**
   * How long a response may be silent before the server sends a heartbeat. Heartbeats carry no
   * data; they keep proxies from closing the connection. Default 15 s.
   */
  public Duration heartbeat() {
    return values.heartbeat();
  }

  /**
   * The bytes that all models in memory may take together: {@link ModelSource#memory()}. When a
   * request needs another model, those that were not used for longest are unloaded, but never under
   * a running stream. Only for {@link LlamaServer#start(List, ServerParams)}. 0 for no limit; range
   * [0, 2^63 - 1], default 0.
   */
  public long memoryBudget() {
    return values.memoryBudget();
  }

  /**
   * After how much time without use a model is unloaded. Only for {@link LlamaServer#start(List,
   * ServerParams)}. 0 for never; range [0, 1 day], default 0.
   */
  public Duration idleUnload() {
    return values.idleUnload();
  }

  /**
   * Pulls and deletes models for clients of Ollama's API. Every client can then do so. With {@link
   * ModelLibrary#NONE} the server answers 403. Default {@link ModelLibrary#NONE}.
   */
  public ModelLibrary modelLibrary() {
    return values.modelLibrary();
  }

  /** The metrics shown at {@code /metrics}. Default: metrics that no engine reports to. */
  public ServerMetrics metrics() {
    return values.metrics();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ServerParams that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** Omits the token. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "ServerParams[host=%s, port=%d]", values.host(), values.port());
  }

  /** Builds {@link ServerParams}. Not thread-safe. */
  public static final class Builder {
    private String host = "127.0.0.1";
    private int port = 3000;
    private String apiToken = "";
    private List<String> apiKeys = List.of();
    private int requestsPerMinute;
    private @Nullable Tls tls;
    private List<String> allowedHosts = List.of();
    private List<String> corsOrigins = List.of();
    private String modelName = "";
    private RequestDefaults requestDefaults = RequestDefaults.NONE;
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
    private long memoryBudget;
    private Duration idleUnload = Duration.ZERO;
    private ModelLibrary modelLibrary = ModelLibrary.NONE;
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

    /** See {@link ServerParams#apiKeys()}. */
    public Builder apiKeys(List<String> value) {
      apiKeys = value;
      return this;
    }

    /** See {@link ServerParams#requestsPerMinute()}. */
    public Builder requestsPerMinute(int value) {
      requestsPerMinute = value;
      return this;
    }

    /** See {@link ServerParams#tls()}. */
    public Builder tls(Path certificate, Path key) {
      tls = new Tls(certificate, key);
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

    /** See {@link ServerParams#requestDefaults()}. */
    public Builder requestDefaults(RequestDefaults value) {
      requestDefaults = value;
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

    /** See {@link ServerParams#memoryBudget()}. */
    public Builder memoryBudget(long value) {
      memoryBudget = value;
      return this;
    }

    /** See {@link ServerParams#idleUnload()}. */
    public Builder idleUnload(Duration value) {
      idleUnload = value;
      return this;
    }

    /** See {@link ServerParams#modelLibrary()}. */
    public Builder modelLibrary(ModelLibrary value) {
      modelLibrary = value;
      return this;
    }

    /** See {@link ServerParams#metrics()}. */
    public Builder metrics(ServerMetrics value) {
      metrics = value;
      return this;
    }

    /** Validates all values and builds the parameters. */
    public ServerParams build() {
      return new ServerParams(
          new ServerValues(
              host,
              port,
              apiToken,
              apiKeys,
              requestsPerMinute,
              Optional.ofNullable(tls),
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
              metrics));
    }
  }
}
