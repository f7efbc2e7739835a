package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.FinishReason;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools that the model may call, together with a schema. The model writes at random. */
@Timeout(120)
class CallOrJsonTest {

  private static final Tool LIGHT =
      Tool.of(
          "light",
          "Switches the light",
          "{\"type\":\"object\",\"properties\":{\"on\":{\"type\":\"boolean\"}},"
              + "\"required\":[\"on\"],\"additionalProperties\":false}");

  private static final String SCHEMA =
      "{\"type\":\"object\",\"properties\":{\"n\":{\"const\":7}},\"required\":[\"n\"],"
          + "\"additionalProperties\":false}";

  private static final Json SEVEN = Json.parse("{\"n\":7}");

  private static Model model;
  private static Context context;

  @BeforeAll
  static void open() {
    model =
        Model.load(
            TinyModel.defaults()
                .withText(TinyModel.Text.PRINTABLE)
                .withPieces("<think>", "</think>", "<tool_call>")
                .path());
    context = new Context(model, ContextParams.builder().contextSize(8192).threads(1).build());
  }

  @AfterAll
  static void close() {
    context.close();
    model.close();
  }

  private static String template(String name) {
    return switch (name) {
      case "qwen3" -> ChatTemplate.qwen3();
      case "qwen2.5" -> ChatTemplate.qwen25();
      default -> ChatTemplate.CHATML;
    };
  }

  /** Any token may come. */
  private static SamplerParams random(int seed) {
    return SamplerParams.builder().seed(seed).temperature(9).topK(0).topP(1).minP(0).build();
  }

  /** The answers that ended. The model may think for ever, with tags that it spells. */
  private static List<ChatAnswer> answers(
      String template, UnaryOperator<ChatRequest.Builder> options) {
    List<ChatAnswer> answers = new ArrayList<>();
    for (int seed = 0; seed < 40; seed++) {
      ChatRequest.Builder request =
          ChatRequest.builder(ChatMessage.user("Hi"))
              .template(template(template))
              .tools(LIGHT)
              .responseSchema(SCHEMA)
              .thinkingBudget(6)
              .maxTokens(400)
              .sampler(random(seed));
      try (ChatStream stream = context.chat(options.apply(request).build())) {
        ChatAnswer answer = stream.answer();
        if (answer.finishReason() == FinishReason.END_OF_TEXT) {
          answers.add(answer);
        }
      }
    }
    assertThat(answers).hasSizeGreaterThan(20);
    return answers;
  }

  private static void assertCall(ChatAnswer answer) {
    assertThat(answer.text()).isBlank();
    assertThat(answer.toolCalls())
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.name()).isEqualTo("light");
              assertThat(Json.parse(call.arguments()))
                  .isIn(Json.parse("{\"on\":true}"), Json.parse("{\"on\":false}"));
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen3", "qwen2.5", "one that knows no tools"})
  void anAnswerIsOneOrTheOther(String template) {
    int calls = 0;
    int thoughts = 0;
    List<ChatAnswer> answers = answers(template, request -> request);
    for (ChatAnswer answer : answers) {
      if (answer.toolCalls().isEmpty()) {
        assertThat(Json.parse(answer.text())).isEqualTo(SEVEN);
      } else {
        assertCall(answer);
        calls++;
      }
      thoughts += answer.thinking().isBlank() ? 0 : 1;
    }
    assertThat(calls).isBetween(1, answers.size() - 1);
    assertThat(thoughts > 0).isEqualTo(template.equals("qwen3"));
  }

  @Test
  void anyObjectWillDo() {
    boolean object = false;
    for (int seed = 0; seed < 40; seed++) {
      ChatRequest request =
          ChatRequest.builder(ChatMessage.user("Hi"))
              .template(ChatTemplate.qwen25())
              .tools(LIGHT)
              .responseJson(true)
              .maxTokens(20)
              .sampler(random(seed))
              .build();
      try (ChatStream stream = context.chat(request)) {
        ChatAnswer answer = stream.answer();
        assertThat(answer.text()).matches("(?s)|[{].*");
        assertThat(answer.text().isEmpty() || answer.toolCalls().isEmpty()).isTrue();
        object |= !answer.text().isEmpty();
      }
    }
    assertThat(object).isTrue();
  }

  @Test
  void whereACallIsRequiredTheSchemaChangesNothing() {
    for (ToolChoice choice : List.of(ToolChoice.REQUIRED, ToolChoice.of("light"))) {
      answers("qwen3", request -> request.toolChoice(choice)).forEach(CallOrJsonTest::assertCall);
    }
  }

  @Test
  void whereNoneIsAllowedTheAnswerIsJson() {
    for (ChatAnswer answer : answers("qwen3", request -> request.toolChoice(ToolChoice.NONE))) {
      assertThat(answer.toolCalls()).isEmpty();
      assertThat(answer.text()).as(answer.toString()).isNotEmpty();
      assertThat(Json.parse(answer.text())).isEqualTo(SEVEN);
    }
  }

  @Test
  void aConversationCallsAndThenAnswers() {
    List<String> switched = new ArrayList<>();
    ToolBox box =
        ToolBox.builder()
            .maxRounds(3)
            .add(
                LIGHT,
                arguments -> {
                  switched.add(arguments);
                  return "done";
                })
            .build();
    for (int seed = 0; seed < 10; seed++) {
      SamplerParams sampler = random(seed);
      Conversation conversation =
          Conversation.builder(context)
              .toolBox(box)
              .request(
                  request ->
                      request
                          .template(ChatTemplate.qwen3())
                          .responseSchema(SCHEMA)
                          .thinkingBudget(6)
                          .maxTokens(400)
                          .sampler(sampler))
              .build();
      assertThat(Json.parse(conversation.ask("Hi").text())).isEqualTo(SEVEN);
    }
    assertThat(switched).isNotEmpty();
  }
}
