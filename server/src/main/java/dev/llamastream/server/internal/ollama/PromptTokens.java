package dev.llamastream.server.internal.ollama;

import dev.llamastream.Model;
import dev.llamastream.Tokenizer;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.server.internal.json.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The token ids of a chat's prompt. Special tokens that are written in a message stay text, as in
 * an answer to the chat: the template is filled with marks, whose places the messages then take.
 */
final class PromptTokens {

  private static final Pattern MARK = Pattern.compile("\uE000(\\d)\uE001");

  private PromptTokens() {}

  /**
   * The ids.
   *
   * @param chat with at most 10 messages
   * @param first whether nothing comes before them
   * @throws ApiError 400 if the template does not take messages as they are
   */
  static int[] of(Model model, ChatRequest chat, boolean first) {
    List<ChatMessage> messages = chat.messages();
    List<ChatMessage> marks = new ArrayList<>();
    for (ChatMessage message : messages) {
      marks.add(ChatMessage.builder(message.role()).text(mark(marks.size())).build());
    }
    String text = model.applyChatTemplate(chat.toBuilder().messages(marks).build());
    Tokenizer tokenizer = model.tokenizer();
    Matcher mark = MARK.matcher(text);
    IntStream ids = IntStream.empty();
    int from = 0;
    int found = 0;
    for (; mark.find(); found++) {
      if (!mark.group().equals(mark(found))) {
        throw refused();
      }
      ids =
          with(ids, tokenizer.encode(text.substring(from, mark.start()), first && from == 0, true));
      ids = with(ids, tokenizer.encode(messages.get(found).text(), false, false));
      from = mark.end();
    }
    if (found < messages.size()) {
      throw refused();
    }
    return with(ids, tokenizer.encode(text.substring(from), false, true)).toArray();
  }

  private static IntStream with(IntStream ids, int[] more) {
    return IntStream.concat(ids, IntStream.of(more));
  }

  private static String mark(int index) {
    return "\uE000" + index + "\uE001";
  }

  private static ApiError refused() {
    return ApiError.badField("context", "this model's chat template does not allow it");
  }
}
