package dev.llamastream.server.internal.openai;

import dev.llamastream.server.internal.embeddings.Embeddings;
import dev.llamastream.server.internal.http.Router;
import java.util.List;

/** The routes of OpenAI's API. */
public final class OpenAiRoutes {

  private OpenAiRoutes() {}

  /** Adds all routes. */
  public static void addTo(Router router, Embeddings embeddings) {
    Models models = new Models();
    ChatHandler chat = new ChatHandler();
    ResponsesHandler responses = new ResponsesHandler();
    // as llama.cpp's server has them; its other paths without a version have its own form
    for (String version : List.of("/v1", "")) {
      router.get(version + Models.PATH, models::list);
      router.get(version + Models.PATH + "/*", models::one);
      router.on("POST", version + "/chat/completions", chat);
      router.on("POST", version + "/chat/completions/input_tokens", chat::count);
      router.on("POST", version + "/responses", responses);
      router.on("POST", version + "/responses/input_tokens", responses::count);
    }
    router.on("POST", "/v1/completions", new CompletionHandler());
    addEmbeddings(router, embeddings);
  }

  /** Adds the one route that needs no engine. */
  public static void addEmbeddings(Router router, Embeddings embeddings) {
    router.on("POST", "/v1/embeddings", new EmbeddingsHandler(embeddings));
  }
}
