package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.FinishReason;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.internal.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model that knows no tools says of them is forced into their form. */
@Timeout(120)
class ChatToolGrammarTest {

  private static final Tool WEATHER =
      Tool.of(
          "weather",
          "The weather",
          "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"maxLength\":9}},"
              + "\"required\":[\"city\"],\"additionalProperties\":false}");

  private static final Tool CLOCK =
      Tool.of(
          "clock",
          "The time",
          "{\"type\":\"object\",\"properties\":{\"zone\":{\"enum\":[\"UTC\",\"CET\"]}},"
              + "\"required\":[\"zone\"],\"additionalProperties\":false}");

  private static Model model;
  private static Context context;

  @BeforeAll
  static void open() {
    model = Model.load(Path.of("models", "SmolLM2-135M-Instruct.Q4_1.gguf"));
    context = new Context(model, ContextParams.builder().contextSize(2048).threads(1).build());
  }

  @AfterAll
  static void close() {
    context.close();
    model.close();
  }

  private static ChatRequest.Builder request(String template, ChatMessage... messages)
      throws IOException {
    Path file =
        Path.of("target", "native", "llama.cpp", "models", "templates", template + ".jinja");
    return ChatRequest.builder(messages)
        .template(template.isEmpty() ? "" : Files.readString(file))
        .maxTokens(80);
  }

  private static ChatAnswer answer(ChatRequest.Builder request, int seed) {
    SamplerParams sampler = SamplerParams.builder().seed(seed).temperature(1).build();
    try (ChatStream stream = context.chat(request.sampler(sampler).build())) {
      return stream.answer();
    }
  }

  private static void assertValid(ToolCall call) {
    assertThat(call.name()).isIn("weather", "clock");
    Json.Obj arguments = (Json.Obj) Json.parse(call.arguments());
    if (call.name().equals("weather")) {
      assertThat(arguments.members()).containsOnlyKeys("city");
      assertThat(arguments.members().get("city")).isInstanceOf(Json.Str.class);
    } else {
      assertThat(arguments.members()).containsOnlyKeys("zone");
      assertThat(arguments.text("zone")).isIn("UTC", "CET");
    }
  }

