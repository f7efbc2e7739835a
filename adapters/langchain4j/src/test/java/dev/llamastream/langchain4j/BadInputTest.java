package dev.llamastream.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.llamastream.ContextParams;
import dev.llamastream.Embedder;
import dev.llamastream.Model;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What LangChain4j's users are told when something is wrong. */
class BadInputTest {

  private static ScriptedEngine scripted;

  @BeforeAll
  static void open() {
    scripted =
        new ScriptedEngine(
            ScriptedModel.ofBytes("On and on. ").repeat(),
            ChatTemplate.CHATML,
            params ->
                params.queueCapacity(1).context(ContextParams.builder().contextSize(512).build()));
  }

  @AfterAll
  static void close() {
    scripted.close();
  }

  private static LlamaChatModel.Builder model() {
    return LlamaChatModel.builder().generator(scripted.engine);
  }

  private static ChatRequestParameters json(JsonSchemaElement root) {
    return ChatRequestParameters.builder()
        .responseFormat(
            ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder().name("answer").rootElement(root).build())
                .build())
        .build();
  }

  private static void chat(ChatRequestParameters parameters) {
    model()
        .build()
        .chat(
            ChatRequest.builder()
                .messages(UserMessage.from("Hello"))
                .parameters(parameters)
                .build());
  }

  @Test
  void noGenerator() {
    assertThatThrownBy(() -> LlamaChatModel.builder().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("generator: not set");
    assertThatThrownBy(() -> LlamaEmbeddingModel.builder().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("embedder: not set");
  }

  @Test
  void noMessages() {
    assertThatThrownBy(() -> model().build().chat(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> model().build().chat((List<ChatMessage>) null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> model().build().chat((String) null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void contentThatIsNotText() {
    assertThatThrownBy(
            () -> model().build().chat(UserMessage.from(ImageContent.from("https://a.b/c.png"))))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageStartingWith("image content is not supported");
    assertThatThrownBy(
            () -> model().build().chat(UserMessage.from(AudioContent.from("https://a.b/c.wav"))))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageStartingWith("audio content is not supported");
    assertThatThrownBy(() -> model().build().chat(CustomMessage.from(Map.of("a", "b"))))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("CUSTOM");
  }

  @Test
  void anotherModelsName() {
    assertThatThrownBy(() -> chat(ChatRequestParameters.builder().modelName("gpt").build()))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("modelName \"gpt\" is not supported");
    assertThat(model().modelName("tiny").maxOutputTokens(1).build().chat("Hello")).isEqualTo("O");
  }

  @Test
  void valuesOutOfRange() {
    assertThatThrownBy(() -> model().temperature(-1.0).build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("temperature: -1.0, must be in [0.0, 100.0]");
    assertThatThrownBy(() -> chat(ChatRequestParameters.builder().topP(2.0).build()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("topP: 2.0, must be in [0.0, 1.0]");
    assertThatThrownBy(() -> chat(ChatRequestParameters.builder().maxOutputTokens(-1).build()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("maxTokens: -1");
    assertThatThrownBy(
            () -> chat(ChatRequestParameters.builder().toolChoice(ToolChoice.REQUIRED).build()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("there are no tools");
  }

  @Test
  void aSchemaThatIsRefused() {
    assertThatThrownBy(() -> chat(json(JsonRawSchema.from("{\"$ref\":\"https://a.b/c\"}"))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("responseSchema");
    assertThatThrownBy(
            () -> chat(json(JsonRawSchema.from("{\"type\":\"string\",\"pattern\":\"^($\"}"))))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void aContextTooSmallForTheTools() throws Exception {
    List<ToolSpecification> tools =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    ToolSpecification.builder()
                        .name("tool" + i)
                        .description("Does this and that")
                        .parameters(JsonObjectSchema.builder().addStringProperty("it").build())
                        .build())
            .toList();
    ChatRequest request =
        ChatRequest.builder().messages(UserMessage.from("Hello")).toolSpecifications(tools).build();
    assertThatThrownBy(() -> model().build().chat(request))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageMatching(
            "prompt: \\d+ tokens, but the context holds 512; it consists of the messages and of"
                + " the descriptions of the tools: send fewer, or open a larger context");

    RecordedAnswer answer = new RecordedAnswer();
    LlamaStreamingChatModel.builder().generator(scripted.engine).build().chat(request, answer);
    answer.awaitEnd();
    assertThat(answer.errors).hasSize(1);
    assertThat(answer.errors.getFirst()).isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void aClosedEngine() throws Exception {
    LlamaChatModel chat;
    LlamaStreamingChatModel streaming;
    try (ScriptedEngine closed = ScriptedEngine.saying("Hello")) {
      chat = LlamaChatModel.builder().generator(closed.engine).build();
      streaming = LlamaStreamingChatModel.builder().generator(closed.engine).build();
    }
    assertThatThrownBy(() -> chat.chat("Hello"))
        .isInstanceOf(NonRetriableException.class)
        .hasMessageContaining("closed");
    RecordedAnswer answer = new RecordedAnswer();
    streaming.chat("Hello", answer);
    answer.awaitEnd();
    assertThat(answer.errors).hasSize(1);
    assertThat(answer.errors.getFirst())
        .isInstanceOf(NonRetriableException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void anEngineThatIsClosedDuringTheAnswer() throws Exception {
    RecordedAnswer answer;
    try (ScriptedEngine closing =
        new ScriptedEngine(
            ScriptedModel.ofBytes("On and on. ").repeat(), ChatTemplate.CHATML, p -> p)) {
      answer =
          new RecordedAnswer() {
            @Override
            void on(String event) {
              if (event.equals("text O")) {
                closing.engine.close();
              }
            }
          };
      LlamaStreamingChatModel.builder().generator(closing.engine).build().chat("Hello", answer);
      answer.awaitEnd();
    }
    assertThat(answer.errors).hasSize(1);
    assertThat(answer.errors.getFirst())
        .isInstanceOf(NonRetriableException.class)
        .hasMessageContaining("closed during the answer");
  }

  @Test
  void theTimeIsUp() {
    LlamaChatModel model = model().timeout(Duration.ofMillis(1)).build();
    assertThatThrownBy(() -> model.chat("Hello")).isInstanceOf(TimeoutException.class);
  }

  @Test
  void anEngineThatIsOverloaded() {
    dev.llamastream.chat.ChatRequest endless =
        dev.llamastream.chat.ChatRequest.builder(dev.llamastream.chat.ChatMessage.user("Hello"))
            .build();
    LlamaChatModel model = model().build();
    try (ChatStream running = scripted.engine.chat(endless)) {
      // it has the only slot
      assertThat(running.next()).isNotNull();
      try (ChatStream _ = scripted.engine.chat(endless)) {
        assertThatThrownBy(() -> model.chat("Hello"))
            .isInstanceOf(RateLimitException.class)
            .hasMessageContaining("overloaded");
      }
    }
  }

  @Test
  void textsToEmbed() {
    try (Model model = Model.load(new TinyEncoder(32, 1).path());
        Embedder embedder = Embedder.open(model)) {
      LlamaEmbeddingModel embedding = LlamaEmbeddingModel.of(embedder);
      assertThatThrownBy(() -> embedding.embed(TextSegment.from("long ".repeat(40))))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageMatching("prompt: \\d+ tokens, but the context holds \\d+");
      assertThat(embedding.embedAll(List.of()).content()).isEmpty();
    }
  }
}
