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
    return new Builder(new ServerDraft());
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder(new ServerDraft(values));
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

  ServerValues values() {
    return values;
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

  /** The values of fields that a request leaves out. Default {@link RequestDefaults#NONE}. */
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
   * request needs another model, the least recently used ones are unloaded, but none that has a
   * running stream. Only for {@link LlamaServer#start(List, ServerParams)}. 0 for no limit; range
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
    private final ServerDraft draft;

    private Builder(ServerDraft draft) {
      this.draft = draft;
    }

    /** See {@link ServerParams#host()}. */
    public Builder host(String value) {
      draft.host = value;
      return this;
    }

    /** See {@link ServerParams#port()}. */
    public Builder port(int value) {
      draft.port = value;
      return this;
    }

    /** See {@link ServerParams#apiToken()}. */
    public Builder apiToken(String value) {
      draft.apiToken = value;
      return this;
    }

    /** See {@link ServerParams#apiKeys()}. */
    public Builder apiKeys(List<String> value) {
      draft.apiKeys = value;
      return this;
    }

    /** See {@link ServerParams#requestsPerMinute()}. */
    public Builder requestsPerMinute(int value) {
      draft.requestsPerMinute = value;
      return this;
    }

    /** See {@link ServerParams#tls()}. */
    public Builder tls(Path certificate, Path key) {
      draft.tls = Optional.of(new Tls(certificate, key));
      return this;
    }

    /** See {@link ServerParams#allowedHosts()}. */
    public Builder allowedHosts(List<String> value) {
      draft.allowedHosts = value;
      return this;
    }

    /** See {@link ServerParams#corsOrigins()}. */
    public Builder corsOrigins(List<String> value) {
      draft.corsOrigins = value;
      return this;
    }

    /** See {@link ServerParams#modelName()}. */
    public Builder modelName(String value) {
      draft.modelName = value;
      return this;
    }

    /** See {@link ServerParams#requestDefaults()}. */
    public Builder requestDefaults(RequestDefaults value) {
      draft.requestDefaults = value;
      return this;
    }

    /** See {@link ServerParams#bodyLimit()}. */
    public Builder bodyLimit(int value) {
      draft.bodyLimit = value;
      return this;
    }

    /** See {@link ServerParams#maxConnections()}. */
    public Builder maxConnections(int value) {
      draft.maxConnections = value;
      return this;
    }

    /** See {@link ServerParams#maxStreams()}. */
    public Builder maxStreams(int value) {
      draft.maxStreams = value;
      return this;
    }

    /** See {@link ServerParams#requestsPerSocket()}. */
    public Builder requestsPerSocket(int value) {
      draft.requestsPerSocket = value;
      return this;
    }

    /** See {@link ServerParams#sendBuffer()}. */
    public Builder sendBuffer(int value) {
      draft.sendBuffer = value;
      return this;
    }

    /** See {@link ServerParams#socketSendBuffer()}. */
    public Builder socketSendBuffer(int value) {
      draft.socketSendBuffer = value;
      return this;
    }

    /** See {@link ServerParams#headerTimeout()}. */
    public Builder headerTimeout(Duration value) {
      draft.headerTimeout = value;
      return this;
    }

    /** See {@link ServerParams#bodyTimeout()}. */
    public Builder bodyTimeout(Duration value) {
      draft.bodyTimeout = value;
      return this;
    }

    /** See {@link ServerParams#idleTimeout()}. */
    public Builder idleTimeout(Duration value) {
      draft.idleTimeout = value;
      return this;
    }

    /** See {@link ServerParams#stallTimeout()}. */
    public Builder stallTimeout(Duration value) {
      draft.stallTimeout = value;
      return this;
    }

    /** See {@link ServerParams#heartbeat()}. */
    public Builder heartbeat(Duration value) {
      draft.heartbeat = value;
      return this;
    }

    /** See {@link ServerParams#memoryBudget()}. */
    public Builder memoryBudget(long value) {
      draft.memoryBudget = value;
      return this;
    }

    /** See {@link ServerParams#idleUnload()}. */
    public Builder idleUnload(Duration value) {
      draft.idleUnload = value;
      return this;
    }

    /** See {@link ServerParams#modelLibrary()}. */
    public Builder modelLibrary(ModelLibrary value) {
      draft.modelLibrary = value;
      return this;
    }

    /** See {@link ServerParams#metrics()}. */
    public Builder metrics(ServerMetrics value) {
      draft.metrics = value;
      return this;
    }

    /** Validates all values and builds the parameters. */
    public ServerParams build() {
      return new ServerParams(draft.checked());
    }
  }
}
