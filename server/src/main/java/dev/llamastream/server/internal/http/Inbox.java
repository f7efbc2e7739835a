package dev.llamastream.server.internal.http;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The messages that came and have not been dealt with: one at a time, in their order, on a virtual
 * thread. The socket itself is never paused, because a paused one would not see its peer go.
 */
final class Inbox {

  private record Message(int characters, Runnable receiver) {}

  private static final int MAX_MESSAGES = 1_000;

  private final long maxCharacters;
  private final Deque<Message> messages = new ArrayDeque<>();
  private long characters;
  private boolean working;

  Inbox(long maxCharacters) {
    this.maxCharacters = maxCharacters;
  }

  /** Takes a message of so many characters, and what deals with it; false if there are too many. */
  synchronized boolean put(int length, Runnable receiver) {
    if (messages.size() >= MAX_MESSAGES || characters + length > maxCharacters) {
      return false;
    }
    messages.add(new Message(length, receiver));
    characters += length;
    if (!working) {
      working = true;
      Thread.ofVirtual().name("llamastream-messages").start(this::work);
    }
    return true;
  }

  private void work() {
    for (Message message; (message = next()) != null; ) {
      message.receiver.run();
    }
  }

  private synchronized @Nullable Message next() {
    Message message = messages.poll();
    if (message == null) {
      working = false;
    } else {
      characters -= message.characters;
    }
    return message;
  }
}
