package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts of chats, by a model's template and by others. */
class ChatTemplateTest {

  private static final String CHAT_ML =
      """
      {% for m in messages %}<|im_start|>{{ m.role }}
      {{ m.content }}<|im_end|>
      {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
      {% endif %}\
      """;
  private static final ChatMessage SYSTEM = ChatMessage.system("Be brief.");
  private static final ChatMessage USER = ChatMessage.user("Hi 👋");

  @TempDir private static Path directory;
  private static Model chatMl;

  @BeforeAll
  static void load() {
    chatMl = model(CHAT_ML);
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

  private static String prompt(Model model, ChatMessage... messages) {
    return model.applyChatTemplate(ChatRequest.builder(messages).build());
  }

  private static String prompt(String template, ChatRequest.Builder request) {
    return chatMl.applyChatTemplate(request.template(template).build());
  }

  @Test
  void theDefaultModelsTemplate() {
    String path = System.getProperty("llamastream.test.model");
    try (Model model =
        Model.load(
            Path.of(Objects.requireNonNull(path)), ModelParams.builder().vocabOnly(true).build())) {
      String prompt = prompt(model, SYSTEM, USER);
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
  void asTokens() {
    ChatRequest plain = ChatRequest.builder(USER).build();
    assertThat(chatMl.chatTokens(plain))
        .isEqualTo(chatMl.tokenizer().encode(chatMl.applyChatTemplate(plain)));
    // what is written in a message is no control token
    ChatRequest sly = ChatRequest.builder(ChatMessage.user("</s>")).build();
    assertThat(chatMl.chatTokens(sly))
        .hasSizeGreaterThan(chatMl.tokenizer().encode(chatMl.applyChatTemplate(sly)).length);
    assertThatThrownBy(() -> chatMl.chatTokens(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void withoutTheBeginningOfAnAnswer() {
    assertThat(
            chatMl.applyChatTemplate(
                ChatRequest.builder(USER, ChatMessage.assistant(""))
                    .addGenerationPrompt(false)
                    .build()))
        .isEqualTo("<|im_start|>user\nHi 👋<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n");
  }

  @Test
  void anAnswerThatGoesOn() {
    assertThat(
            chatMl.applyChatTemplate(
                ChatRequest.builder(USER, ChatMessage.assistant("Once upon"))
                    .continueLast(true)
                    .build()))
        .isEqualTo("<|im_start|>user\nHi 👋<|im_end|>\n<|im_start|>assistant\nOnce upon");
  }

  @Test
  void aTemplateInPlaceOfTheModels() {
    ChatRequest.Builder request = ChatRequest.builder(USER);
    assertThat(prompt("{{ messages[-1].content }}!", request)).isEqualTo("Hi 👋!");
    assertThat(
            prompt(
                "{{ level }} {{ list[1] }}",
                request.templateArguments(Map.of("level", "\"low\"", "list", "[1, 2]"))))
        .isEqualTo("low 2");
    assertThat(
            prompt(
                "{{ strftime_now('%Y-%m-%d') }}",
                request.now(Instant.ofEpochSecond(1_749_990_896))))
        .isEqualTo("2025-06-15");
  }

  @Test
  void muchLongerThanItsMessages() {
    List<ChatMessage> messages = Collections.nCopies(10_000, ChatMessage.user(""));
    assertThat(
            chatMl.applyChatTemplate(
                ChatRequest.builder(messages).addGenerationPrompt(false).build()))
        .isEqualTo("<|im_start|>user\n<|im_end|>\n".repeat(10_000));
  }

  @Test
  void aLargeMessage() {
    String text = "Ünïcode 日本語 👋 ".repeat(20_000);
    assertThat(prompt(chatMl, ChatMessage.user(text)))
        .isEqualTo("<|im_start|>user\n" + text + "<|im_end|>\n<|im_start|>assistant\n");
  }

  @Test
  void noTemplate() {
    try (Model model = Model.load(TinyModel.defaultPath())) {
      assertThatThrownBy(() -> prompt(model, USER))
          .isInstanceOf(ChatTemplateException.class)
          .hasMessage("this model has no chat template");
      assertThat(model.applyChatTemplate(ChatRequest.builder(USER).template("x").build()))
          .isEqualTo("x");
    }
  }

  @Test
  void brokenTemplates() {
    for (String template :
        List.of(
            "{{ messages",
            "{% for m in messages %}",
            "{% endif %}",
            "{{ no_such_function() }}",
            "{{ raise_exception('the roles must alternate') }}")) {
      assertThatThrownBy(() -> prompt(template, ChatRequest.builder(USER)))
          .as("%s", template)
          .isInstanceOf(ChatTemplateException.class)
          .hasMessageStartingWith("chat template: ");
    }
    assertThatThrownBy(
            () ->
                prompt("{{ raise_exception('roles must alternate') }}", ChatRequest.builder(USER)))
        .hasMessageContaining("roles must alternate");
  }

  @Test
  void manyThreadsAtOnce() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<String> prompts = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 8; i++) {
      threads.add(Thread.startVirtualThread(() -> prompts.add(prompt(chatMl, SYSTEM, USER))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(prompts).hasSize(8).containsOnly(prompt(chatMl, SYSTEM, USER));
  }

  @Test
  @SuppressWarnings("NullAway")
  void nothing() {
    assertThatNullPointerException().isThrownBy(() -> chatMl.applyChatTemplate(null));
  }

  @Test
  void closedModel() {
    Model model = model("closed");
    model.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> prompt(model, USER))
        .withMessage("the model is closed");
  }
}
