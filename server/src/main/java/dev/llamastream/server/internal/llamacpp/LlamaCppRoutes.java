package dev.llamastream.server.internal.llamacpp;

import dev.llamastream.server.internal.embeddings.Embeddings;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Router;
import dev.llamastream.server.internal.json.ApiError;

/** The routes of llama.cpp's own API. */
public final class LlamaCppRoutes {

  private LlamaCppRoutes() {}

  /** Adds all routes. */
  public static void addTo(Router router, Embeddings embeddings) {
    CompletionHandler completion = new CompletionHandler();
    post(router, "/completion", completion);
    post(router, "/completions", completion);
    post(router, "/infill", new InfillHandler());
    post(router, "/tokenize", new TokenizeHandler());
    post(router, "/detokenize", new DetokenizeHandler());
    post(router, "/apply-template", new TemplateHandler());
    EmbeddingHandler embedding = new EmbeddingHandler(embeddings);
    post(router, "/embedding", embedding);
    post(router, "/embeddings", embedding);
    get(router, "/props", new PropsHandler());
    post(router, "/props", _ -> readOnly());
    get(router, "/slots", new SlotsHandler());
    post(router, "/slots/*", _ -> readOnly());
  }

  private static void get(Router router, String path, Handler handler) {
    router.get(path, handler);
    router.errors(path, LlamaCppError::body);
  }

  private static void post(Router router, String path, Handler handler) {
    router.on("POST", path, handler);
    router.errors(path.replace("/*", ""), LlamaCppError::body);
  }

  private static void readOnly() {
    throw new ApiError(501, "not_supported_error", "not_supported", "this can only be read");
  }
}
