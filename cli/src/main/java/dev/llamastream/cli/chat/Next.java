package dev.llamastream.cli.chat;

/** What a chat does next. */
sealed interface Next {

  /** Reads the next input. */
  record Read() implements Next {}

  /** Reads another text in place of the last question. */
  record Edit(String question) implements Next {}

  /** Answers the last question. */
  record Answer() implements Next {}

  /** Ends. */
  record Leave() implements Next {}
}
