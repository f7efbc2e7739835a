package dev.llamastream.cli.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipedTerminalTest {

  private final FakeGenerator model = new FakeGenerator();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int chat(String input, Writer to) {
    PipedTerminal terminal =
        new PipedTerminal(
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            new PrintWriter(to),
            new PrintWriter(err, true),
            _ -> () -> {});
    ChatSettings settings = new ChatSettings(SamplerParams.greedy(), 100, true);
    return new Chat(model, settings, "").run(terminal, "Fake", false);
  }

  @Test
  void printsNothingButTheAnswers() {
    model.answering("One").answering("Two\n");

    assertThat(chat("a\n\n/help", out)).isZero();
    assertThat(out).hasToString("One\nTwo\n");
    assertThat(err.toString()).isEmpty();
    assertThat(model.lastMessages()).containsExactly("USER: a", "ASSISTANT: One", "USER: /help");
  }

  @Test
  void thinkingIsNoPartOfTheAnswer() {
    model.answering(new ChatDelta.Thinking("Hm"), new ChatDelta.Text("Yes"));

    assertThat(chat("a\n", out)).isZero();
    assertThat(out).hasToString("Yes\n");
    assertThat(err).hasToString("[thinking]\nHm\n[/thinking]\n");
  }

  /** Slashes are line breaks, and QQQ is three quotes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          one/two               | one;two
          \uFEFFone             | one
          one \\/two\\//three   | one /two/;three
          QQQ/one//two/QQQ/x    | one//two;x
          QQQone/twoQQQ         | one/two
          QQQone QQQ            | 'one '
          QQQone\\/two          | one\\/two
          say QQQ/x             | say QQQ;x
          one\\                 | one
          """)
  void aLineOrABlockIsAMessage(String input, String messages) {
    for (String _ : messages.split(";")) {
      model.answering("Yes");
    }

    chat(input.replace('/', '\n').replace("QQQ", "\"\"\""), out);

    assertThat(
            model.requests.getLast().messages().stream()
                .filter(message -> message.role() == ChatMessage.Role.USER)
                .map(message -> message.text().replace('\n', '/').replace("\"\"\"", "QQQ")))
        .containsExactly(messages.split(";"));
  }

  @Test
  void aMessageWithoutAnAnswerChangesTheStatus() {
    model.failing(new ChatTemplateException("refused")).answering("Yes");

    assertThat(chat("a\nb\n", out)).isEqualTo(1);
    assertThat(out).hasToString("Yes\n");
    assertThat(err).hasToString("error: refused\n");
  }

  @Test
  void stopsWhenNobodyReads() {
    model.answering("One", "two").answering("Three");
    Writer closed =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("broken pipe");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };

    assertThat(chat("a\nb\n", closed)).isEqualTo(141);
    assertThat(model.requests).hasSize(1);
  }
}
