package dev.llamastream.server.internal.embeddings;

import dev.llamastream.Embedder;
import dev.llamastream.Embedding;
import dev.llamastream.Prompt;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Embeds the inputs of requests of all forms. Thread-safe. */
public final class Embeddings implements AutoCloseable {

  private final TextWork<Embedder> work =
      new TextWork<>(
          Embedder.class,
          Embedder::open,
          e ->
              new ApiError(
                  400, "invalid_request_error", "no_embeddings", String.valueOf(e.getMessage())));

  /**
   * Embeds a request's inputs and replies. Releases the request's body. Ends when the client
   * disconnects.
   *
   * @param json writes the body of the reply
   * @throws ApiError 400 if the model does not embed or an input is refused; 429 if the inputs of
   *     other requests leave no room; 503 after close
   */
  public void answer(Request request, WantedEmbeddings wanted, Function<Embedded, String> json)
      throws InterruptedException {
    work.answer(
        request,
        wanted.inputs(),
        wanted.field(),
        (embedder, inputs) -> embed(embedder, inputs, wanted),
        Embedding::tokens,
        all -> json.apply(embedded(all, wanted)));
  }

  private static List<Embedding> embed(
      Embedder embedder, List<Prompt> inputs, WantedEmbeddings wanted) {
    if (wanted.dimensions() > embedder.dimensions()) {
      throw ApiError.badField(
          "dimensions",
          String.format(
              Locale.ROOT, "%d, must be in [1, %d]", wanted.dimensions(), embedder.dimensions()));
    }
    return wanted.truncateTo() == 0
        ? embedder.embedAll(inputs)
        : embedder.embedAll(inputs, Math.min(wanted.truncateTo(), embedder.contextSize()));
  }

  private static Embedded embedded(List<Embedding> all, WantedEmbeddings wanted) {
    return new Embedded(
        all.stream()
            .map(embedding -> Dimensions.cut(embedding.vector(), wanted.dimensions()))
            .toList(),
        all.stream().mapToInt(Embedding::tokens).sum());
  }

  /** Takes no more requests. Any number of times. */
  @Override
  public void close() {
    work.close();
  }
}
