package dev.llamastream.store.internal.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An answer whose body is read as it comes. One thread uses it. */
public final class WebStream implements AutoCloseable {

  private final int status;
  private final URI uri;
  private final HttpHeaders headers;
  private final WebBody body;

  WebStream(int status, URI uri, HttpHeaders headers, WebBody body) {
    this.status = status;
    this.uri = uri;
    this.headers = headers;
    this.body = body;
  }

  /** The status; no redirect that was to be followed. */
  public int status() {
    return status;
  }

  /** Where the answer came from, after redirects. */
  public URI uri() {
    return uri;
  }

  /** The headers. */
  public HttpHeaders headers() {
    return headers;
  }

  /** The first value of a header, in any case; empty if there is none. */
  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  /**
   * The next bytes of the body.
   *
   * @return null at its end
   * @throws IOException if the connection was cut, or no byte came in time
   */
  public @Nullable ByteBuffer next() throws IOException, InterruptedException {
    try {
      return body.next();
    } catch (IOException e) {
      throw new RequestFailedException(uri, e);
    }
  }

  /** Reads a short rest, so that the connection can be used again. */
  void skip() throws InterruptedException {
    body.skip();
  }

  /** Closes the connection unless all has been read. */
  @Override
  public void close() {
    body.close();
  }
}
