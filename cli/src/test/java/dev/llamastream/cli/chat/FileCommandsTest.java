package dev.llamastream.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatDelta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileCommandsTest {

  private final FakeGenerator model = new FakeGenerator();

  @TempDir private Path directory;

  private String chat(String... typed) {
    ScriptedTerminal terminal = new ScriptedTerminal(typed);
    ChatSettings settings = new ChatSettings(SamplerParams.defaults(), Integer.MAX_VALUE, true);
    assertThat(new Chat(model, settings, "Be brief.").run(terminal, "Fake", true)).isZero();
    return terminal.screen();
  }

  @Test
  void whatIsSavedCanBeContinued() {
    Path file = directory.resolve("chat.json");
    model.answering(new ChatDelta.Thinking("Hm"), new ChatDelta.Text("\"Hallö\"")).answering("Yes");

    assertThat(chat("/save " + file, "Hi", "/save " + file))
        .startsWith("([1 message saved to " + file + "])\n")
        .endsWith("\n([3 messages saved to " + file + "])\n");
    assertThat(chat("/system Be long.", "/load " + file, "/stats", "Bye"))
        .contains("([3 messages loaded])\nThere is no answer yet.\n");
    assertThat(model.lastMessages())
        .containsExactly("SYSTEM: Be brief.", "USER: Hi", "ASSISTANT: \"Hallö\"", "USER: Bye");
    assertThat(model.requests.getLast().messages().get(2).thinking()).isEqualTo("Hm");
  }

  @Test
  void aFileHasOpenAisForm() {
    Path file = directory.resolve("chat.json");
    model.answering("Hello");

    chat("Hi", "/save " + file);

    assertThat(file)
        .hasContent(
            """
            {
              "messages" : [ {
                "role" : "system",
                "content" : "Be brief."
              }, {
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
  void aLoadedQuestionCanBeAnswered() throws Exception {
    Path file =
        Files.writeString(directory.resolve("x"), "[{\"role\":\"user\",\"content\":\"Hi\"}]");
    model.answering("Hello");

    assertThat(chat("/load " + file, "/retry")).isEqualTo("([1 message loaded])\nHello\n\n");
    assertThat(model.lastMessages()).containsExactly("USER: Hi");
  }

  @Test
  void anotherFileIsNotReplaced() throws Exception {
    Path file = Files.writeString(directory.resolve("notes.txt"), "precious");

    assertThat(chat("/save " + file))
        .isEqualTo("error: " + file + ": has something other than a conversation, so it stays\n");
    assertThat(file).hasContent("precious");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {            | no conversation:
          {}           | no conversation: must be an object with messages
          [{"role":"king"}] | no conversation: messages[0]: role: "king" is none
          """)
  void whatIsNoConversationIsRefused(String json, String reason) throws Exception {
    Path file = Files.writeString(directory.resolve("x"), json);
    model.answering("Yes");

    assertThat(chat("/load " + file, "Hi"))
        .startsWith("error: " + file + ": " + reason)
        .endsWith("\nYes\n\n");
    assertThat(model.lastMessages()).containsExactly("SYSTEM: Be brief.", "USER: Hi");
  }

  @Test
  void whatIsNotUtf8IsRefused() throws Exception {
    Path file = Files.write(directory.resolve("x"), HexFormat.of().parseHex("22e922"));

    assertThat(chat("/load " + file)).isEqualTo("error: " + file + ": not UTF-8\n");
  }
}
