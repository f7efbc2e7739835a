package dev.llamastream.server.internal.ollama;

import dev.llamastream.server.internal.embeddings.Embeddings;
import dev.llamastream.server.internal.http.Router;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.spi.ModelLibrary;

/** The routes of Ollama's API. */
public final class OllamaRoutes {

  /** Clients compare it to find out what a server can do. This is the first one with logprobs. */
  private static final String VERSION = "0.12.11";

  private OllamaRoutes() {}

  /**
   * Adds all routes.
   *
   * @param embeddings closed by another form that shares it
   * @param library pulls and deletes models; {@link ModelLibrary#NONE} if clients may not
   */
  public static void addTo(Router router, Embeddings embeddings, ModelLibrary library) {
    router.errors("/api", (error, _) -> Json.object().put("error", error.message()));
    String version = Json.write(Json.object().put("version", VERSION));
    router.get("/api/version", request -> request.reply(200, version));
    router.get("/api/tags", ModelLists::tags);
    router.get("/api/ps", ModelLists::loaded);
    router.on("POST", "/api/show", new ShowHandler());
    router.on("POST", "/api/chat", new ChatHandler());
    router.on("POST", "/api/generate", new GenerateHandler());
    EmbedHandler embed = new EmbedHandler(embeddings);
    router.on("POST", "/api/embed", embed::embed);
    router.on("POST", "/api/embeddings", embed::embedOne);
    router.on("POST", "/api/pull", new PullHandler(library));
    router.on("DELETE", "/api/delete", new DeleteHandler(library));
  }
}
