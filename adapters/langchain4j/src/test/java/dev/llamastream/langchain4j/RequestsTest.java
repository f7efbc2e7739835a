package dev.llamastream.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.internal.Json;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ToolCall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of a request reaches the library. */
class RequestsTest {

  private static final ChatRequestParameters NOTHING = ChatRequestParameters.builder().build();

  private static final ToolSpecification TOOL =
      ToolSpecification.builder()
          .name("weather")
          .description("The weather")
          .parameters(JsonObjectSchema.builder().addStringProperty("city").build())
          .build();

  private final ScriptedAnswers nobody = new ScriptedAnswers(_ -> "");
  private final LlamaChatModel.Builder model = LlamaChatModel.builder().generator(nobody);

  private dev.llamastream.chat.ChatRequest map(ChatRequestParameters parameters) {
    return map(
        ChatRequest.builder().messages(UserMessage.from("Hello")).parameters(parameters).build());
  }

  private dev.llamastream.chat.ChatRequest map(ChatRequest request) {
    ChatSettings settings = model.settings();
    return Requests.of(
        ChatRequest.builder()
            .messages(request.messages())
            .parameters(settings.parameters().overrideWith(request.parameters()))
            .build(),
        settings);
  }

  @Test
  void nothingSetIsTheLibrarysDefaults() {
    assertThat(map(NOTHING))
        .isEqualTo(
            dev.llamastream.chat.ChatRequest.builder(ChatMessage.user("Hello"))
                .parallelToolCalls(true)
                .build());
  }

