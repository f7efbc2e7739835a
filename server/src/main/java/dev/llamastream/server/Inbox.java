package dev.llamastream.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages that came and have not been dealt with: one at a time, in their order, on a virtual
 * thread. The socket itself is never paused, because a paused one would not see its peer go.
 */
final class Inbox {

  private static final int MAX_MESSAGES = 1_000;

  private final Consumer<String> receiver;
  private final long maxCharacters;
  private final Deque<String> messages = new ArrayDeque<>();
  private long characters;
  private boolean working;

  Inbox(long maxCharacters, Consumer<String> receiver) {
    this.maxCharacters = maxCharacters;
    this.receiver = receiver;
  }

  /** Takes a message; false if there are too many. */
  synchronized boolean put(String message) {
    if (messages.size() >= MAX_MESSAGES || characters + message.length() > maxCharacters) {
      return false;
    }
    messages.add(message);
    characters += message.length();
    if (!working) {
      working = true;
      Thread.ofVirtual().name("llamastream-messages").start(this::work);
    }
    return true;
  }

  private void work() {
    for (String message; (message = next()) != null; ) {
      receiver.accept(message);
    }
  }

  private synchronized @Nullable String next() {
    String message = messages.poll();
    if (message == null) {
      working = false;
    } else {
      characters -= message.length();
    }
    return message;
  }
}
