package dev.llamastream.internal.ffm;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The chat templates of a model: {@code ls_chat}s. Its own is read when it is first used.
 * Thread-safe. The caller holds a lease of the model.
 */
public final class ChatTemplates {

  /** How long a template may run if the request has no timeout. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** In characters. Those of real models have some 20,000. */
  private static final long MAX_LENGTH = 1 << 20;

  private final ModelHandle model;
  private @Nullable MemorySegment own;

  ChatTemplates(ModelHandle model) {
    this.model = model;
  }

  /**
   * Makes a chat a prompt.
   *
   * @param template a template to use in place of the model's; empty for the model's
   * @param request JSON, see llamastream.h
   * @param nowSeconds the time that a template sees, since 1970; 0 for the present
   * @param timeout how long this may take; zero for no limit
   * @throws ChatTemplateException if the model has no template, or the template or llama.cpp
   *     refuses the chat
   */
  public ChatFormat apply(
      String template, String request, boolean trust, long nowSeconds, Duration timeout) {
    Duration limit = timeout.isZero() || timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
    return BigStackThread.interpret(
        model,
        timeout,
        () -> use(template, limit, chat -> ChatFormat.of(chat, request, trust, nowSeconds, limit)),
        ChatFormat::free);
  }

  private ChatFormat use(String template, Duration limit, Function<MemorySegment, ChatFormat> use) {
    if (template.isEmpty()) {
      return use.apply(own(limit));
    }
    MemorySegment chat = read(template, limit);
    try {
      return use.apply(chat);
    } finally {
      free(chat);
    }
  }

  private synchronized MemorySegment own(Duration limit) {
    if (own == null) {
      MemorySegment text = LibLlama.llama_model_chat_template(model.segment(), MemorySegment.NULL);
      if (text.equals(MemorySegment.NULL)) {
        throw new ChatTemplateException("this model has no chat template");
      }
      long length = text.reinterpret(Long.MAX_VALUE).getString(0).length();
      if (length > MAX_LENGTH) {
        throw new ChatTemplateException(
            "the model's chat template has " + length + " characters, more than " + MAX_LENGTH);
      }
      own = read("", limit);
    }
    return own;
  }

  private MemorySegment read(String template, Duration limit) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      MemorySegment text = template.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(template);
      MemorySegment chat =
          LibLlama.ls_chat_new(model.segment(), text, limit.toNanos(), error.segment());
      if (chat.equals(MemorySegment.NULL)) {
        throw error.failure(message -> new ChatTemplateException("chat template: " + message));
      }
      return chat;
    }
  }

  private static void free(MemorySegment chat) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      if (LibLlama.ls_chat_free(chat, error.segment()) != 0) {
        throw error.generationFailure();
      }
    }
  }

  /** Called when the model is no longer used. */
  synchronized void free() {
    if (own != null) {
      free(own);
      own = null;
    }
  }
}
