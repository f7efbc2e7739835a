package dev.llamastream.server.internal.openai;

import dev.llamastream.server.internal.embeddings.Embeddings;
import dev.llamastream.server.internal.http.Router;

/** The routes of OpenAI's API, and one of llama.cpp's server. */
public final class OpenAiRoutes {

  private OpenAiRoutes() {}

  /** Adds all routes. */
  public static void addTo(Router router, Embeddings embeddings) {
    Models models = new Models();
    router.get("/v1/models", models::list);
    router.get("/v1/models/*", models::one);
    ChatHandler chat = new ChatHandler();
    router.on("POST", "/v1/chat/completions", chat);
    router.on("POST", "/apply-template", chat::prompt);
    router.on("POST", "/v1/completions", new CompletionHandler());
    addEmbeddings(router, embeddings);
  }

  /** Adds the one route that needs no engine. */
  public static void addEmbeddings(Router router, Embeddings embeddings) {
    router.on("POST", "/v1/embeddings", new EmbeddingsHandler(embeddings));
  }
}
