package dev.llamastream.store.internal.http;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks web servers. Thread-safe, but it reports waits on the calling thread. */
public final class Web implements AutoCloseable {

  private static final int LARGEST = 16 << 20;
  private static final Duration STALL = Duration.ofSeconds(30);
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final boolean offline;
  private final Pause pause;
  private final Waiting waiting;
  private final Duration stall;
  private final Proxies proxies;
  private final HttpClient client;

  /**
   * Creates a client with no connection yet. It uses the proxies that the environment names.
   *
   * @param offline whether each request fails with {@link Reason#OFFLINE}
   * @param pause waits between tries
   * @param waiting is told before each of these waits
   * @throws dev.llamastream.InvalidValueException if a variable names no proxy that can be used
   */
  public Web(boolean offline, Pause pause, Waiting waiting) {
    this(offline, pause, waiting, STALL, System.getenv());
  }

  /**
   * Creates a client with no connection yet.
   *
   * @param stall after so much time without a byte a connection counts as cut
   */
  public Web(boolean offline, Pause pause, Waiting waiting, Duration stall) {
    this(offline, pause, waiting, stall, System.getenv());
  }

  Web(
      boolean offline,
      Pause pause,
      Waiting waiting,
      Duration stall,
      Map<String, String> environment) {
    this.offline = offline;
    this.pause = pause;
    this.waiting = waiting;
    this.stall = stall;
    proxies = new Proxies(offline ? Map.of() : environment);
    // HTTP/2 would put all connections of a download into one.
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(stall.compareTo(CONNECT) < 0 ? stall : CONNECT)
            .proxy(proxies)
            .build();
  }

  /** The clock. */
  public Pause pause() {
    return pause;
  }

  /**
   * Gets a small body: at most 16 MiB.
   *
   * @return an answer with status 2xx or 4xx, except 408 and 429
   * @throws ModelStoreException if there is none after some tries, or the thread is interrupted
   */
  public WebAnswer get(URI uri, Credentials credentials, Map<String, String> headers) {
    return answer("GET", uri, credentials, headers, Follow.ALL);
  }

  /** Gets headers. As {@link #get}. */
  public WebAnswer head(URI uri, Credentials credentials, Map<String, String> headers) {
    return head(uri, credentials, headers, Follow.ALL);
  }

  /** Gets headers. The status may also be 3xx if {@code follow} leaves redirects out. */
  public WebAnswer head(
      URI uri, Credentials credentials, Map<String, String> headers, Follow follow) {
    return answer("HEAD", uri, credentials, headers, follow);
  }

  private WebAnswer answer(
      String method, URI uri, Credentials credentials, Map<String, String> headers, Follow follow) {
    Retries retries = new Retries(pause, waiting);
    try {
      while (true) {
        try (WebStream stream = exchange(method, uri, credentials, headers, follow)) {
          if (Retries.isTemporary(stream.status())) {
            throw new TemporaryAnswerException(stream);
          }
          return new WebAnswer(stream.status(), stream.uri(), stream.headers(), body(stream));
        } catch (IOException e) {
          if (Unreachable.isUnknownHost(e)) {
            // nothing has begun that a network which is gone for a moment would break
            throw Unreachable.of(uri, e);
          }
          retries.afterFailure(uri, e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelStoreException(
          Reason.CANCELLED, Origin.shown(uri) + ": the thread was interrupted", e);
    }
  }

  private static byte[] body(WebStream stream) throws IOException, InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    @Nullable ByteBuffer next = stream.next();
    while (next != null) {
      if (all.size() + next.remaining() > LARGEST) {
        throw new ModelStoreException(
            Reason.WRONG_CONTENT,
            Origin.shown(stream.uri())
                + " is larger than 16 MiB, as no list of files is. Is it the right address?");
      }
      byte[] bytes = new byte[next.remaining()];
      next.get(bytes);
      all.writeBytes(bytes);
      next = stream.next();
    }
    return all.toByteArray();
  }

  /**
   * Gets an answer whose body is read as it comes. Redirects are followed; there is only one try.
   *
   * @throws IOException if the connection failed
   * @throws ModelStoreException if another try would fail the same way
   */
  public WebStream open(URI uri, Credentials credentials, Map<String, String> headers)
      throws IOException, InterruptedException {
    return exchange("GET", uri, credentials, headers, Follow.ALL);
  }

  private WebStream exchange(
      String method, URI uri, Credentials credentials, Map<String, String> headers, Follow follow)
      throws IOException, InterruptedException {
    if (offline) {
      throw new ModelStoreException(
          Reason.OFFLINE,
          Origin.shown(uri) + " is not asked, as the store is offline (HF_HUB_OFFLINE)");
    }
    Redirects redirects = new Redirects(uri, follow);
    while (true) {
      WebStream answer = send(request(method, redirects.at(), credentials, headers));
      if (answer.status() == 407) {
        answer.close();
        throw proxies.refused(redirects.at());
      }
      if (!redirects.follow(answer.status(), answer.header("Location"))) {
        return answer;
      }
      answer.skip();
    }
  }

  private HttpRequest request(
      String method, URI uri, Credentials credentials, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .setHeader("User-Agent", UserAgent.VALUE)
            .setHeader("Accept-Encoding", "identity");
    headers.forEach(request::setHeader);
    if (credentials.isFor(uri)) {
      request.setHeader("Authorization", credentials.authorization());
    }
    proxies.authorization(uri).ifPresent(value -> request.setHeader("Proxy-Authorization", value));
    return request.build();
  }

  private WebStream send(HttpRequest request) throws IOException, InterruptedException {
    PendingAnswer answer = new PendingAnswer(request, stall);
    return answer.await(client.sendAsync(request, answer));
  }

  /** Closes all connections. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
