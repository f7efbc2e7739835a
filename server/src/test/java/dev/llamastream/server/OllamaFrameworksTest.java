package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaEmbeddingModel;
import dev.langchain4j.model.ollama.OllamaModels;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.ollama.api.OllamaApi;
import org.springframework.ai.ollama.api.OllamaChatOptions;
import org.springframework.ai.ollama.api.OllamaEmbeddingOptions;

/** LangChain4j and Spring AI as clients of Ollama's API. */
@Timeout(300)
class OllamaFrameworksTest {

  private static final String TEXT = "Hello world!! Bye";

  private static TestServer talking;
  private static TestServer calling;

  @BeforeAll
  static void start() throws IOException {
    talking = Saying.TEXT.serve();
    calling = Saying.THOUGHT_AND_CALL.serve();
  }

  @AfterAll
  static void stop() {
    talking.close();
    calling.close();
  }

  private static String url(TestServer server) {
    return "http://127.0.0.1:" + server.port();
  }

  @Test
  void langchain4jAsks() {
    var model =
        OllamaChatModel.builder()
            .baseUrl(url(talking))
            .modelName("tiny")
            .temperature(0.5)
            .topK(10)
            .topP(0.9)
            .minP(0.1)
            .seed(1)
            .numCtx(2048)
            .numPredict(100)
            .repeatLastN(5)
            .repeatPenalty(1.1)
            .stop(List.of("never"))
            .build();
    ChatResponse response =
        model.chat(ChatRequest.builder().messages(UserMessage.from("Hi")).build());
    assertThat(response.aiMessage().text()).isEqualTo(TEXT);
    assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(5);
  }

  @Test
  void langchain4jReadsAStream() {
    var model = OllamaStreamingChatModel.builder().baseUrl(url(talking)).modelName("tiny").build();
    ChatRequest request = ChatRequest.builder().messages(UserMessage.from("Hi")).build();
    StreamedChat chat = StreamedChat.of(model, request);
    assertThat(chat.whole().aiMessage().text()).isEqualTo(TEXT);
    assertThat(chat.pieces()).containsExactly("Hello", " wor", "ld", "!!", " Bye");
  }

  @Test
  void langchain4jCallsTools() {
    var model =
        OllamaChatModel.builder()
            .baseUrl(url(calling))
            .modelName("tiny")
            .think(true)
            .returnThinking(true)
            .build();
    ToolSpecification tool =
        ToolSpecification.builder()
            .name("get_weather")
            .description("The weather")
            .parameters(
                JsonObjectSchema.builder().addStringProperty("city").required("city").build())
            .build();
    UserMessage user = UserMessage.from("Weather?");
    AiMessage answer =
        model
            .chat(ChatRequest.builder().messages(user).toolSpecifications(tool).build())
            .aiMessage();
    assertThat(answer.thinking()).isEqualTo("Hm.");
    var call = answer.toolExecutionRequests().getFirst();
    assertThat(call.name()).isEqualTo("get_weather");
    assertThat(OllamaClient.json(call.arguments()).path("city").asText()).isEqualTo("Paris");
    var result = ToolExecutionResultMessage.from(call, "Sunny");
    assertThat(
            model.chat(
                ChatRequest.builder()
                    .messages(user, answer, result)
                    .toolSpecifications(tool)
                    .build()))
        .isNotNull();
  }

  @Test
  void langchain4jEmbedsAndLists() {
    var embedding = OllamaEmbeddingModel.builder().baseUrl(url(talking)).modelName("tiny").build();
    assertThat(embedding.embed("text").content().vector()).isNotEmpty();
    var models = OllamaModels.builder().baseUrl(url(talking)).build();
    assertThat(models.availableModels().content().getFirst().getName()).isEqualTo("tiny");
    assertThat(models.runningModels().content().getFirst().getName()).isEqualTo("tiny");
    assertThat(models.modelCard("tiny").content().getDetails().getFormat()).isEqualTo("gguf");
  }

  private static org.springframework.ai.ollama.OllamaChatModel spring(TestServer server) {
    return org.springframework.ai.ollama.OllamaChatModel.builder()
        .ollamaApi(OllamaApi.builder().baseUrl(url(server)).build())
        .options(OllamaChatOptions.builder().model("tiny").numPredict(100).seed(1).build())
        .build();
  }

  @Test
  void springAiAsks() {
    var response = spring(talking).call(new Prompt("Hi"));
    assertThat(response.getResult().getOutput().getText()).isEqualTo(TEXT);
    assertThat(response.getMetadata().getUsage().getCompletionTokens()).isEqualTo(5);
    assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("stop");
  }

  @Test
  void springAiReadsAStream() {
    List<String> pieces =
        spring(talking).stream("Hi").filter(piece -> !piece.isEmpty()).collectList().block();
    assertThat(pieces).containsExactly("Hello", " wor", "ld", "!!", " Bye");
  }

  @Test
  void springAiEmbeds() {
    var model =
        org.springframework.ai.ollama.OllamaEmbeddingModel.builder()
            .ollamaApi(OllamaApi.builder().baseUrl(url(talking)).build())
            .options(OllamaEmbeddingOptions.builder().model("tiny").build())
            .build();
    assertThat(model.embed("text")).isNotEmpty();
  }
}
