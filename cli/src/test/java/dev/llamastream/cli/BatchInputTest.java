package dev.llamastream.cli;

import static dev.llamastream.cli.BatchFixture.MESSAGES;
import static dev.llamastream.cli.BatchFixture.PROMPT;
import static dev.llamastream.cli.BatchFixture.openAi;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is in a line, the others are answered. */
class BatchInputTest {

  @TempDir private Path directory;
  private BatchFixture batch;

  @BeforeEach
  void files() {
    batch = BatchFixture.in(directory);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"prompt                                | invalid_line | not JSON at column
          prompt                                  | invalid_line | not JSON at column
          ["a"]                                   | invalid_line | not a JSON object
          {"prompt":"a"} {}                       | invalid_line | not JSON at column
          {"prompt":"a","prompt":"b"}             | invalid_line | a field is there twice at column
          {}                                      | invalid_line | must have either a prompt or messages
          {"prompt":"a","messages":[]}            | invalid_line | must have either a prompt or messages
          {"prompt":5}                            | invalid_value | prompt: 5, must be a text
          {"prompt":"\\ud800"}                    | invalid_value | prompt: half a surrogate pair
          {"prompt":"a","colour":1}               | invalid_value | colour: unknown field
          {"prompt":"a","temperature":-1}         | invalid_value | temperature: -1
          {"prompt":"a","max_tokens":"many"}      | invalid_value | max_tokens: "many"
          {"prompt":"a","grammar":"root ::= ("}   | invalid_value | grammar
          {"messages":[{"role":"king"}]}          | invalid_value | messages[0].role
          {"id":{},"prompt":"a"}                  | invalid_line | id: {}, must be a text or a number
          {"id":"\\udc00","prompt":"a"}           | invalid_line | id: "\\uDC00"
          """)
  void aPlainLineThatMakesNoSenseHasAnError(String line, String code, String message)
      throws IOException {
    Cli run = batch.run(List.of(PROMPT, line, PROMPT));

    assertThat(run.err()).contains("3 of 3 lines", ", 1 error");
    assertThat(run.status()).isEqualTo(3);
    assertThat(batch.answered()).containsExactly(1, 2, 3);
    JsonNode error = batch.answers().get(1).get("error");
    assertThat(error.get("message").textValue()).contains(message);
    assertThat(error.get("code").textValue()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"method":"POST","url":"/v1/completions","body":{"prompt":"a"}}                 | custom_id: missing
          {"custom_id":7,"url":"/v1/completions","body":{"prompt":"a"}}                   | custom_id: 7, must be a text
          {"custom_id":"","url":"/v1/completions","body":{"prompt":"a"}}                  | custom_id: "", must be a text
          {"custom_id":"b","method":"GET","url":"/v1/completions","body":{"prompt":"a"}}  | method: must be POST
          {"custom_id":"b","method":"POST","body":{"prompt":"a"}}                         | url:
          {"custom_id":"b","method":"POST","url":"/v1/images","body":{"prompt":"a"}}      | url: "/v1/images", must be /v1/chat/completions
          {"custom_id":"b","method":"POST","url":"/v1/completions"}                       | body: must be an object
          {"custom_id":"b","method":"POST","url":"/v1/completions","body":"a"}            | body: must be an object
          {"custom_id":"b","url":"/v1/completions","body":{"prompt":"a"},"priority":1}    | priority: unknown field
          {"custom_id":"a","url":"/v1/completions","body":{"prompt":"a"}}                 | custom_id: an earlier line has the same
          """)
  void anOpenAiLineThatMakesNoSenseHasAnError(String line, String message) throws IOException {
    String good = openAi("a", "/v1/completions", PROMPT);
    Cli run = batch.run(List.of(good, line, openAi("c", "/v1/completions", PROMPT)));

    assertThat(run.status()).isEqualTo(3);
    assertThat(batch.answered()).containsExactly(1, 2, 3);
    JsonNode answer = batch.answers().get(1);
    assertThat(answer.at("/error/message").textValue()).contains(message);
    assertThat(answer.get("response").isNull()).isTrue();
    assertThat(answer.has("custom_id")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"messages":[]}                                                  | 400 | messages
          {"messages":[{"role":"user","content":"a"}],"stream":true}       | 400 | stream
          {"messages":[{"role":"user","content":"a"}],"audio":{"voice":1}} | 400 | audio
          """)
  void whatTheApiRefusesIsAResponse(String body, int status, String param) throws IOException {
    Cli run = batch.run(List.of(openAi("a", "/v1/chat/completions", body)));

    assertThat(run.status()).isEqualTo(3);
    JsonNode answer = batch.answers().getFirst();
    assertThat(answer.at("/response/status_code").intValue()).isEqualTo(status);
    assertThat(answer.at("/response/body/error/param").textValue()).isEqualTo(param);
    assertThat(answer.get("error").isNull()).isTrue();
  }

  @Test
  void aLongPromptHasAnError() throws IOException {
    Cli run = batch.run(List.of("{\"prompt\":\"" + "a".repeat(1 << 20) + "\"}", PROMPT));

    assertThat(run.status()).isEqualTo(3);
    assertThat(batch.answers().get(0).at("/error/code").textValue())
        .isEqualTo("context_length_exceeded");
    assertThat(batch.answers().get(1).get("text").textValue()).isEqualTo("one two three");
  }

  @Test
  void bytesThatAreNotUtf8HaveAnError() throws IOException {
    Files.writeString(batch.input(), "{\"prompt\":\"ä\"}\n" + PROMPT, ISO_8859_1);
    Cli run = batch.again();

    assertThat(run.status()).isEqualTo(3);
    assertThat(batch.answers().get(0).at("/error/message").textValue())
        .isEqualTo("the line: not UTF-8");
    assertThat(batch.answers().get(1).has("text")).isTrue();
  }

  @Test
  void windowsFilesAreRead() throws IOException {
    Files.writeString(batch.input(), "\uFEFF" + PROMPT + "\r\n\r\n" + PROMPT + "\r\n");

    assertThat(batch.again().status()).isZero();
    assertThat(batch.answered()).containsExactly(1, 3);
  }

  @Test
  void anEmptyFileIsDone() throws IOException {
    Cli run = batch.run(List.of());

    assertThat(run.err()).isEqualTo(String.format(Locale.ROOT, "0 of 0 lines, 0 errors%n"));
    assertThat(run.status()).isZero();
    assertThat(batch.output()).isEmptyFile();
  }

  @Test
  void anInputThatIsMissingIsNamed() {
    Cli run = batch.again();

    assertThat(run.err())
        .startsWith("error: " + batch.input() + ": cannot be read: ")
        .hasLineCount(1);
    assertThat(run.status()).isEqualTo(1);
    assertThat(batch.output()).doesNotExist();
  }

  @Test
  void aFolderIsNoInput() {
    Cli run = Cli.call("batch", directory.toString(), "-m", BatchFixture.MODEL.toString());

    assertThat(run.err()).startsWith("error: " + directory + ": it is a folder").hasLineCount(1);
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void theOutputMustNotBeTheInput() throws IOException {
    Files.writeString(batch.input(), PROMPT);
    Files.createSymbolicLink(batch.output(), batch.input());
    Cli run = batch.again("--overwrite");

    assertThat(run.err()).startsWith("error: --output: it is the input, too");
    assertThat(run.status()).isEqualTo(2);
    assertThat(batch.input()).hasContent(PROMPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --order later                | must be input or finished
          --slots 0                    | slots: 0
          --max-tokens -2              | maxTokens: -2
          --retries -1                 | retries: -1
          --timeout -1                 | timeout
          --temp -1                    | temperature: -1
          -c 5                         | contextSize: 5
          --overwrite --retry-failed   | --retry-failed: only
          """)
  void argumentsThatMakeNoSenseAreNamed(String arguments, String named) throws IOException {
    Cli refused = batch.run(List.of(PROMPT), arguments.split(" "));

    assertThat(refused.err()).startsWith("error: ").contains(named).doesNotContain("\tat ");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(batch.output()).doesNotExist();
  }

