package dev.llamastream.cli.chat;

import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatStream;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Generates one answer and prints it as it comes. */
final class Turn {

  private final Chat chat;
  private final ChatTerminal terminal;
  private final boolean figures;
  private @Nullable ChatStream stream;
  private boolean stopped;

  Turn(Chat chat, ChatTerminal terminal, boolean figures) {
    this.chat = chat;
    this.terminal = terminal;
    this.figures = figures;
  }

  /** Asks, and prints the answer. */
  void run(Supplier<ChatStream> question) {
    try (Guard _ = terminal.stopWith(this::stop);
        ChatStream opened = question.get()) {
      started(opened);
      int forgotten = chat.conversation().forgotten();
      if (forgotten > 0) {
        terminal.note(remark(forgotten));
      }
      end(print(opened));
    }
  }

  private static String remark(int forgotten) {
    return String.format(
        Locale.ROOT,
        "[The context is full: the oldest %s forgotten]",
        forgotten == 1 ? "turn is" : forgotten + " turns are");
  }

  /** Any thread may call it. */
  private synchronized void stop() {
    stopped = true;
    if (stream != null) {
      stream.cancel();
    }
  }

  private synchronized void started(ChatStream opened) {
    stream = opened;
    if (stopped) {
      opened.cancel();
    }
  }

  private ChatAnswer print(ChatStream opened) {
    try {
      while (opened.hasNext()) {
        switch (opened.next()) {
          case ChatDelta.Text more -> terminal.text(more.text());
          case ChatDelta.Thinking more -> terminal.thinking(more.text());
          // nothing offers tools to the model
          case ChatDelta.ToolCallBegun _,
              ChatDelta.ToolCallArguments _,
              ChatDelta.ToolCallDone _ -> {}
        }
        if (terminal.broken()) {
          opened.cancel();
        }
      }
    } finally {
      terminal.endAnswer();
    }
    return opened.answer();
  }

  private void end(ChatAnswer answer) {
    chat.lastStats(answer.stats());
    switch (answer.finishReason()) {
      case CANCELLED -> terminal.note("[Stopped]");
      case MAX_TOKENS -> terminal.note("[Cut off: --max-tokens]");
      case CONTEXT_FULL -> terminal.note("[Cut off: the context is full]");
      default -> {}
    }
    if (figures && answer.stats().generatedTokens() > 0) {
      terminal.note(new Figures(answer.stats(), chat.contextSize()).line());
    }
  }
}
