package dev.llamastream.server.internal.http;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Queues the received messages of a WebSocket. One virtual thread processes them one at a time, in
 * order. The socket is never paused: a paused socket does not detect a disconnect.
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

  /** Queues a message of this length with its receiver. Returns false if the queue is full. */
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
