package dev.llamastream.server.internal.embeddings;

import dev.llamastream.ContextCreationException;
import dev.llamastream.InvalidValueException;
import dev.llamastream.Model;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Computes the texts of requests with a part of their model, such as its embedder. The part is
 * opened by the first request for the model, and closed when the model is unloaded. Thread-safe.
 */
final class TextWork<T extends AutoCloseable> {

  private static final int MAX_TEXTS = 2048;

  // of all requests together: results wait for the rest of their request, then for the client
  private static final int MAX_TOGETHER = 2 * MAX_TEXTS;

  /** How many texts of a request are given to the library at once: those that fit into a batch. */
  private static final int SLICE = 64;

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore room = new Semaphore(MAX_TOGETHER);
  private final Class<T> type;
  private final Function<Model, T> open;
  private final Function<ContextCreationException, ApiError> unable;

  /**
   * Work of one kind.
   *
   * @param unable the error if a model cannot do it
   */
  TextWork(
      Class<T> type, Function<Model, T> open, Function<ContextCreationException, ApiError> unable) {
    this.type = type;
    this.open = open;
    this.unable = unable;
  }

  /**
   * Checks how many texts a request has.
   *
   * @param field the client's name of the texts
   * @throws ApiError 400 if there are too many
   */
  static void checkCount(String field, int texts) {
    if (texts > MAX_TEXTS) {
      throw ApiError.badField(field, texts + " texts, must be at most " + MAX_TEXTS);
    }
  }

  /**
   * Computes a request's texts and replies. Releases the request's body. Ends when the client
   * disconnects.
   *
   * @param texts checked by {@link #checkCount}
   * @param field the client's name of the texts, for errors
   * @param compute makes one result of each text
   * @param tokens how many tokens were computed for a result
   * @param json writes the body of the reply
   */
  <I, R> void answer(
      Request request,
      List<I> texts,
      String field,
      BiFunction<T, List<I>, List<R>> compute,
      ToIntFunction<R> tokens,
      Function<List<R>, String> json)
      throws InterruptedException {
    request.forgetBody();
    if (!room.tryAcquire(texts.size())) {
      throw ApiError.overloaded(
          "too many texts of all clients together wait: send fewer, or try again later");
    }
    try {
      List<R> results = new ArrayList<>(texts.size());
      for (int from = 0; from < texts.size(); from += SLICE) {
        List<I> slice = texts.subList(from, Math.min(texts.size(), from + SLICE));
        List<R> part = await(request, field, () -> compute.apply(request.part(type, open), slice));
        request.meters().embedded(part.stream().mapToInt(tokens).sum());
        results.addAll(part);
      }
      request.reply(200, json.apply(results));
    } finally {
      room.release(texts.size());
    }
  }

  /** Computes on a thread that is interrupted when the client disconnects. */
  private <R> R await(Request request, String field, Callable<R> compute)
      throws InterruptedException {
    var _ = request.model(); // waits on this thread until it is loaded
    try {
      return request.await(workers.submit(compute));
    } catch (ExecutionException e) {
      throw failure(e.getCause(), field);
    } catch (RejectedExecutionException e) {
      throw ApiError.stopping();
    }
  }

  private RuntimeException failure(@Nullable Throwable cause, String field) {
    return switch (cause) {
      case PromptTooLongException e -> ApiError.tooLong(e, field);
      case InvalidValueException e ->
          ApiError.badField(e.field().equals("query") ? e.field() : field, e.reason());
      case ContextCreationException e -> unable.apply(e);
      case IllegalStateException _ -> ApiError.stopping();
      case RuntimeException e -> e;
      case null, default -> new IllegalStateException("failed", cause);
    };
  }

  /** Takes no more requests. Any number of times. */
  void close() {
    workers.shutdown();
  }
}
