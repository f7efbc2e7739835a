package dev.llamastream.cli;

import static dev.llamastream.cli.BatchFixture.PROMPT;
import static dev.llamastream.cli.BatchFixture.openAi;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.TinyEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchModesTest {

  @TempDir private Path directory;
  private BatchFixture batch;

  @BeforeEach
  void files() {
    batch = BatchFixture.in(directory);
  }

  @Test
  void embedsWithAModelThatOnlyEmbeds() throws IOException {
    Path encoder = encoder();
    Files.write(
        batch.input(),
        List.of(
            "{\"id\":1,\"input\":\"a\"}",
            PROMPT,
            openAi("a", "/v1/embeddings", "{\"input\":[\"a\",\"b\"]}"),
            openAi("b", "/v1/chat/completions", BatchFixture.MESSAGES),
            "{\"input\":[\"a\",\"b\"]}",
            "{\"text\":\"a\"}"));
    Cli run = batch.again(encoder, "--embed", "--max-tokens", "3");

    assertThat(run.err()).contains("6 of 6 lines", ", 3 errors");
    assertThat(run.status()).isEqualTo(3);
    List<JsonNode> answers = batch.answers();
    assertThat(answers.get(0).get("id").intValue()).isEqualTo(1);
    assertThat(answers.get(0).get("embedding")).isNotEmpty();
    assertThat(answers.get(0).at("/usage/prompt_tokens").intValue()).isPositive();
    // the last digits depend on the other texts of the batch
    assertThat(answers.get(1).get("embedding")).hasSameSizeAs(answers.get(0).get("embedding"));
    assertThat(answers.get(2).at("/response/body/data")).hasSize(2);
    assertThat(answers.get(3).at("/error/message").textValue())
        .contains("must be /v1/embeddings or /v1/rerank with --embed");
    assertThat(answers.get(4).at("/error/message").textValue()).contains("a list of texts");
    assertThat(answers.get(5).at("/error/message").textValue()).contains("either an input");
  }

  @Test
  void namesTheOptionForAModelThatOnlyEmbeds() throws IOException {
    Files.write(batch.input(), List.of(PROMPT));
    Cli run = batch.again(encoder());

    assertThat(run.err()).startsWith("error: ").contains("--embed").hasLineCount(1);
    assertThat(run.status()).isEqualTo(1);
    assertThat(batch.output()).isEmptyFile();
  }

  private static Path encoder() {
    return new TinyEncoder(128, 1).path();
  }

  @Test
  void aSeedRepeatsAnswersWhateverIsBeside() throws IOException {
    List<String> lines =
        List.of(
            "{\"prompt\":\"Once upon a time\",\"max_tokens\":6}",
            "{\"prompt\":\"Once upon a time\",\"max_tokens\":6}",
            "{\"prompt\":\"The sky is\",\"max_tokens\":12,\"seed\":1}",
            "{\"prompt\":\"Once upon a time\",\"max_tokens\":6,\"seed\":9}");
    String[] options = {"--seed", "9", "--temp", "1.5", "--reproducible", "--slots", "4"};
    List<String> together = texts(lines, options);
    options[options.length - 1] = "1";
    List<String> alone = texts(lines, options);

    assertThat(alone).isEqualTo(together);
    assertThat(together.get(1)).as("each line has a seed of its own").isNotEqualTo(together.get(0));
    assertThat(together.get(3)).as("the first line's seed").isEqualTo(together.get(0));
  }

  private List<String> texts(List<String> lines, String... options) throws IOException {
    Files.write(batch.input(), lines);
    Files.deleteIfExists(batch.output());
    assertThat(batch.again(Path.of(Cli.MODEL), options).err()).contains(", 0 errors");
    return batch.answers().stream().map(answer -> answer.get("text").textValue()).toList();
  }

  @Test
  void helpNamesTheOptions() {
    Cli help = Cli.call("batch", "--help");

    assertThat(help.status()).isZero();
    assertThat(help.out())
        .contains("<input>", "-o,", "--order", "--embed", "--retries", "--retry-failed", "--slots")
        .contains("--reproducible", "--overwrite", "--timeout", "--seed", "-c,", "-n,", "-m,")
        .doesNotContain("DEFAULT-VALUE");
  }
}
