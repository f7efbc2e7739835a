package dev.llamastream.store.internal.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for an answer's headers. The JDK's own future fails also if the connection is cut soon
 * after them, and then the bytes in between would be lost.
 */
final class PendingAnswer implements BodyHandler<WebBody> {

  private final HttpRequest request;
  private final Duration stall;
  private final WebBody body;
  private final CompletableFuture<WebStream> answer = new CompletableFuture<>();

  PendingAnswer(HttpRequest request, Duration stall) {
    this.request = request;
    this.stall = stall;
    body = new WebBody(stall);
  }

  @Override
  public BodySubscriber<WebBody> apply(ResponseInfo info) {
    complete(info.statusCode(), info.headers());
    return body;
  }

  private void complete(int status, HttpHeaders headers) {
    answer.complete(new WebStream(status, request.uri(), headers, body));
  }

  /**
   * Waits.
   *
   * @param exchange what the client made of the request and this handler
   */
  WebStream await(CompletableFuture<HttpResponse<WebBody>> exchange)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<WebBody>> ended = exchange.whenComplete(this::ended);
    boolean answered = false;
    try {
      WebStream stream = answer.get(stall.toNanos(), TimeUnit.NANOSECONDS);
      answered = true;
      return stream;
    } catch (TimeoutException e) {
      throw failed(new SocketTimeoutException("no answer came in " + stall.toSeconds() + " s"));
    } catch (ExecutionException e) {
      throw failed(e.getCause() instanceof IOException io ? io : new IOException(e.getCause()));
    } finally {
      if (!answered) {
        exchange.cancel(true);
        ended.cancel(true);
      }
    }
  }

  private void ended(@Nullable HttpResponse<WebBody> response, @Nullable Throwable failure) {
    if (failure != null) {
      answer.completeExceptionally(failure);
      body.onError(failure);
    } else if (response != null && response.body() == null) {
      // A proxy's refusal of a tunnel passes no handler.
      complete(response.statusCode(), response.headers());
      body.onComplete();
    }
  }

  private RequestFailedException failed(IOException failure) {
    return new RequestFailedException(request.uri(), failure);
  }
}