  @Test
  void allParameters() {
    dev.llamastream.chat.ChatRequest request =
        map(
            LlamaChatRequestParameters.builder()
                .temperature(0.1)
                .topP(0.2)
                .topK(3)
                .frequencyPenalty(0.4)
                .presencePenalty(0.5)
                .maxOutputTokens(6)
                .stopSequences("seven")
                .toolSpecifications(TOOL)
                .toolChoice(ToolChoice.REQUIRED)
                .sampler(SamplerParams.builder().seed(8).minP(0.9).temperature(1).build())
                .thinking(false)
                .parallelToolCalls(false)
                .timeout(Duration.ofSeconds(10))
                .build());
    assertThat(request.sampler())
        .isEqualTo(
            SamplerParams.builder()
                .temperature(0.1)
                .topP(0.2)
                .topK(3)
                .frequencyPenalty(0.4)
                .presencePenalty(0.5)
                .seed(8)
                .minP(0.9)
                .build());
    assertThat(request.maxTokens()).isEqualTo(6);
    assertThat(request.stopSequences()).containsExactly("seven");
    assertThat(request.toolChoice()).isEqualTo(dev.llamastream.chat.ToolChoice.REQUIRED);
    assertThat(request.thinking()).isFalse();
    assertThat(request.parallelToolCalls()).isFalse();
    assertThat(request.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(request.tools()).hasSize(1);
    assertThat(request.tools().getFirst().name()).isEqualTo("weather");
    assertThat(request.tools().getFirst().description()).isEqualTo("The weather");
    assertThat(request.tools().getFirst().parameters()).contains("\"city\"");
  }

  @Test
  void aRequestOverridesTheModelAndTheModelItsDefaultParameters() {
    model
        .defaultRequestParameters(
            LlamaChatRequestParameters.builder()
                .temperature(0.1)
                .topK(1)
                .topP(0.1)
                .thinking(false)
                .build())
        .temperature(0.2)
        .topK(2);
    SamplerParams sampler = map(ChatRequestParameters.builder().temperature(0.3).build()).sampler();
    assertThat(sampler)
        .isEqualTo(SamplerParams.builder().temperature(0.3).topK(2).topP(0.1).build());
    assertThat(map(NOTHING).thinking()).isFalse();
    assertThat(map(LlamaChatRequestParameters.builder().thinking(true).build()).thinking())
        .isTrue();
  }

  @Test
  void parametersOfBothKindsJoinInAnyOrder() {
    LlamaChatRequestParameters own =
        LlamaChatRequestParameters.builder().thinking(false).topK(1).build();
    ChatRequestParameters common = ChatRequestParameters.builder().topK(2).topP(0.5).build();
    LlamaChatRequestParameters.Builder both =
        LlamaChatRequestParameters.builder().thinking(false).topP(0.5);
    assertThat(own.overrideWith(common)).isEqualTo(both.topK(2).build());
    assertThat(common.overrideWith(own)).isEqualTo(both.topK(1).build());
    assertThat(own.defaultedBy(common)).isEqualTo(both.topK(1).build());
    assertThat(both.topK(1).build()).hasSameHashCodeAs(own.defaultedBy(common));
    assertThat(own.toString()).contains("thinking=false", "topK=1");
  }

  @Test
  void allKindsOfMessages() {
    ToolExecutionRequest call =
        ToolExecutionRequest.builder().id("id").name("weather").arguments("").build();
    AiMessage calling =
        AiMessage.builder().thinking("Hm").toolExecutionRequests(List.of(call)).build();
    ChatRequest request =
        ChatRequest.builder()
            .messages(
                SystemMessage.from("Be kind"),
                UserMessage.from(TextContent.from("Hello"), TextContent.from("you")),
                calling,
                ToolExecutionResultMessage.from(call, "sunny"),
                AiMessage.from("It is sunny"))
            .build();
    ToolCall called = ToolCall.of("id", "weather", "{}");
    ChatMessage thoughtless =
        ChatMessage.builder(ChatMessage.Role.ASSISTANT).toolCalls(List.of(called)).build();
    List<ChatMessage> messages = map(request).messages();
    assertThat(messages)
        .containsExactly(
            ChatMessage.system("Be kind"),
            ChatMessage.builder(ChatMessage.Role.USER).text("Hello").text("you").build(),
            thoughtless,
            ChatMessage.toolResult(called, "sunny"),
            ChatMessage.assistant("It is sunny"));
    model.sendThinking(true);
    assertThat(map(request).messages().get(2))
        .isEqualTo(thoughtless.toBuilder().thinking("Hm").build());
  }

  @Test
  void formsOfTheAnswer() {
    assertThat(map(format(ResponseFormat.TEXT).build()).responseJson()).isFalse();
    assertThat(map(format(ResponseFormat.JSON).build()).responseJson()).isTrue();
    String raw = "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}";
    assertThat(map(format(schema(raw)).build()).responseSchema()).isEqualToIgnoringWhitespace(raw);
  }

  private static ResponseFormat schema(String raw) {
    return ResponseFormat.builder()
        .type(ResponseFormatType.JSON)
        .jsonSchema(
            JsonSchema.builder().name("answer").rootElement(JsonRawSchema.from(raw)).build())
        .build();
  }

  private static LlamaChatRequestParameters.Builder format(ResponseFormat format) {
    return LlamaChatRequestParameters.builder().responseFormat(format);
  }

  @Test
  void aFormGoesTogetherWithTools() {
    dev.llamastream.chat.ChatRequest request =
        map(format(ResponseFormat.JSON).toolSpecifications(TOOL).build());
    assertThat(request.tools()).extracting(tool -> tool.name()).containsExactly("weather");
    assertThat(request.toolChoice()).isEqualTo(dev.llamastream.chat.ToolChoice.AUTO);
    assertThat(request.responseJson()).isTrue();
  }

  @Test
  void anObjectWithoutPropertiesMayHaveAny() {
    String map =
        JsonSchemas.text(
            JsonObjectSchema.builder()
                .addProperty("ages", JsonObjectSchema.builder().build())
                .build());
    assertThat(Json.fromJson(map, Object.class))
        .isEqualTo(
            Map.of(
                "type", "object",
                "properties", Map.of("ages", Map.of("type", "object", "required", List.of())),
                "required", List.of()));
    assertThat(JsonSchemas.arguments(null))
        .isEqualTo(JsonSchemas.arguments(JsonObjectSchema.builder().build()))
        .contains("\"additionalProperties\":false");
  }
}
