package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_CHAR;

import dev.llamastream.ChatMessage;
import dev.llamastream.ChatTemplateException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_chat_message;
import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A model's chat template, as far as libllama knows it. */
final class ChatTemplate {

  /** An estimate of what a template adds to a message; a longer prompt takes a second call. */
  private static final int BYTES_PER_MESSAGE = 64;

  private ChatTemplate() {}

  /**
   * Formats messages as a prompt.
   *
   * @param template NULL for a model without a template
   */
  static String apply(
      MemorySegment template, List<ChatMessage> messages, boolean addGenerationPrompt) {
    if (template.equals(MemorySegment.NULL)) {
      throw new ChatTemplateException("this model has no chat template");
    }
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      MemorySegment chat = llama_chat_message.allocateArray(messages.size(), arena);
      int capacity = 0;
      for (int i = 0; i < messages.size(); i++) {
        ChatMessage message = messages.get(i);
        MemorySegment role = arena.allocateFrom(message.role());
        MemorySegment content = arena.allocateFrom(message.content());
        capacity += (int) (role.byteSize() + content.byteSize()) + BYTES_PER_MESSAGE;
        llama_chat_message.role(llama_chat_message.asSlice(chat, i), role);
        llama_chat_message.content(llama_chat_message.asSlice(chat, i), content);
      }
      while (true) {
        MemorySegment prompt = arena.allocate(capacity);
        int length =
            LibLlama.ls_chat_apply_template(
                template,
                chat,
                messages.size(),
                addGenerationPrompt,
                prompt,
                capacity,
                error.segment());
        if (length == LibLlama.LS_FAILED()) {
          throw error.failure(ChatTemplateException::new);
        }
        if (length <= capacity) {
          return new String(prompt.asSlice(0, length).toArray(C_CHAR), StandardCharsets.UTF_8);
        }
        capacity = length;
      }
    }
  }
}
