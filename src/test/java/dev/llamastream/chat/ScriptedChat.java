package dev.llamastream.chat;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationException;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** An answer that was written in advance. */
final class ScriptedChat implements ChatStream {

  private final List<ChatDelta> script;
  private final FinishReason reason;
  private final int promptTokens;
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final boolean hangs;
  private int next;
  private volatile Optional<FinishReason> ended = Optional.empty();

  /**
   * Creates an answer.
   *
   * @param reason why it ends; FAILED throws
   * @param hangs whether it waits after the deltas until it is cancelled
   */
  ScriptedChat(List<ChatDelta> script, FinishReason reason, int promptTokens, boolean hangs) {
    this.script = script;
    this.reason = reason;
    this.promptTokens = promptTokens;
    this.hangs = hangs;
  }

  ScriptedChat withPrompt(int tokens) {
    return new ScriptedChat(script, reason, tokens, hangs);
  }

  /** Waits until a thread waits for more. */
  void awaitHanging() throws InterruptedException {
    hanging.await();
  }

  @Override
  public boolean hasNext() {
    if (ended.isPresent()) {
      return false;
    }
    if (next < script.size()) {
      return true;
    }
    if (hangs) {
      hanging.countDown();
      try {
        cancelled.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      ended = Optional.of(FinishReason.CANCELLED);
      return false;
    }
    ended = Optional.of(reason);
    if (reason == FinishReason.FAILED) {
      throw new GenerationException("the script fails here");
    }
    return false;
  }

  @Override
  public ChatDelta next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return script.get(next++);
  }

  @Override
  public Iterator<String> texts() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ChatAnswer answer() {
    while (hasNext()) {
      next++;
    }
    StringBuilder text = new StringBuilder();
    StringBuilder thinking = new StringBuilder();
    List<ToolCall> calls = new ArrayList<>();
    for (ChatDelta delta : script.subList(0, next)) {
      switch (delta) {
        case ChatDelta.Text(String more) -> text.append(more);
        case ChatDelta.Thinking(String more) -> thinking.append(more);
        case ChatDelta.ToolCallDone(int _, ToolCall call) -> calls.add(call);
        case ChatDelta.ToolCallBegun _, ChatDelta.ToolCallArguments _ -> {}
      }
    }
    return ChatAnswer.builder()
        .text(text.toString())
        .thinking(thinking.toString())
        .toolCalls(calls)
        .finishReason(ended.orElseThrow())
        .stats(stats())
        .build();
  }

  @Override
  public List<Token> takeTokens() {
    return List.of();
  }

  @Override
  public void cancel() {
    if (!hangs && ended.isEmpty()) {
      ended = Optional.of(FinishReason.CANCELLED);
    }
    cancelled.countDown();
  }

  @Override
  public Optional<FinishReason> finishReason() {
    return ended;
  }

  @Override
  public StreamStats stats() {
    return StreamStats.builder().promptTokens(promptTokens).generatedTokens(next).build();
  }

  @Override
  public void close() {
    cancel();
  }
}
