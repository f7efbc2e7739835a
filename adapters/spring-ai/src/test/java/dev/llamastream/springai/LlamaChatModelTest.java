package dev.llamastream.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.FinishReason;
import dev.llamastream.InvalidValueException;
import dev.llamastream.SamplerParams;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.chat.ToolChoice;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.util.MimeTypeUtils;
import reactor.test.StepVerifier;

/** What becomes of a prompt and of an answer. */
class LlamaChatModelTest {

  record City(String name) {}

  private static final ToolCallback WEATHER =
      FunctionToolCallback.builder("weather", (City city) -> "rain in " + city.name())
          .description("The weather of a city")
          .inputType(City.class)
          .build();

  private final ScriptedChat chat = new ScriptedChat();
  private final LlamaChatModel model = LlamaChatModel.builder(chat).build();

  private ChatRequest requestOf(Prompt prompt) {
    chat.then("ok");
    assertThat(model.call(prompt).getResult().getOutput().getText()).isEqualTo("ok");
    return chat.requests.getLast();
  }

  private ChatRequest requestWith(ChatOptions options) {
    return requestOf(new Prompt("Hi", options));
  }

  @Test
  void messages() {
    ChatRequest request =
        requestOf(
            new Prompt(
                List.of(
                    new SystemMessage("Be brief."),
                    new UserMessage("Rain?"),
                    AssistantMessage.builder()
                        .content("")
                        .properties(Map.of(LlamaChatModel.REASONING, "Hm."))
                        .toolCalls(
                            List.of(
                                new AssistantMessage.ToolCall("id1", "function", "weather", "{}")))
                        .build(),
                    ToolResponseMessage.builder()
                        .responses(
                            List.of(
                                new ToolResponseMessage.ToolResponse("id1", "weather", "rain"),
                                new ToolResponseMessage.ToolResponse("id2", "time", "noon")))
                        .build(),
                    new AssistantMessage("Yes."))));

    assertThat(request.messages())
        .containsExactly(
            ChatMessage.system("Be brief."),
            ChatMessage.user("Rain?"),
            ChatMessage.builder(ChatMessage.Role.ASSISTANT)
                .thinking("Hm.")
                .toolCalls(List.of(ToolCall.of("id1", "weather", "{}")))
                .build(),
            ChatMessage.builder(ChatMessage.Role.TOOL)
                .toolCallId("id1")
                .toolName("weather")
                .text("rain")
                .build(),
            ChatMessage.builder(ChatMessage.Role.TOOL)
                .toolCallId("id2")
                .toolName("time")
                .text("noon")
                .build(),
            ChatMessage.assistant("Yes."));
  }

