package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts of chats, and what is no chat. */
class ChatTemplateTest {

  private static final ChatMessage SYSTEM = new ChatMessage("system", "Be brief.");
  private static final ChatMessage USER = new ChatMessage("user", "Hi 👋");

  @TempDir private static Path directory;
  private static Model chatMl;

  @BeforeAll
  static void load() {
    chatMl = model("{% for m in messages %}<|im_start|>{% endfor %}");
  }

  @AfterAll
  static void close() {
    chatMl.close();
  }

  private static Model model(String template) {
    Path path = directory.resolve(template.hashCode() + ".gguf");
    return Model.load(
        TinyModel.defaults().gguf().put("tokenizer.chat_template", template).write(path));
  }

  private static void refuses(String message, Runnable call) {
    assertThatIllegalArgumentException().isThrownBy(call::run).withMessage(message);
  }

  @Test
  void theDefaultModelsTemplate() {
    String path = System.getProperty("llamastream.test.model");
    try (Model model =
        Model.load(
            Path.of(Objects.requireNonNull(path)), ModelParams.builder().vocabOnly(true).build())) {
      String prompt = model.applyChatTemplate(List.of(SYSTEM, USER), true);
      assertThat(prompt)
          .isEqualTo(
              """
              <|im_start|>system
              Be brief.<|im_end|>
              <|im_start|>user
              Hi 👋<|im_end|>
              <|im_start|>assistant
              """);
      // the marks are single tokens
      assertThat(model.tokenizer().encode(prompt)).startsWith(1, 9690, 198).hasSizeLessThan(30);
    }
  }

  @Test
  void withoutTheBeginningOfAnAnswer() {
    ChatMessage answer = new ChatMessage("assistant", "");
    assertThat(chatMl.applyChatTemplate(List.of(USER, answer), false))
        .isEqualTo("<|im_start|>user\nHi 👋<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n");
  }

  @Test
  void anotherTemplate() {
    try (Model model = model("<start_of_turn>")) {
      assertThat(model.applyChatTemplate(List.of(SYSTEM, USER), true))
          .isEqualTo(
              "<start_of_turn>user\nBe brief.\n\nHi 👋<end_of_turn>\n<start_of_turn>model\n");
    }
  }

  @Test
  void muchLongerThanItsMessages() {
    // 34 bytes around an empty message, and none of its own
    List<ChatMessage> messages = Collections.nCopies(100_000, new ChatMessage("r", ""));
    assertThat(chatMl.applyChatTemplate(messages, false))
        .isEqualTo("<|im_start|>r\n<|im_end|>\n".repeat(100_000));
    try (Model model = model("'Assistant: ' + message['content'] + eos_token")) {
      List<ChatMessage> short_ = Collections.nCopies(1_000, new ChatMessage("assistant", "x"));
      assertThat(model.applyChatTemplate(short_, false))
          .isEqualTo("Assistant: x<｜end▁of▁sentence｜>".repeat(1_000));
    }
  }

  @Test
  void noTemplate() {
    try (Model model = Model.load(TinyModel.defaultPath())) {
      assertThatThrownBy(() -> model.applyChatTemplate(List.of(USER), true))
          .isInstanceOf(ChatTemplateException.class)
          .hasMessage("this model has no chat template");
    }
  }

  @Test
  void unknownTemplate() {
    for (String template : List.of("", "{{ messages }}", "<|im_star|>", "%s%n")) {
      try (Model model = model(template)) {
        assertThatThrownBy(() -> model.applyChatTemplate(List.of(USER), true))
            .isInstanceOf(ChatTemplateException.class);
      }
    }
  }

  @Test
  void noChat() {
    refuses(
        "messages: 0, must be in [1, 1048576]", () -> chatMl.applyChatTemplate(List.of(), true));
    refuses(
        "messages: 1048577, must be in [1, 1048576]",
        () -> chatMl.applyChatTemplate(Collections.nCopies((1 << 20) + 1, USER), true));
    ChatMessage large = new ChatMessage("user", "x".repeat(1 << 20));
    refuses(
        "messages characters: 67109120, must be in [0, 67108864]",
        () -> chatMl.applyChatTemplate(Collections.nCopies(64, large), true));
    assertThatNullPointerException()
        .isThrownBy(() -> chatMl.applyChatTemplate(Arrays.asList(USER, null), true));
  }

  @Test
  void noMessage() {
    refuses("role: blank, must name who speaks", () -> new ChatMessage(" ", "x"));
    refuses("role: NUL at index 1, must have none", () -> new ChatMessage("u\0", "x"));
    refuses("content: NUL at index 0, must have none", () -> new ChatMessage("user", "\0"));
    for (String half : List.of("ab\ud83d", "ab\ud83dc", "ab\udc4b", "ab\udc4b\ud83d")) {
      refuses(
          "content: half a surrogate pair at index 2, must be whole characters",
          () -> new ChatMessage("user", half));
    }
  }

  @Test
  @SuppressWarnings("NullAway")
  void nothing() {
    assertThatNullPointerException().isThrownBy(() -> new ChatMessage(null, "x"));
    assertThatNullPointerException().isThrownBy(() -> new ChatMessage("user", null));
    assertThatNullPointerException().isThrownBy(() -> chatMl.applyChatTemplate(null, true));
  }

  @Test
  void closedModel() {
    Model model = model("<|im_start|>closed");
    model.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> model.applyChatTemplate(List.of(USER), true))
        .withMessage("the model is closed");
  }
}