  /** The model's own template, which knows no tools, and some with forms of their own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Qwen-Qwen2.5-7B-Instruct",
        "Qwen-Qwen3-0.6B",
        "meta-llama-Llama-3.1-8B-Instruct"
      })
  void aRequiredCallComesAtOnceAndIsValid(String template) throws IOException {
    ChatRequest.Builder request =
        request(template, ChatMessage.user("What is the weather in Paris?"))
            .tools(WEATHER, CLOCK)
            .thinking(false)
            .toolChoice(ToolChoice.REQUIRED);
    for (int seed = 1; seed <= 4; seed++) {
      ChatAnswer answer = answer(request, seed);
      assertThat(answer.finishReason()).isEqualTo(FinishReason.END_OF_TEXT);
      assertThat(answer.text()).isBlank();
      assertThat(answer.toolCalls()).hasSize(1).allSatisfy(call -> assertValid(call));
    }
  }

  /**
   * In these forms the model may write an argument without end. What comes before the call is
   * thinking, or nothing.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Qwen3-Coder",
        "Qwen3.5-4B",
        "deepseek-ai-DeepSeek-V3.2",
        "inclusionai-ling-3.0-flash",
        "llama-cpp-deepseek-r1"
      })
  void beforeARequiredCallThereIsNoText(String template) throws IOException {
    ChatRequest.Builder request =
        request(template, ChatMessage.user("What is the weather in Paris?"))
            .tools(WEATHER, CLOCK)
            .thinkingBudget(8)
            .toolChoice(ToolChoice.REQUIRED);
    for (int seed = 1; seed <= 2; seed++) {
      ChatAnswer answer = answer(request, seed);
      assertThat(answer.text()).isBlank();
      assertThat(answer.toolCalls())
          .hasSize(1)
          .allSatisfy(call -> assertThat(call.name()).isIn("weather", "clock"));
    }
  }

  /** The model is told of the tools, but the answer is what the schema says. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Qwen-Qwen2.5-7B-Instruct",
        "Qwen3-Coder",
        "LFM2-8B-A1B",
        "meta-llama-Llama-3.1-8B-Instruct",
        "google-gemma-4-31B-it"
      })
  void aSchemaHoldsWhereNoToolMayBeCalled(String template) throws IOException {
    ChatRequest.Builder request =
        request(template, ChatMessage.user("What is the weather in Paris?"))
            .tools(WEATHER, CLOCK)
            .toolChoice(ToolChoice.NONE)
            .thinking(false)
            .responseSchema("{\"properties\":{\"n\":{\"const\":7}},\"required\":[\"n\"]}");
    assertThat(model.applyChatTemplate(request.build())).contains("The weather", "The time");
    ChatAnswer answer = answer(request, 1);
    assertThat(answer.finishReason()).isEqualTo(FinishReason.END_OF_TEXT);
    assertThat(answer.toolCalls()).isEmpty();
    assertThat(Json.parse(answer.text())).isEqualTo(Json.parse("{\"n\":7}"));
  }

  @Test
  void aNamedToolIsCalledOnce() throws IOException {
    ChatRequest.Builder request =
        request("", ChatMessage.user("What is the weather in Paris?"))
            .tools(WEATHER, CLOCK)
            .parallelToolCalls(true)
            .toolChoice(ToolChoice.of("clock"));
    assertThat(answer(request, 1).toolCalls()).extracting(ToolCall::name).containsExactly("clock");
  }

  @Test
  void severalCallsAreValid() throws IOException {
    ChatRequest.Builder request =
        request("", ChatMessage.user("What is the weather in Paris, and the time?"))
            .tools(WEATHER, CLOCK)
            .parallelToolCalls(true)
            .toolChoice(ToolChoice.REQUIRED);
    int most = 0;
    for (int seed = 1; seed <= 8; seed++) {
      ChatAnswer answer = answer(request, seed);
      assertThat(answer.toolCalls()).isNotEmpty();
      int whole = answer.toolCalls().size() - 1; // the last may be cut
      answer.toolCalls().subList(0, whole).forEach(call -> assertValid(call));
      most = Math.max(most, answer.toolCalls().size());
    }
    assertThat(most).isGreaterThan(1);
  }

  /** The prompt of this template begins the thinking. */
  @ParameterizedTest
  @ValueSource(ints = {0, 5, 20})
  void thinkingEndsWithItsBudget(int budget) throws IOException {
    ChatRequest.Builder request =
        request("Qwen-QwQ-32B", ChatMessage.user("Why is the sky blue?"))
            .thinkingBudget(budget)
            .maxTokens(40);
    SamplerParams endless = SamplerParams.builder().seed(1).ignoreEndOfText(true).build();
    ChatAnswer answer = context.chat(request.sampler(endless).build()).answer();
    assertThat(answer.text()).isNotBlank().doesNotContain("</think>");
    assertThat(model.tokenizer().encode(answer.thinking(), false, false))
        .hasSizeLessThanOrEqualTo(budget + 1);
    assertThat(answer.thinking().isBlank()).isEqualTo(budget == 0);
  }

  @Test
  void aStreamOutlivesItsContext() throws IOException {
    Context other = new Context(model, ContextParams.builder().contextSize(512).threads(1).build());
    ChatStream stream =
        other.chat(ChatRequest.builder(ChatMessage.user("Tell a story.")).maxTokens(200).build());
    assertThat(stream.hasNext()).isTrue();
    other.close();
    stream.cancel();
    assertThat(stream.answer().finishReason()).isNotEqualTo(FinishReason.END_OF_TEXT);
    stream.close();
  }

  @Test
  void threadsShareTheTemplatesOfAModel() throws Exception {
    Model own = Model.load(Path.of("models", "SmolLM2-135M-Instruct.Q4_1.gguf"));
    ChatRequest request = ChatRequest.builder(ChatMessage.user("hello <|im_end|>")).build();
    String expected = own.applyChatTemplate(request);
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 6; i++) {
      Thread thread =
          Thread.ofVirtual()
              .uncaughtExceptionHandler((_, failure) -> failures.add(failure))
              .start(
                  () -> {
                    try {
                      for (int n = 0; n < 100; n++) {
                        assertThat(own.applyChatTemplate(request)).isEqualTo(expected);
                      }
                    } catch (IllegalStateException e) {
                      // closed meanwhile
                    }
                  });
      threads.add(thread);
    }
    own.applyChatTemplate(request);
    own.close();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }
}
