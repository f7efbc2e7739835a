package dev.llamastream.store.internal.http;

import java.io.IOException;
import java.io.Serial;
import java.net.http.HttpHeaders;

/** A server answered that it cannot serve a request now. */
public final class TemporaryAnswerException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final transient HttpHeaders headers;

  /** For the answer of a stream. */
  public TemporaryAnswerException(WebStream answer) {
    super(answer.uri().getHost() + " answers " + answer.status());
    status = answer.status();
    headers = answer.headers();
  }

  int status() {
    return status;
  }

  HttpHeaders headers() {
    return headers;
  }
}