  @Test
  void imagesAreRefused() {
    Media image = new Media(MimeTypeUtils.IMAGE_PNG, URI.create("file:/a.png"));
    Prompt prompt = new Prompt(UserMessage.builder().text("What is it?").media(image).build());

    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> model.call(prompt))
        .withMessage("media: image/png, must be none: text only");
  }

  @Test
  void noOptionsAreTheDefaults() {
    assertThat(requestOf(new Prompt("Hi")))
        .isEqualTo(ChatRequest.builder(ChatMessage.user("Hi")).build());
  }

  static LlamaChatOptions.Builder allOptions() {
    return LlamaChatOptions.builder()
        .temperature(0.3)
        .topK(5)
        .topP(0.9)
        .minP(0.2)
        .typicalP(0.8)
        .repeatPenalty(1.2)
        .frequencyPenalty(0.1)
        .presencePenalty(0.2)
        .penaltyLastN(7)
        .seed(42L)
        .maxTokens(11)
        .stopSequences(List.of("END"))
        .toolCallbacks(WEATHER)
        .toolChoice(ToolChoice.of("weather"))
        .parallelToolCalls(true)
        .thinking(false)
        .thinkingBudget(9)
        .timeout(Duration.ofSeconds(8))
        .priority(3);
  }

  @Test
  void everyOptionReachesTheRequest() {
    ChatRequest request = requestWith(allOptions().build());

    assertThat(request)
        .isEqualTo(
            ChatRequest.builder(ChatMessage.user("Hi"))
                .sampler(
                    SamplerParams.builder()
                        .temperature(0.3)
                        .topK(5)
                        .topP(0.9)
                        .minP(0.2)
                        .typicalP(0.8)
                        .repeatPenalty(1.2)
                        .frequencyPenalty(0.1)
                        .presencePenalty(0.2)
                        .penaltyLastN(7)
                        .seed(42)
                        .build())
                .maxTokens(11)
                .stopSequences("END")
                .tools(
                    Tool.of(
                        "weather",
                        "The weather of a city",
                        WEATHER.getToolDefinition().inputSchema()))
                .toolChoice(ToolChoice.of("weather"))
                .parallelToolCalls(true)
                .thinking(false)
                .thinkingBudget(9)
                .timeout(Duration.ofSeconds(8))
                .priority(3)
                .build());
    assertThat(requestWith(LlamaChatOptions.builder().grammar("root ::= \"a\"").build()).sampler())
        .isEqualTo(SamplerParams.builder().grammar("root ::= \"a\"").build());
    assertThat(requestWith(LlamaChatOptions.builder().outputSchema("{}").build()).responseSchema())
        .isEqualTo("{}");
  }

  @Test
  void optionsAreValues() {
    LlamaChatOptions options = allOptions().build();

    assertThat(options.mutate().build()).isEqualTo(options).hasSameHashCodeAs(options);
    assertThat(options.mutate().seed(null).build()).isNotEqualTo(options);
    assertThat(options.mutate().topK(6).build()).isNotEqualTo(options);
    LlamaChatOptions.Builder first = allOptions();
    LlamaChatOptions.Builder second = first.clone().seed(1L);
    assertThat(first.build()).isEqualTo(options);
    assertThat(second.build().getSeed()).isEqualTo(1);
    assertThat(
            LlamaChatOptions.builder()
                .seed(1L)
                .minP(0.5)
                .combineWith(LlamaChatOptions.builder().seed(2L).topK(3))
                .build())
        .isEqualTo(LlamaChatOptions.builder().seed(2L).minP(0.5).topK(3).build());
  }

  @Test
  void portableOptionsReachTheRequest() {
    assertThat(requestWith(ChatOptions.builder().temperature(0.1).topK(2).build()).sampler())
        .isEqualTo(SamplerParams.builder().temperature(0.1).topK(2).build());
    assertThat(requestWith(ToolCallingChatOptions.builder().toolCallbacks(WEATHER).build()).tools())
        .extracting(Tool::name)
        .containsExactly("weather");
    assertThat(
            requestWith(StructuredOutputChatOptions.builder().outputSchema("{}").build())
                .responseSchema())
        .isEqualTo("{}");
  }

  static Stream<Object[]> badOptions() {
    Consumer<LlamaChatOptions.Builder> temperature = options -> options.temperature(-1.0);
    Consumer<LlamaChatOptions.Builder> model = options -> options.model("gpt-4");
    Consumer<LlamaChatOptions.Builder> schema = options -> options.outputSchema("no");
    Consumer<LlamaChatOptions.Builder> choice = options -> options.toolChoice(ToolChoice.REQUIRED);
    return Stream.of(
        new Object[] {temperature, "temperature: -1.0, must be in [0.0, 100.0]"},
        new Object[] {model, "model: \"gpt-4\", must be \"tiny\": only this model is loaded"},
        new Object[] {schema, "responseSchema: "},
        new Object[] {choice, "toolChoice: REQUIRED, but there are no tools"});
  }

  @ParameterizedTest
  @MethodSource("badOptions")
  void badOptionsAreNamed(Consumer<LlamaChatOptions.Builder> bad, String message) {
    LlamaChatOptions.Builder options = LlamaChatOptions.builder();
    bad.accept(options);
    LlamaChatModel named =
        LlamaChatModel.builder(chat)
            .options(LlamaChatOptions.builder().model("tiny").build())
            .build();
    Prompt prompt = new Prompt("Hi", options.build());

    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> named.call(prompt))
        .withMessageStartingWith(message);
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> named.stream(prompt).blockLast())
        .withMessageStartingWith(message);
  }

  @Test
  void aBadSchemaOfAToolNamesTheTool() {
    ToolCallback bad =
        FunctionToolCallback.builder("bad", (City city) -> "")
            .inputType(City.class)
            .inputSchema("no")
            .build();

    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> requestWith(LlamaChatOptions.builder().toolCallbacks(bad).build()))
        .withMessageStartingWith("tools: \"bad\", parameters: ");
  }

  @ParameterizedTest
  @CsvSource({
    "END_OF_TEXT, STOP",
    "STOP_SEQUENCE, STOP",
    "MAX_TOKENS, LENGTH",
    "CONTEXT_FULL, LENGTH",
    "CANCELLED, CANCELLED",
    "TIMEOUT, TIMEOUT"
  })
  void finishReasons(FinishReason reason, String name) {
    chat.then(reason, new ChatDelta.Text("a")).then(reason, new ChatDelta.Text("a"));

    Generation called = model.call(new Prompt("Hi")).getResult();
    Generation streamed = model.stream(new Prompt("Hi")).blockLast().getResult();

    for (Generation generation : List.of(called, streamed)) {
      assertThat(generation.getMetadata().getFinishReason()).isEqualTo(name);
      assertThat(generation.getMetadata().<FinishReason>get(LlamaChatModel.REASON))
          .isEqualTo(reason);
    }
  }

  @Test
  void aCallHasEverything() {
    chat.then(FinishReason.END_OF_TEXT, ScriptedChat.call("weather", "{}"));

    ChatResponse response = model.call(new Prompt("Hi"));

    AssistantMessage message = response.getResult().getOutput();
    assertThat(message.getToolCalls())
        .containsExactly(new AssistantMessage.ToolCall("id1", "function", "weather", "{}"));
    assertThat(message.getMetadata()).containsEntry(LlamaChatModel.REASONING, "Which tool?");
    assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("TOOL_CALLS");
    assertUsage(response.getMetadata().getUsage());
  }

  private static void assertUsage(Usage usage) {
    assertThat(usage.getPromptTokens()).isEqualTo(7);
    assertThat(usage.getCompletionTokens()).isEqualTo(3);
    assertThat(usage.getTotalTokens()).isEqualTo(10);
    assertThat(usage.getCacheReadInputTokens()).isEqualTo(4);
    assertThat(usage.getNativeUsage()).isInstanceOf(StreamStats.class);
  }

  @Test
  void aStreamHasPiecesAndALastResponse() {
    chat.then(FinishReason.END_OF_TEXT, ScriptedChat.call("weather", "{}"));

    List<ChatResponse> responses = model.stream(new Prompt("Hi")).collectList().block();

    assertThat(responses).hasSize(3);
    assertThat(responses.subList(0, 2))
        .extracting(
            response -> response.getResult().getOutput().getMetadata().get(LlamaChatModel.THINKING))
        .containsExactly("Which ", "tool?");
    ChatResponse last = responses.getLast();
    assertThat(last.getResult().getOutput().getText()).isEmpty();
    assertThat(last.getResult().getOutput().getToolCalls()).hasSize(1);
    assertThat(last.getResult().getOutput().getMetadata())
        .containsEntry(LlamaChatModel.REASONING, "Which tool?");
    assertThat(last.getResult().getMetadata().getFinishReason()).isEqualTo("TOOL_CALLS");
    assertUsage(last.getMetadata().getUsage());
  }

  @Test
  void aStreamBeginsWithTheFirstDemand() {
    AtomicBoolean demanded = new AtomicBoolean();
    AtomicBoolean demandedBefore = new AtomicBoolean();
    chat.onRequest = () -> demandedBefore.set(demanded.get());
    chat.then("ok");

    StepVerifier.create(model.stream(new Prompt("Hi")), 0)
        .expectSubscription()
        .then(() -> demanded.set(true))
        .thenRequest(2)
        .expectNextCount(2)
        .verifyComplete();

    assertThat(demandedBefore).isTrue();
  }

  @Test
  void aCallThatWasCutOffIsNone() {
    ToolCall half = ToolCall.of("id1", "weather", "{\"na");
    chat.then(FinishReason.MAX_TOKENS, new ChatDelta.ToolCallDone(0, half));

    ChatResponse response = model.call(new Prompt("Hi"));

    assertThat(response.hasToolCalls()).isFalse();
    assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("LENGTH");
  }
}
