package dev.llamastream.server.openai;

import dev.llamastream.ContextCreationException;
import dev.llamastream.Embedder;
import dev.llamastream.Model;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.server.ApiError;
import dev.llamastream.server.Handler;
import dev.llamastream.server.Request;
import dev.llamastream.server.RequestJson;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** {@code /v1/embeddings}. Opens an {@link Embedder} when the first request comes. */
final class EmbeddingsHandler implements Handler {

  private static final int MAX_INPUTS = 2048;
  private static final int MAX_REQUESTS = 64;

  // native code holds a thread, and virtual ones share few
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("llamastream-embeddings").factory());

  private final Semaphore room = new Semaphore(MAX_REQUESTS);
  private @Nullable Embedder embedder;
  private boolean closed;

  /** The answer. */
  record Listing(String object, List<Entry> data, String model, EmbeddingUsage usage) {}

  /**
   * One of the inputs' embeddings.
   *
   * @param embedding numbers, or the Base64 of their bytes
   */
  record Entry(String object, int index, Object embedding) {}

  /** How many tokens they had. */
  record EmbeddingUsage(int promptTokens, int totalTokens) {}

  @Override
  public void handle(Request request) throws InterruptedException {
    if (!room.tryAcquire()) {
      throw ApiError.overloaded(MAX_REQUESTS + " requests for embeddings are here already");
    }
    try {
      embed(request);
    } finally {
      room.release();
    }
  }

  private void embed(Request request) throws InterruptedException {
    RequestJson json = request.json();
    json.text("model", "");
    List<String> inputs = inputs(json);
    boolean base64 = isBase64(json);
    List<Entry> entries = new ArrayList<>();
    int tokens = 0;
    for (String input : inputs) {
      // one at a time, so that requests take turns
      Embedded embedded = embed(request, json, input, base64);
      entries.add(new Entry("embedding", entries.size(), embedded.embedding));
      tokens += embedded.tokens;
    }
    request.reply(
        200,
        OpenAiJson.write(
            new Listing("list", entries, request.modelName(), new EmbeddingUsage(tokens, tokens))));
  }

  private static List<String> inputs(RequestJson json) {
    var node = json.node("input");
    boolean list = node != null && node.isArray();
    if (node == null || !(node.isTextual() || (list && node.path(0).isTextual()))) {
      throw json.error("input", "must be a text, or a list of at least 1 text, not of token ids");
    }
    List<String> inputs = json.texts("input");
    if (inputs.size() > MAX_INPUTS) {
      throw json.error("input", inputs.size() + " texts, must be at most " + MAX_INPUTS);
    }
    if (inputs.contains("")) {
      throw json.error("input", "has an empty text");
    }
    return inputs;
  }

  private static boolean isBase64(RequestJson json) {
    String format = json.text("encoding_format", "float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw json.error("encoding_format", "must be float or base64");
    }
    return format.equals("base64");
  }

  private record Embedded(Object embedding, int tokens) {}

  private Embedded embed(Request request, RequestJson json, String input, boolean base64)
      throws InterruptedException {
    try {
      Embedded embedded =
          request.await(
              worker.submit(
                  () -> {
                    Embedder open = embedder(request.model());
                    if (json.has("dimensions")) {
                      json.integer("dimensions", 0, open.dimensions(), open.dimensions());
                    }
                    float[] vector = open.embed(input);
                    return new Embedded(base64 ? base64(vector) : vector, open.countTokens(input));
                  }));
      request.metrics().embedded(embedded.tokens);
      return embedded;
    } catch (ExecutionException e) {
      throw failure(json, e.getCause());
    } catch (RejectedExecutionException e) {
      throw ApiError.stopping();
    }
  }

  private static RuntimeException failure(RequestJson json, @Nullable Throwable cause) {
    return switch (cause) {
      case PromptTooLongException e ->
          new ApiError(
              400,
              "invalid_request_error",
              "context_length_exceeded",
              "input: %d tokens, must be at most %d".formatted(e.promptTokens(), e.contextSize()));
      case IllegalArgumentException e -> json.error("input", String.valueOf(e.getMessage()));
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
    Embedder open = embedder;
    if (open == null) {
      open = Embedder.open(model);
      embedder = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (embedder != null) {
      embedder.close();
    }
    worker.shutdown();
  }

  /** Little-endian 32-bit floats. */
  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
