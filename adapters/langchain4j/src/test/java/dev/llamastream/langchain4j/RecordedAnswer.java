package dev.llamastream.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A handler that writes down what it hears. */
class RecordedAnswer implements StreamingChatResponseHandler {

  /** What was called, in order: {@code started}, {@code text a}, {@code error message}. */
  final List<String> events = new CopyOnWriteArrayList<>();

  final List<Throwable> errors = new CopyOnWriteArrayList<>();
  final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  final CompletableFuture<StreamingHandle> handle = new CompletableFuture<>();
  private final CompletableFuture<ChatResponse> response = new CompletableFuture<>();

  private void add(String event) {
    events.add(event);
    threads.add(Thread.currentThread());
    on(event);
  }

  /** For tests that do something in a callback. */
  void on(String event) {}

  /** The whole answer. */
  ChatResponse response() throws Exception {
    return response.get(30, TimeUnit.SECONDS);
  }

  /** Waits until no callback can come any more. */
  void awaitEnd() throws Exception {
    handle.get(30, TimeUnit.SECONDS);
    for (Thread thread : threads) {
      if (!thread.join(Duration.ofSeconds(30))) {
        throw new AssertionError("the answer does not end");
      }
    }
  }

  @Override
  public void onUnmappedRawEvent(Object event) {
    StreamingHandle streamingHandle = ((LlamaStreamStarted) event).streamingHandle();
    threads.add(Thread.currentThread());
    handle.complete(streamingHandle);
    add("started");
  }

  @Override
  public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
    add("text " + part.text());
  }

  @Override
  public void onPartialThinking(PartialThinking part) {
    add("thinking " + part.text());
  }

  @Override
  public void onPartialToolCall(PartialToolCall part) {
    add("part " + part.partialArguments());
  }

  @Override
  public void onCompleteToolCall(CompleteToolCall call) {
    add("call " + call.toolExecutionRequest().name());
  }

  @Override
  public void onCompleteResponse(ChatResponse complete) {
    response.complete(complete);
    add("complete");
  }

  @Override
  public void onError(Throwable error) {
    errors.add(error);
    add("error " + error.getMessage());
    response.completeExceptionally(error);
  }
}
