package dev.llamastream.server.internal.rerank;

import dev.llamastream.server.internal.embeddings.Rankings;
import dev.llamastream.server.internal.http.Router;

/** The routes that rank documents. */
public final class RerankRoutes {

  private RerankRoutes() {}

  /** Adds all routes. They need no engine. */
  public static void addTo(Router router) {
    RerankHandler handler = new RerankHandler(new Rankings());
    for (String path : new String[] {"/v1/rerank", "/v1/reranking", "/rerank", "/reranking"}) {
      router.on("POST", path, handler);
    }
  }
}
