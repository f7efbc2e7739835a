package dev.llamastream.internal.ffm;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A chat template: an {@code ls_chat}, read when it is first used. Thread-safe. */
final class ChatTemplate {

  /** The longest that a model may have, in characters. Those of real models have some 20,000. */
  private static final long MAX_LENGTH = 1 << 20;

  private final ModelHandle model;
  private final String text;

  // guarded by this
  private @Nullable MemorySegment chat;
  private int users;
  private boolean kept = true;

  /**
   * A template.
   *
   * @param text its text; empty for the model's
   */
  ChatTemplate(ModelHandle model, String text) {
    this.model = model;
    this.text = text;
  }

  /**
   * Uses the template.
   *
   * @param limit how long reading it may take
   * @throws ChatTemplateException if the model has none, or llama.cpp cannot read it
   */
  <T> T use(Duration limit, Function<MemorySegment, T> use) {
    MemorySegment entered = enter(limit);
    try {
      return use.apply(entered);
    } finally {
      leave();
    }
  }

  private synchronized MemorySegment enter(Duration limit) {
    if (chat == null) {
      chat = read(limit);
    }
    users++;
    return chat;
  }

  private synchronized void leave() {
    users--;
    freeIfUnused();
  }

  /** From now on it is freed as soon as nobody uses it. */
  synchronized void freeWhenUnused() {
    kept = false;
    freeIfUnused();
  }

  private void freeIfUnused() {
    if (kept || users > 0 || chat == null) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      if (LibLlama.ls_chat_free(chat, error.segment()) != 0) {
        throw error.generationFailure();
      }
    } finally {
      chat = null;
    }
  }

  private MemorySegment read(Duration limit) {
    if (text.isEmpty()) {
      checkOwn();
    }
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      MemorySegment utf8 = text.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(text);
      MemorySegment made =
          LibLlama.ls_chat_new(model.segment(), utf8, limit.toNanos(), error.segment());
      if (made.equals(MemorySegment.NULL)) {
        throw error.failure(message -> new ChatTemplateException("chat template: " + message));
      }
      return made;
    }
  }

  private void checkOwn() {
    MemorySegment own = LibLlama.llama_model_chat_template(model.segment(), MemorySegment.NULL);
    if (own.equals(MemorySegment.NULL)) {
      throw new ChatTemplateException("this model has no chat template");
    }
    long length = own.reinterpret(Long.MAX_VALUE).getString(0).length();
    if (length > MAX_LENGTH) {
      throw new ChatTemplateException(
          "the model's chat template has " + length + " characters, more than " + MAX_LENGTH);
    }
  }
}
