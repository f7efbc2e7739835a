package dev.llamastream.server.internal.openai;

import dev.llamastream.ContextCreationException;
import dev.llamastream.Embedder;
import dev.llamastream.InvalidValueException;
import dev.llamastream.Prompt;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** {@code /v1/embeddings}. Opens an {@link Embedder} when the first request comes. */
final class EmbeddingsHandler implements Handler {

  // of all requests together; finished embeddings wait for the rest of their request, then for the
  // client
  private static final int MAX_TOGETHER = 2 * WantedEmbeddings.MAX_INPUTS;

  // a native call would pin the carrier thread of a virtual thread, and carriers are few
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("llamastream-embeddings").factory());

  private final Semaphore room = new Semaphore(MAX_TOGETHER);

  /** The response. */
  record Listing(String object, List<Entry> data, String model, EmbeddingUsage usage) {}

  /**
   * The embedding of one input.
   *
   * @param embedding a list of numbers, or the Base64 of their bytes
   */
  record Entry(String object, int index, Object embedding) {}

  /** The number of tokens of the inputs. */
  record EmbeddingUsage(int promptTokens, int totalTokens) {}

  @Override
  public void handle(Request request) throws InterruptedException {
    WantedEmbeddings wanted = WantedEmbeddings.read(request.json());
    request.forgetBody();
    var _ = request.model(); // waits until it is loaded, which the worker must not
    int inputs = wanted.inputs().size();
    if (!room.tryAcquire(inputs)) {
      throw ApiError.overloaded("no room for embeddings of so many texts beside those of others");
    }
    try {
      answer(request, wanted);
    } finally {
      room.release(inputs);
    }
  }

  private void answer(Request request, WantedEmbeddings wanted) throws InterruptedException {
    List<Entry> entries = new ArrayList<>();
    int tokens = 0;
    for (Prompt input : wanted.inputs()) {
      // one at a time, so that concurrent requests take turns
      Embedded embedded = embed(request, wanted, input);
      entries.add(new Entry("embedding", entries.size(), embedded.embedding));
      tokens += embedded.tokens;
    }
    request.reply(
        200,
        OpenAiJson.write(
            new Listing("list", entries, request.modelName(), new EmbeddingUsage(tokens, tokens))));
  }

  private record Embedded(Object embedding, int tokens) {}

  private Embedded embed(Request request, WantedEmbeddings wanted, Prompt input)
      throws InterruptedException {
    try {
      Embedded embedded = request.await(worker.submit(() -> compute(request, wanted, input)));
      request.meters().embedded(embedded.tokens);
      return embedded;
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (RejectedExecutionException e) {
      throw ApiError.stopping();
    }
  }

  private static Embedded compute(Request request, WantedEmbeddings wanted, Prompt input) {
    Embedder open = request.part(Embedder.class, Embedder::open);
    if (wanted.dimensions() > 0 && wanted.dimensions() != open.dimensions()) {
      throw ApiError.badField(
          "dimensions",
          String.format(Locale.ROOT, "%d, must be %d", wanted.dimensions(), open.dimensions()));
    }
    return switch (input) {
      case Prompt.Text(String text) ->
          new Embedded(form(wanted, open.embed(text)), open.countTokens(text));
      case Prompt.Tokens(List<Integer> ids) ->
          new Embedded(
              form(wanted, open.embed(ids.stream().mapToInt(Integer::intValue).toArray())),
              ids.size());
    };
  }

  private static Object form(WantedEmbeddings wanted, float[] vector) {
    return wanted.base64() ? base64(vector) : vector;
  }

  private static RuntimeException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case PromptTooLongException e -> ApiError.tooLong(e, "input");
      case InvalidValueException e -> ApiError.badField("input", e.reason());
      case ContextCreationException e ->
          new ApiError(
              400, "invalid_request_error", "no_embeddings", String.valueOf(e.getMessage()));
      case IllegalStateException _ -> ApiError.stopping();
      case RuntimeException e -> e;
      case null, default -> new IllegalStateException("embedding failed", cause);
    };
  }

  @Override
  public void close() {
    worker.shutdown();
  }

  /** Encodes the numbers as little-endian 32-bit floats. */
  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
