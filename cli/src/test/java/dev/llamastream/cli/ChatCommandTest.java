package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatCommandTest {

  private static String[] arguments(String... more) {
    return Stream.concat(
            Stream.of("chat", "--model", Cli.MODEL, "--temp", "0"), List.of(more).stream())
        .toArray(String[]::new);
  }

  @Test
  void answersThroughAPipe() {
    Cli chat = Cli.callWithInput("What is 2+2?\n", arguments("-n", "40"));

    assertThat(chat.status()).isZero();
    assertThat(chat.err()).isEmpty();
    assertThat(chat.out()).contains("4").endsWith("\n").doesNotContain("\u001B", "> ");
  }

  @Test
  void eachLineIsAMessageOfOneConversation() {
    Cli chat = Cli.callWithInput("Say hello.\n\"\"\"\nAnd\nagain.\n\"\"\"\n", arguments("-n", "3"));

    assertThat(chat.status()).isZero();
    assertThat(chat.out().lines()).hasSize(2).doesNotContain("");
    assertThat(chat.err().lines()).hasSize(2).containsOnly("[Cut off: --max-tokens]");
  }

  @Test
  void theSystemMessageChangesTheAnswer() {
    String[] plain = arguments("-n", "12");
    String[] poet = arguments("-n", "12", "--system", "You only speak French.");

    assertThat(Cli.callWithInput("Who are you?", poet).out())
        .isNotEqualTo(Cli.callWithInput("Who are you?", plain).out());
  }

  @Test
  void aMessageThatIsTooLongIsAnError() {
    Cli chat = Cli.callWithInput("word ".repeat(400) + "\nHi\n", arguments("-n", "2", "-c", "256"));

    assertThat(chat.status()).isEqualTo(1);
    assertThat(chat.out().lines()).hasSize(1);
    assertThat(chat.err()).matches("error: prompt: \\d+ tokens, but the context holds 256\n.*\n");
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    byte[] latin = "caf\u00E9\n".getBytes(StandardCharsets.ISO_8859_1);
    Cli chat = Cli.callWithInput(latin, arguments());

    assertThat(chat.status()).isEqualTo(1);
    assertThat(chat.err()).isEqualTo("error: standard input: not UTF-8\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chat --temp 500   | temperature: 500.0
          chat -n -1        | maxTokens: -1
          chat -c -1        | contextSize: -1
          chat -t 1000      | threads: 1000
          chat Hello        | 'Hello'
          """)
  void argumentsThatMakeNoSenseAreNamed(String arguments, String named) {
    Cli refused = Cli.call(arguments.split(" "));

    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).startsWith("error: ").contains(named).doesNotContain("\tat ");
  }

  @Test
  void helpNamesTheOptions() {
    assertThat(Cli.call("chat", "--help").out())
        .contains(
            "-m,", "-n,", "-c,", "-t,", "--temp", "--seed", "--system", "--no-thinking", "--quiet")
        .doesNotContain("DEFAULT-VALUE");
  }

  @Test
  void aModelThatIsNotThereIsAnError() {
    Cli chat = Cli.call("chat", "-m", "/no/model.gguf");

    assertThat(chat.status()).isEqualTo(1);
    assertThat(chat.err()).startsWith("error: ").contains("/no/model.gguf");
  }
}
