package dev.llamastream.cli.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole chat on a terminal that JLine imitates. */
class ScreenTerminalTest {

  /** The same as the up key, whatever the terminal. */
  private static final String CTRL_P = "\u0010";

  @TempDir private Path directory;
  private final FakeGenerator model = new FakeGenerator();

  /** What the terminal showed. */
  private String chat(String type, String keys) throws IOException {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    ExternalTerminal terminal =
        new ExternalTerminal(
            "test", type, new ByteArrayInputStream(keys.getBytes(UTF_8)), shown, UTF_8);
    ChatSettings settings = new ChatSettings(SamplerParams.greedy(), 100, true);
    Optional<Path> history = Optional.of(directory.resolve("history"));
    try (ChatTerminal screen = ScreenTerminal.over(terminal, history, _ -> () -> {})) {
      assertThat(new Chat(model, settings, "").run(screen, "Fake", true)).isZero();
    }
    return shown.toString(UTF_8);
  }

  private List<String> asked() {
    return model.requests.stream()
        .map(request -> request.messages().getLast())
        .map(ChatMessage::text)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"xterm-256color", "dumb"})
  void aLineIsAMessage(String type) throws Exception {
    model.answering("One").answering("Two");

    assertThat(chat(type, "don't say \"x!\"\rHello!\r")).contains("> ", "One", "Two");
    assertThat(asked()).containsExactly("don't say \"x!\"", "Hello!");
  }

  @Test
  void aLineThatEndsWithABackslashGoesOn() throws Exception {
    model.answering("One");
    chat("xterm", "first \\\rsecond\r");
    assertThat(asked()).containsExactly("first \nsecond");
  }

  @Test
  void aBlockIsOneMessage() throws Exception {
    model.answering("One").answering("Two");
    chat("xterm", "\"\"\"\r/first\\\r\rsecond\r\"\"\"\rx\r");
    assertThat(asked()).containsExactly("/first\\\n\nsecond", "x");
  }

  @Test
  void aPastedTextIsOneMessage() throws Exception {
    model.answering("One");
    chat("xterm", "\u001B[200~first\\\r\tsecond\rthird\u001B[201~\r");
    assertThat(asked()).containsExactly("first\\\n\tsecond\nthird");
  }

  @Test
  void anEditedMessageStandsInTheLine() throws Exception {
    model.answering("One").answering("Two");
    chat("xterm", "\"\"\"/usr\"\"\"\r/edit\r\b\b\b\b!\"\"\"\r");
    assertThat(asked()).containsExactly("/usr", "/usr!");
  }

  @Test
  void commandsAreCompleted() throws Exception {
    assertThat(chat("xterm", "/sta\t\r")).contains("There is no answer yet.");
  }

  @Test
  void thinkingIsDim() throws Exception {
    model.answering(new ChatDelta.Thinking("Hm"), new ChatDelta.Text("Yes"));
    assertThat(chat("xterm-256color", "x\r"))
        .contains("\u001B[2mHm\u001B[0m")
        .doesNotContain("[th");
  }

  @Test
  void thinkingIsMarkedWhereThereIsNoColour() throws Exception {
    model.answering(new ChatDelta.Thinking("Hm"), new ChatDelta.Text("Yes"));
    assertThat(chat("vt100", "x\r")).containsPattern("\\[thinking]\\s+Hm\\s+\\[/thinking]\\s+Yes");
  }

  @Test
  void anAnswerDoesNotControlTheTerminal() throws Exception {
    model.answering("a\u001B]0;title\u0007\u009B2Jb\r\tc");
    assertThat(chat("xterm", "x\r")).containsPattern("a]0;title2Jb\tc");
  }

  @Test
  void theHistoryIsThereTheNextTime() throws Exception {
    model.answering("One").answering("Two");
    chat("xterm", "first\\\rsecond\r");
    chat("xterm", CTRL_P + "\r");
    assertThat(asked()).containsExactly("first\nsecond", "first\nsecond");
  }
}
