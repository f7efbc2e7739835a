package dev.llamastream.cli.chat;

import dev.llamastream.chat.ChatStream;
import java.util.function.Supplier;

/** What a chat does next. */
sealed interface Next {

  /** Reads the next input. */
  record Read() implements Next {}

  /** Reads another text in place of the last question. */
  record Edit(String question) implements Next {}

  /** Asks, and prints the answer. */
  record Answer(Supplier<ChatStream> question) implements Next {}

  /** Ends. */
  record Leave() implements Next {}
}
