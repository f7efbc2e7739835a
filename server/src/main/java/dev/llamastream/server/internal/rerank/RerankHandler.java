package dev.llamastream.server.internal.rerank;

import dev.llamastream.server.internal.embeddings.Rankings;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.RequestJson;

/** Ranks documents. A request with {@code texts} is one of text-embeddings-inference. */
final class RerankHandler implements Handler {

  private final Rankings rankings;

  RerankHandler(Rankings rankings) {
    this.rankings = rankings;
  }

  @Override
  public void handle(Request request) throws InterruptedException {
    RequestJson json = request.json();
    json.text("model", "");
    if (json.has("texts")) {
      TextsForm form = TextsForm.read(json);
      rankings.answer(request, form.wanted(), form::json);
    } else {
      DocumentsForm form = DocumentsForm.read(json);
      rankings.answer(request, form.wanted(), ranking -> form.json(ranking, request.modelName()));
    }
  }

  @Override
  public void close() {
    rankings.close();
  }
}
