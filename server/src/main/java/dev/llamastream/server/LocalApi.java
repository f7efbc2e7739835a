package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.server.internal.embeddings.Embeddings;
import dev.llamastream.server.internal.http.LocalDispatcher;
import dev.llamastream.server.internal.http.Meters;
import dev.llamastream.server.internal.http.Router;
import dev.llamastream.server.internal.http.Served;
import dev.llamastream.server.internal.http.WholeHandler;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.openai.OpenAiRoutes;
import dev.llamastream.server.internal.rerank.RerankRoutes;
import dev.llamastream.server.internal.streams.Streams;
import java.util.concurrent.CompletableFuture;

/**
 * The server's API inside this process: requests and responses are JSON as in HTTP, but nothing
 * listens. For programs that have requests in OpenAI's form, such as batch files.
 *
 * <p>The caller keeps ownership of the engine and the model: close this first. Thread-safe.
 *
 * @since 0.1.0
 */
public final class LocalApi implements AutoCloseable {

  private final LocalDispatcher dispatcher;

  private LocalApi(Served served, Router router) {
    dispatcher = new LocalDispatcher(served, router);
  }

  /**
   * Opens the API with these POST routes: {@code /v1/chat/completions}, {@code /v1/completions} and
   * {@code /v1/embeddings} as in OpenAI's API, {@code /v1/rerank} as in Jina's, and {@code
   * /stream}, the server's own form of a prompt or messages. All responses come whole: {@code
   * "stream": true} is refused.
   *
   * @param model the engine's model
   * @param modelName the model's name in responses; empty for its own description
   */
  public static LocalApi open(Engine engine, Model model, String modelName) {
    return open(engine, model, modelName, RequestDefaults.NONE);
  }

  /**
   * Opens the API as {@link #open(Engine, Model, String)} does.
   *
   * @param defaults the values of fields that a request leaves out
   */
  public static LocalApi open(
      Engine engine, Model model, String modelName, RequestDefaults defaults) {
    requireNonNull(engine, "engine");
    requireNonNull(defaults, "defaults");
    Router router = new Router();
    OpenAiRoutes.addTo(router, new Embeddings());
    RerankRoutes.addTo(router);
    router.on("POST", "/stream", new WholeHandler());
    Meters meters = new Meters();
    // the engine's queue is the limit
    Streams streams = new Streams(engine, Integer.MAX_VALUE, meters::firstToken);
    return new LocalApi(new Served(model, modelName, defaults.values(), streams, meters), router);
  }

  /**
   * Opens the API with the routes that need no engine: {@code /v1/embeddings} and {@code
   * /v1/rerank} with its other names.
   *
   * @param model a model that can embed or rank
   * @param modelName the model's name in responses; empty for its own description
   */
  public static LocalApi embeddings(Model model, String modelName) {
    Router router = new Router();
    OpenAiRoutes.addEmbeddings(router, new Embeddings());
    RerankRoutes.addTo(router);
    return new LocalApi(new Served(model, modelName, Defaults.NONE, null, new Meters()), router);
  }

  /** Whether {@link #post} knows this path. */
  public boolean has(String path) {
    return dispatcher.has(requireNonNull(path, "path"));
  }

  /**
   * Handles a POST request in the background. Failures are responses too, with the status and the
   * error object of the HTTP API; an unknown path is a 404.
   *
   * @param path for instance {@code /v1/chat/completions}
   * @param json the body, a JSON object
   * @return completes with the response; cancelling it cancels the request, at once
   */
  public CompletableFuture<Response> post(String path, String json) {
    requireNonNull(path, "path");
    return dispatcher.post(
        path,
        json.getBytes(UTF_8),
        (status, body) -> new Response(status, new String(body, UTF_8)));
  }

  /**
   * A response.
   *
   * @param status the status that HTTP would have, for instance 200
   * @param json the body, on one line
   */
  public record Response(int status, String json) {}

  /** Ends what still runs, and frees what the routes hold. */
  @Override
  public void close() {
    dispatcher.close();
  }
}
