package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChatTemplatesTest {

  private static Model model;

  @BeforeAll
  static void load() {
    model =
        Model.load(
            Path.of("models", "SmolLM2-135M-Instruct.Q4_1.gguf"),
            ModelParams.builder().vocabOnly(true).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static String prompt(String template) {
    return model.applyChatTemplate(
        ChatRequest.builder(ChatMessage.user("hello")).template(template).build());
  }

  @Test
  void eachRequestGetsItsOwnTemplate() throws Exception {
    List<Future<String>> prompts = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 200; i++) {
        // more than are kept: they are freed, but not while others use them
        String template = (i * i % 11) + ": {{ messages[0].content }}";
        prompts.add(threads.submit(() -> prompt(template)));
      }
    }
    for (int i = 0; i < 200; i++) {
      assertThat(prompts.get(i).get()).isEqualTo(i * i % 11 + ": hello");
    }
  }

  @Test
  void oneThatCannotBeReadFailsEachTime() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> prompt("{% if %}")).isInstanceOf(ChatTemplateException.class);
      assertThat(prompt("{{ messages[0].content }}")).isEqualTo("hello");
    }
  }

  @Test
  void aLongOneIsUsedOnce() {
    String template = "{# " + " ".repeat(1 << 16) + "#}{{ messages[0].content }}";
    for (int i = 0; i < 3; i++) {
      assertThat(prompt(template)).isEqualTo("hello");
    }
  }
}
