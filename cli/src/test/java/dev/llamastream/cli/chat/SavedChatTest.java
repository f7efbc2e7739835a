package dev.llamastream.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatMessage.Role;
import dev.llamastream.chat.ToolCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SavedChatTest {

  private static final ToolCall CALL = ToolCall.of("call1", "weather", "{\"city\":\"Rome\"}");

  @TempDir private Path directory;

  @Test
  void whatIsSavedCanBeLoaded() throws Exception {
    Path file = directory.resolve("chat.json");
    List<ChatMessage> messages =
        List.of(
            ChatMessage.system("Be brief."),
            ChatMessage.developer("Be kind."),
            ChatMessage.user("Wie heißt du?\n\"x\""),
            ChatMessage.builder(Role.USER).text("one").text("two").build(),
            ChatMessage.builder(Role.ASSISTANT).thinking("Hm").toolCalls(List.of(CALL)).build(),
            ChatMessage.toolResult(CALL, "sunny"),
            ChatMessage.assistant("It is sunny."));
    SavedChat.write(file, List.of());
    SavedChat.write(file, messages);

    assertThat(SavedChat.read(file)).isEqualTo(messages);
  }

  @Test
  void messagesHaveOpenAisForm() throws Exception {
    Path file = directory.resolve("chat.json");
    SavedChat.write(file, List.of(ChatMessage.user("Hi"), ChatMessage.assistant("Hello")));

    assertThat(file)
        .hasContent(
            """
            {
              "messages" : [ {
                "role" : "user",
                "content" : "Hi"
              }, {
                "role" : "assistant",
                "content" : "Hello"
              } ]
            }
            """);
  }

  @Test
  void readsAnArrayOfMessages() throws Exception {
    Path file =
        Files.writeString(directory.resolve("x"), "[{\"role\":\"user\",\"content\":\"Hi\"}]");

    assertThat(SavedChat.read(file)).containsExactly(ChatMessage.user("Hi"));
  }

  @Test
  void anotherFileIsNotReplaced() throws Exception {
    Path file = Files.writeString(directory.resolve("notes.txt"), "precious");

    assertThatThrownBy(() -> SavedChat.write(file, List.of()))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": has something other than a conversation, so it stays");
    assertThat(file).hasContent("precious");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {            | no JSON
          {}           | no conversation: it has no array of messages
          [1]          | message 0: role: '', must be one of OpenAI's
          [{"role":"king","content":""}]  | message 0: role: 'king', must be one of OpenAI's
          [{"role":"user","content":1}]   | message 0: content: must be a text or parts
          [{"role":"user","content":[{"type":"image_url"}]}] | message 0: content: only texts can be loaded
          """)
  void whatIsNoConversationIsRefused(String json, String reason) throws Exception {
    Path file = Files.writeString(directory.resolve("x"), json);

    assertThatThrownBy(() -> SavedChat.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": " + reason);
  }
}