  @Test
  void defaultsAreForLinesThatDoNotSay() throws IOException {
    Cli run =
        batch.run(
            List.of(
                PROMPT,
                "{\"prompt\":\"a\",\"n_predict\":3}",
                openAi("a", "/v1/completions", PROMPT),
                openAi("b", "/v1/embeddings", "{\"input\":\"a\"}"),
                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}"),
            "--max-tokens",
            "1",
            "--temp",
            "0.5",
            "--seed",
            "3");

    assertThat(run.err()).contains("0 errors");
    assertThat(run.status()).isZero();
    assertThat(batch.answers().get(0).get("text").textValue()).isEqualTo("one");
    assertThat(batch.answers().get(1).get("text").textValue()).isEqualTo("one two three");
    assertThat(batch.answers().get(2).at("/response/body/choices/0/text").textValue())
        .isEqualTo("one");
    assertThat(batch.answers().get(4).get("text").textValue()).isEqualTo("one");
  }

  @Test
  void readsStandardInputAndWritesStandardOutput() {
    Cli run =
        Cli.callWithInput(
            PROMPT + "\n" + MESSAGES, "batch", "-", "-m", BatchFixture.MODEL.toString());

    String answer = "\\{\"line\":%d,\"crc\":\"\\w{8}\",\"text\":\"one two three\",.*\n";
    assertThat(run.out())
        .matches(String.format(Locale.ROOT, answer, 1) + String.format(Locale.ROOT, answer, 2));
    assertThat(run.err()).startsWith("2 lines in ");
    assertThat(run.status()).isZero();
  }
}
