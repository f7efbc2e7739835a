package dev.llamastream.engine;

import dev.llamastream.GenerationRequest;
import dev.llamastream.TokenStream;
import dev.llamastream.internal.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Generates for any number of requests, a few at a time. */
final class BulkGeneration {

  private final Engine engine;
  private final List<GenerationRequest> requests;
  private final String[] texts;
  private final int workers;
  private final AtomicInteger next = new AtomicInteger();
  private final List<TokenStream> open = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  BulkGeneration(Engine engine, List<GenerationRequest> requests, int workers) {
    this.engine = engine;
    this.requests = Check.listOf("requests", requests);
    this.texts = new String[requests.size()];
    this.workers = Math.min(workers, requests.size());
  }

  List<String> run() {
    List<Thread> threads =
        IntStream.range(0, workers)
            .mapToObj(i -> Thread.ofVirtual().name("llamastream-batch").start(this::work))
            .toList();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          stop(new IllegalStateException("interrupted"));
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
    return Arrays.asList(texts);
  }

  @SuppressWarnings("CatchThrowable") // rethrown to the caller
  private void work() {
    try {
      int index = next.getAndIncrement();
      while (index < texts.length && failure.get() == null) {
        TokenStream stream = begin(requests.get(index));
        texts[index] = stream.stream().collect(Collectors.joining());
        remove(stream);
        index = next.getAndIncrement();
      }
    } catch (Throwable e) {
      stop(e);
    }
  }

  /**
   * Other callers fill the queue too, so this retries until the queue has room or the result is no
   * longer wanted.
   */
  private TokenStream begin(GenerationRequest request) throws InterruptedException {
    while (true) {
      try {
        TokenStream stream = engine.generateStream(request);
        add(stream);
        return stream;
      } catch (EngineOverloadedException e) {
        if (failure.get() != null) {
          throw e;
        }
        Thread.sleep(e.retryAfter());
      }
    }
  }

  private synchronized void add(TokenStream stream) {
    open.add(stream);
    if (failure.get() != null) {
      stream.cancel();
    }
  }

  private synchronized void remove(TokenStream stream) {
    open.remove(stream);
  }

  private synchronized void stop(Throwable cause) {
    failure.compareAndSet(null, cause);
    open.forEach(TokenStream::cancel);
  }
}
