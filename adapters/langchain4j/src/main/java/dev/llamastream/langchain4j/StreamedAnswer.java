package dev.llamastream.langchain4j;

import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onCompleteResponse;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onCompleteToolCall;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialResponse;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialThinking;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialToolCall;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onUnmappedRawEvent;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.withLoggingExceptions;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.llamastream.Context;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one answer on a thread of its own, and tells the handler. After {@link #cancel()}, it tells
 * nothing more. If a callback throws, the handler's {@code onError} gets the exception and the
 * answer continues, as in LangChain4j's own models.
 */
final class StreamedAnswer implements StreamingHandle {

  private final ChatSettings settings;
  private final ChatRequest request;
  private final StreamingChatResponseHandler handler;
  private final Map<Integer, ChatDelta.ToolCallBegun> calls = new HashMap<>();
  private String brace = "";
  private final Object lock = new Object();

  // guarded by the lock
  private boolean cancelled;
  private @Nullable ChatStream stream;

  StreamedAnswer(ChatSettings settings, ChatRequest request, StreamingChatResponseHandler handler) {
    this.settings = settings;
    this.request = request;
    this.handler = handler;
  }

  /** Starts the thread. */
  void start() {
    // a context computes on this thread, and native code holds the carrier of a virtual one
    Thread.Builder thread =
        settings.generator() instanceof Context ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
    thread.name("llamastream-langchain4j").start(this::run);
  }

  @SuppressWarnings("CatchThrowable") // the handler is told of every failure
  private void run() {
    try {
      onUnmappedRawEvent(handler, new LlamaStreamStarted(this));
      read().ifPresent(complete -> onCompleteResponse(handler, complete));
    } catch (RuntimeException e) {
      fail(Failures.ofChat(e));
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    if (!isCancelled()) {
      withLoggingExceptions(() -> handler.onError(failure));
    }
  }

  /** Reads the answer; empty if it was cancelled. */
  private Optional<ChatResponse> read() {
    try (ContextTurn _ = ContextTurn.take(settings.generator())) {
      if (isCancelled()) {
        return Optional.empty();
      }
      try (ChatStream answer = settings.generator().chat(request)) {
        synchronized (lock) {
          stream = answer;
          if (cancelled) {
            answer.cancel();
          }
        }
        while (answer.hasNext()) {
          ChatDelta delta = answer.next();
          if (isCancelled()) {
            return Optional.empty();
          }
          tell(delta);
        }
        return isCancelled()
            ? Optional.empty()
            : Optional.of(Responses.of(answer.answer(), settings));
      }
    }
  }

  private void tell(ChatDelta delta) {
    switch (delta) {
      case ChatDelta.Text(String text) -> onPartialResponse(handler, text, this);
      case ChatDelta.Thinking(String text) -> {
        if (settings.returnThinking()) {
          onPartialThinking(handler, text, this);
        }
      }
      case ChatDelta.ToolCallBegun begun -> calls.put(begun.index(), begun);
      case ChatDelta.ToolCallArguments(int index, String text) -> {
        // LangChain4j expects an empty {} in one piece
        String all = brace + text;
        brace = all.equals("{") ? all : "";
        tellArguments(index, all.substring(brace.length()));
      }
      case ChatDelta.ToolCallDone(int index, var call) -> {
        tellArguments(index, brace);
        brace = "";
        onCompleteToolCall(handler, new CompleteToolCall(index, Responses.of(call)));
      }
    }
  }

  private void tellArguments(int index, String text) {
    ChatDelta.ToolCallBegun call = calls.get(index);
    if (call == null || text.isEmpty()) {
      return;
    }
    PartialToolCall part =
        PartialToolCall.builder()
            .index(index)
            .id(call.id())
            .name(call.name())
            .partialArguments(text)
            .build();
    onPartialToolCall(handler, part, this);
  }

  @Override
  public void cancel() {
    synchronized (lock) {
      cancelled = true;
      if (stream != null) {
        stream.cancel();
      }
    }
  }

  @Override
  public boolean isCancelled() {
    synchronized (lock) {
      return cancelled;
    }
  }
}
