package dev.llamastream.server.internal.embeddings;

import dev.llamastream.ContextCreationException;
import dev.llamastream.Embedder;
import dev.llamastream.InvalidValueException;
import dev.llamastream.Model;
import dev.llamastream.Prompt;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Embeds the inputs of requests of all forms. Opens an {@link Embedder} when the first request for
 * a model comes. Thread-safe.
 */
public final class Embeddings implements AutoCloseable {

  // of all requests together; finished embeddings wait for the rest of their request, then for the
  // client
  private static final int MAX_TOGETHER = 2 * WantedEmbeddings.MAX_INPUTS;

  // a native call would pin the carrier thread of a virtual thread, and carriers are few
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("llamastream-embeddings").factory());

  private final Semaphore room = new Semaphore(MAX_TOGETHER);
  private final Map<Model, Embedder> embedders = new WeakHashMap<>();
  private boolean closed;

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
    request.forgetBody();
    int inputs = wanted.inputs().size();
    if (!room.tryAcquire(inputs)) {
      throw ApiError.overloaded("no room for embeddings of so many texts beside those of others");
    }
    try {
      request.reply(200, json.apply(embed(request, wanted)));
    } finally {
      room.release(inputs);
    }
  }

  private Embedded embed(Request request, WantedEmbeddings wanted) throws InterruptedException {
    List<float[]> vectors = new ArrayList<>();
    int tokens = 0;
    for (Prompt input : wanted.inputs()) {
      // one at a time, so that concurrent requests take turns
      Embedded one = embed(request, wanted, input);
      vectors.addAll(one.vectors());
      tokens += one.tokens();
    }
    return new Embedded(vectors, tokens);
  }

  private Embedded embed(Request request, WantedEmbeddings wanted, Prompt input)
      throws InterruptedException {
    try {
      Embedded embedded = request.await(worker.submit(() -> embed(request.model(), wanted, input)));
      request.meters().embedded(embedded.tokens());
      return embedded;
    } catch (ExecutionException e) {
      throw failure(e.getCause(), wanted.field());
    } catch (RejectedExecutionException e) {
      throw ApiError.stopping();
    }
  }

  private Embedded embed(Model model, WantedEmbeddings wanted, Prompt input) {
    Embedder open = embedder(model);
    if (wanted.dimensions() > open.dimensions()) {
      throw ApiError.badField(
          "dimensions",
          String.format(
              Locale.ROOT, "%d, must be in [1, %d]", wanted.dimensions(), open.dimensions()));
    }
    int[] ids =
        switch (input) {
          case Prompt.Text(String text) -> model.tokenizer().encode(text, true, false);
          case Prompt.Tokens(List<Integer> given) ->
              given.stream().mapToInt(Integer::intValue).toArray();
        };
    int room = Math.min(wanted.truncateTo(), open.contextSize());
    int[] kept = room > 0 && ids.length > room ? Arrays.copyOf(ids, room) : ids;
    float[] vector = Dimensions.cut(open.embed(kept), wanted.dimensions());
    return new Embedded(List.of(vector), kept.length);
  }

  private static RuntimeException failure(@Nullable Throwable cause, String field) {
    return switch (cause) {
      case PromptTooLongException e -> ApiError.tooLong(e, field);
      case InvalidValueException e -> ApiError.badField(field, e.reason());
      case ContextCreationException e ->
          new ApiError(
              400, "invalid_request_error", "no_embeddings", String.valueOf(e.getMessage()));
      case IllegalStateException _ -> ApiError.stopping();
      case RuntimeException e -> e;
      case null, default -> new IllegalStateException("embedding failed", cause);
    };
  }

  private synchronized Embedder embedder(Model model) {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    return embedders.computeIfAbsent(model, Embedder::open);
  }

  /** Ends what runs, and closes the embedders. Any number of times. */
  @Override
  public synchronized void close() {
    closed = true;
    embedders.values().forEach(Embedder::close);
    worker.shutdown();
  }
}
