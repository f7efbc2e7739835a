package dev.llamastream.springai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.FinishReason;
import dev.llamastream.Model;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.engine.Engine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.tool.annotation.Tool;

/** Spring AI's client over the model: it runs the tools. */
class ChatClientTest {

  record City(String name, int people) {}

  /** Tools of an application. */
  static final class Weather {
    @Tool(description = "The weather of a city")
    String weather(String city) {
      return "rain in " + city;
    }
  }

  private final ScriptedChat chat = new ScriptedChat();
  private final ChatClient client =
      ChatClient.builder(LlamaChatModel.builder(chat).build()).defaultTools(new Weather()).build();

  @BeforeEach
  void answers() {
    chat.then(FinishReason.END_OF_TEXT, ScriptedChat.call("weather", "{\"city\": \"Rome\"}"))
        .then("It ", "rains.");
  }

  @Test
  void toolsAreRun() {
    ChatResponse response = client.prompt("Rain?").call().chatResponse();

    assertThat(response.getResult().getOutput().getText()).isEqualTo("It rains.");
    assertThat(response.getMetadata().getUsage().getTotalTokens()).isEqualTo(20);
    assertResultSent();
  }

  @Test
  void toolsAreRunInAStream() {
    List<String> pieces =
        client.prompt("Rain?").stream()
            .content()
            .filter(text -> !text.isEmpty())
            .collectList()
            .block();

    assertThat(pieces).containsExactly("It ", "rains.");
    assertResultSent();
  }

  private void assertResultSent() {
    List<ChatMessage> messages = chat.requests.getLast().messages();
    assertThat(messages)
        .extracting(ChatMessage::role)
        .containsExactly(ChatMessage.Role.USER, ChatMessage.Role.ASSISTANT, ChatMessage.Role.TOOL);
    assertThat(messages.get(1).thinking()).isEqualTo("Which tool?");
    assertThat(messages.getLast().text()).isEqualTo("\"rain in Rome\"");
    assertThat(messages.getLast().toolCallId()).isEqualTo("id1");
  }

  @Test
  void anEntityFollowsItsSchema() {
    Path path = Path.of(System.getProperty("llamastream.test.model"));
    try (Model model = Model.load(path);
        Engine engine = Engine.open(model)) {
      LlamaChatOptions.Builder options = LlamaChatOptions.builder().temperature(0.0).maxTokens(200);
      City city =
          ChatClient.create(LlamaChatModel.builder(engine).build())
              .prompt("Name a city and the number of its people.")
              .options(options)
              .call()
              .entity(City.class, spec -> spec.useProviderStructuredOutput());
      assertThat(city.name()).isNotEmpty();
    }
  }
}
