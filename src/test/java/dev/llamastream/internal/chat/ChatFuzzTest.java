package dev.llamastream.internal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Chat templates are programs from outside: each ends with a prompt or a documented exception. */
@Timeout(120)
class ChatFuzzTest {

  private static final Path TEMPLATES =
      Path.of("target", "native", "llama.cpp", "models", "templates");

  private static Model model;

  @BeforeAll
  static void load() {
    model =
        Model.load(
            Path.of("models", "SmolLM2-135M-Instruct.Q4_1.gguf"),
            ModelParams.builder().vocabOnly(true).build());
  }

  /** Waits for templates that still run. */
  @AfterAll
  static void close() {
    model.close();
  }

  static Stream<String> names() {
    return HostileTemplates.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void hostileTemplatesEnd(String name) {
    String template = HostileTemplates.all().get(name);
    ends(request(template).timeout(Duration.ofSeconds(1)).build());
    // whose threads are few
    assertThat(model.applyChatTemplate(request("{{ 1 }}").timeout(Duration.ofMinutes(1)).build()))
        .isEqualTo("1");
  }

  @Test
  void aTimeoutIsNotTheTemplatesFault() {
    String loops = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
    for (int millis : new int[] {1, 5, 20, 50}) {
      ChatRequest request = request(loops).timeout(Duration.ofMillis(millis)).build();
      assertThatThrownBy(() -> model.applyChatTemplate(request))
          .isInstanceOf(CancellationException.class)
          .hasMessage("timeout: over before the prompt was prepared");
    }
  }

  private static ChatRequest.Builder request(String template) {
    return ChatRequest.builder(ChatMessage.user("hello")).template(template);
  }

  /** Whether it gave a prompt. */
  private static boolean ends(ChatRequest request) {
    try {
      return !model.applyChatTemplate(request).isEmpty();
    } catch (ChatTemplateException | CancellationException e) {
      return false;
    }
  }

  @Test
  void randomTemplatesEnd() throws IOException {
    assertThat(fuzz(200)).isGreaterThan(10);
  }

  @Tag("soak")
  @Timeout(7200)
  @Test
  void twentyThousandRandomTemplatesEnd() throws IOException {
    assertThat(fuzz(20_000)).isGreaterThan(1_000);
  }

  private static int fuzz(int seeds) throws IOException {
    List<String> real;
    try (Stream<Path> files = Files.list(TEMPLATES)) {
      real =
          files
              .filter(file -> file.toString().endsWith(".jinja"))
              .sorted()
              .map(ChatFuzzTest::read)
              .toList();
    }
    int prompts = 0;
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      String template = new RandomTemplate(real, random).text();
      ChatRequest request =
          new ChatShape(
                  random, new HostileText(List.of("<|im_end|>", "{{ 1 }}", "\""), random)::next)
              .request(template).toBuilder().timeout(Duration.ofSeconds(1)).build();
      prompts += ends(request) ? 1 : 0;
    }
    return prompts;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
