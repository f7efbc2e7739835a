package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.net.Outbox;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;

/** Takes requests of this process to the handlers, without a connection. Thread-safe. */
public final class LocalDispatcher implements AutoCloseable {

  private final ServedModels models;
  private final Router router;

  // like the server's event loop: waking a thread for each token and stream would take longer
  private final ExecutorService loop =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("llamastream-local").factory());

  /** Creates a dispatcher. Routes must not be added to the router after this. */
  public LocalDispatcher(Served served, Router router) {
    this.models = new OneModel(served, () -> false);
    this.router = router;
  }

  /** Whether a POST request may have this path. */
  public boolean has(String path) {
    var methods = router.methods(path);
    return methods != null && methods.containsKey("POST");
  }

  /**
   * Handles a request.
   *
   * @param reply makes a response of a status and a body
   * @return completes with the response; cancelling it cancels the request
   */
  public <R> CompletableFuture<R> post(
      String path, byte[] body, BiFunction<Integer, byte[], R> reply) {
    CompletableFuture<R> response = new CompletableFuture<>();
    Outbox outbox = new Outbox("", loop, Integer.MAX_VALUE);
    CompletableFuture<R> _ =
        response.whenComplete(
            (_, _) -> {
              if (response.isCancelled()) {
                outbox.gone();
              }
            });
    var exchange =
        new LocalExchange<>(
            RequestIds.next(),
            path,
            router.errors(path),
            outbox,
            System.nanoTime(),
            response,
            reply);
    Thread.ofVirtual().name("llamastream-request").start(() -> handle(exchange, body));
    return response;
  }

  private void handle(LocalExchange<?> exchange, byte[] body) {
    try {
      Handler handler = router.find(exchange.method(), exchange.path());
      new Request(exchange, models, body).handle(handler);
    } catch (ApiError e) {
      exchange.fail(e);
    }
  }

  /** Closes the handlers. Requests that still run are cancelled. */
  @Override
  public void close() {
    models.evict();
    router.close();
    loop.shutdown();
  }
}
