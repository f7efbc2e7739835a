package dev.llamastream.server;

import static dev.langchain4j.model.chat.request.ResponseFormatType.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.errors.BadRequestException;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiResponsesChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.tool.function.FunctionToolCallback;

/** LangChain4j and Spring AI as clients of OpenAI's API. */
@Timeout(300)
class OpenAiFrameworksTest {

  private static final String KEY = "sesame";
  private static final String TEXT = "Hello world!! Bye";
  private static final String WEATHER = "{\"city\": \"Paris\", \"degrees\": 21}";
  private static final UserMessage HI = UserMessage.from("Hi");

  private static final ToolSpecification TOOL =
      ToolSpecification.builder()
          .name("get_weather")
          .description("The weather")
          .parameters(JsonObjectSchema.builder().addStringProperty("city").required("city").build())
          .build();

  private static TestServer talking;
  private static TestServer calling;
  private static TestServer writingJson;

  @BeforeAll
  static void start() throws IOException {
    talking = Saying.TEXT.serve(params -> params.apiToken(KEY));
    calling = Saying.THOUGHT_AND_CALL.serve(params -> params.apiToken(KEY));
    writingJson = Saying.JSON.serve(params -> params.apiToken(KEY));
  }

  @AfterAll
  static void stop() {
    talking.close();
    calling.close();
    writingJson.close();
  }

