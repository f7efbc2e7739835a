package dev.llamastream.server.internal.openai;

import dev.llamastream.server.internal.http.Router;

/** The routes of OpenAI's API. */
public final class OpenAiRoutes {

  private OpenAiRoutes() {}

  /** Adds all routes. */
  public static void addTo(Router router) {
    Models models = new Models();
    router.get("/v1/models", models::list);
    router.get("/v1/models/*", models::one);
    router.on("POST", "/v1/chat/completions", new ChatHandler());
    router.on("POST", "/v1/completions", new CompletionHandler());
    router.on("POST", "/v1/embeddings", new EmbeddingsHandler());
  }
}