  private static String url(TestServer server) {
    return "http://127.0.0.1:" + server.port() + "/v1";
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder langchain4j(TestServer server) {
    return OpenAiChatModel.builder()
        .baseUrl(url(server))
        .apiKey(KEY)
        .modelName("tiny")
        .maxRetries(0)
        .returnThinking(true);
  }

  private static ChatRequest ask(ToolSpecification... tools) {
    return ChatRequest.builder().messages(HI).toolSpecifications(tools).build();
  }

  @Test
  void langchain4jAsks() {
    var model =
        langchain4j(talking)
            .temperature(0.5)
            .topP(0.9)
            .maxCompletionTokens(100)
            .presencePenalty(0.1)
            .frequencyPenalty(0.1)
            .seed(1)
            .stop(List.of("never"))
            .user("me")
            .build();
    ChatResponse response = model.chat(ask());
    assertThat(response.aiMessage().text()).isEqualTo(TEXT);
    assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(5);
  }

  @Test
  void langchain4jReadsAStream() {
    StreamedChat chat = StreamedChat.of(langchain4jStream(talking), ask());
    assertThat(chat.whole().aiMessage().text()).isEqualTo(TEXT);
    assertThat(chat.whole().tokenUsage().outputTokenCount()).isEqualTo(5);
    assertThat(chat.pieces()).containsExactly("Hello", " wor", "ld", "!!", " Bye");
  }

  private static OpenAiStreamingChatModel langchain4jStream(TestServer server) {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(url(server))
        .apiKey(KEY)
        .modelName("tiny")
        .returnThinking(true)
        .build();
  }

  @Test
  void langchain4jCallsTools() {
    var model = langchain4j(calling).sendThinking(true).build();
    AiMessage whole = model.chat(ask(TOOL)).aiMessage();
    AiMessage streamed = StreamedChat.of(langchain4jStream(calling), ask(TOOL)).whole().aiMessage();
    for (AiMessage answer : List.of(whole, streamed)) {
      assertThat(answer.thinking()).isEqualTo("Hm.");
      checkResult(model, answer);
    }
  }

  @Test
  void langchain4jUsesResponses() {
    AiMessage answer = langchain4jResponses(calling).chat(ask(TOOL)).aiMessage();
    checkResult(langchain4jResponses(calling), answer);
    assertThat(langchain4jResponses(talking).chat(ask()).aiMessage().text()).isEqualTo(TEXT);
  }

  private static ChatModel langchain4jResponses(TestServer server) {
    return OpenAiResponsesChatModel.builder()
        .baseUrl(url(server))
        .apiKey(KEY)
        .modelName("tiny")
        .build();
  }

  /** The answer calls the tool. It is sent back with the tool's result. */
  private static void checkResult(ChatModel model, AiMessage answer) {
    var call = answer.toolExecutionRequests().getFirst();
    assertThat(call.name()).isEqualTo("get_weather");
    assertThat(OllamaClient.json(call.arguments()).path("city").asText()).isEqualTo("Paris");
    var result = ToolExecutionResultMessage.from(call, "Sunny");
    ChatRequest next =
        ChatRequest.builder().messages(HI, answer, result).toolSpecifications(TOOL).build();
    assertThat(model.chat(next).aiMessage().hasToolExecutionRequests()).isTrue();
  }

  @Test
  void langchain4jAsksForJson() {
    JsonObjectSchema weather =
        JsonObjectSchema.builder()
            .addStringProperty("city")
            .addIntegerProperty("degrees")
            .required("city", "degrees")
            .build();
    ResponseFormat format =
        ResponseFormat.builder()
            .type(JSON)
            .jsonSchema(JsonSchema.builder().name("weather").rootElement(weather).build())
            .build();
    var model = langchain4j(writingJson).strictJsonSchema(true).responseFormat(format).build();
    assertThat(model.chat("Weather?")).isEqualTo(WEATHER);
  }

  @Test
  void langchain4jEmbeds() {
    var embedding =
        OpenAiEmbeddingModel.builder().baseUrl(url(talking)).apiKey(KEY).modelName("tiny").build();
    assertThat(embedding.embed("text").content().vector()).isNotEmpty();
  }

  @Test
  void langchain4jSeesErrors() {
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(() -> langchain4j(talking).temperature(-1.0).build().chat("Hi"))
        .withMessageContaining("temperature");
    assertThatExceptionOfType(AuthenticationException.class)
        .isThrownBy(() -> langchain4j(talking).apiKey("wrong").build().chat("Hi"));
  }

  private static org.springframework.ai.openai.OpenAiChatModel spring(
      TestServer server, Consumer<OpenAiChatOptions.Builder> options) {
    OpenAiChatOptions.Builder builder = OpenAiChatOptions.builder();
    builder.baseUrl(url(server)).apiKey(KEY).model("tiny").maxRetries(0);
    options.accept(builder);
    return org.springframework.ai.openai.OpenAiChatModel.builder().options(builder.build()).build();
  }

  @Test
  void springAiAsks() {
    var model =
        spring(
            talking,
            options ->
                options.temperature(0.5).topP(0.9).maxCompletionTokens(100).seed(1).user("me"));
    var response = model.call(new Prompt("Hi"));
    assertThat(response.getResult().getOutput().getText()).isEqualTo(TEXT);
    assertThat(response.getMetadata().getUsage().getCompletionTokens()).isEqualTo(5);
    assertThat(response.getResult().getMetadata().getFinishReason()).isEqualToIgnoringCase("stop");
  }

  @Test
  void springAiReadsAStream() {
    List<String> pieces =
        spring(talking, options -> {}).stream("Hi")
            .filter(piece -> !piece.isEmpty())
            .collectList()
            .block();
    assertThat(pieces).containsExactly("Hello", " wor", "ld", "!!", " Bye");
  }

  /** What a tool is given. */
  record City(String city) {}

  @Test
  void springAiCallsTools() {
    var tool =
        FunctionToolCallback.builder("get_weather", (City city) -> "Sunny in " + city.city())
            .description("The weather")
            .inputType(City.class)
            .build();
    var model = spring(calling, options -> options.toolCallbacks(tool));
    var user = new org.springframework.ai.chat.messages.UserMessage("Weather?");
    AssistantMessage whole = model.call(new Prompt(user)).getResult().getOutput();
    List<AssistantMessage.ToolCall> streamed = new ArrayList<>();
    model.stream(new Prompt(user))
        .toStream()
        .filter(part -> part.getResult() != null)
        .forEach(part -> streamed.addAll(part.getResult().getOutput().getToolCalls()));
    for (var calls : List.of(whole.getToolCalls(), streamed)) {
      assertThat(calls).hasSize(1);
      assertThat(calls.getFirst().name()).isEqualTo("get_weather");
      assertThat(tool.call(calls.getFirst().arguments())).contains("Sunny in Paris");
    }
    var call = whole.getToolCalls().getFirst();
    var result =
        ToolResponseMessage.builder()
            .responses(List.of(new ToolResponseMessage.ToolResponse(call.id(), call.name(), "x")))
            .build();
    assertThat(model.call(new Prompt(List.of(user, whole, result))).hasToolCalls()).isTrue();
  }

  @Test
  void springAiAsksForJson() {
    var model =
        spring(
            writingJson,
            options ->
                options.outputSchema(
                    """
                  {"type": "object", "required": ["city", "degrees"], "additionalProperties": false,
                   "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}}}
                  """));
    assertThat(model.call("Weather?")).isEqualTo(WEATHER);
  }

  @Test
  void springAiEmbeds() {
    OpenAiEmbeddingOptions.Builder options = OpenAiEmbeddingOptions.builder();
    options.baseUrl(url(talking)).apiKey(KEY).model("tiny");
    var model =
        org.springframework.ai.openai.OpenAiEmbeddingModel.builder()
            .options(options.build())
            .build();
    assertThat(model.embed("text")).isNotEmpty();
  }

  @Test
  void springAiSeesErrors() {
    var model = spring(talking, options -> options.temperature(-1.0));
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() -> model.call("Hi"))
        .satisfies(e -> assertThat(e.param()).contains("temperature"));
  }
}
