package dev.llamastream.cli;

import static dev.llamastream.cli.BatchFixture.MESSAGES;
import static dev.llamastream.cli.BatchFixture.PROMPT;
import static dev.llamastream.cli.BatchFixture.openAi;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchCommandTest {

  @TempDir private Path directory;
  private BatchFixture batch;

  @BeforeEach
  void files() {
    batch = BatchFixture.in(directory);
  }

  @Test
  void plainLinesGetPlainAnswers() throws IOException {
    Cli run =
        batch.run(
            List.of(
                PROMPT,
                "{\"id\":\"mine\",\"prompt\":\"a\",\"max_tokens\":2}",
                "",
                "{\"id\":7,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"stop\":\" two\"}"));

    assertThat(run.err()).startsWith("3 of 3 lines in ").contains(", 0 errors");
    assertThat(run.out()).isEmpty();
    assertThat(run.status()).isZero();
    List<JsonNode> answers = batch.answers();
    assertThat(batch.answered()).containsExactly(1, 2, 4);
    assertThat(answers.get(0).get("text").textValue()).isEqualTo("one two three");
    assertThat(answers.get(0).get("finish_reason").textValue()).isEqualTo("end_of_text");
    assertThat(answers.get(0).has("id")).isFalse();
    assertThat(answers.get(1).get("id").textValue()).isEqualTo("mine");
    assertThat(answers.get(1).get("text").textValue()).isEqualTo("one two");
    assertThat(answers.get(1).get("finish_reason").textValue()).isEqualTo("max_tokens");
    assertThat(answers.get(1).get("usage").get("completion_tokens").intValue()).isEqualTo(2);
    assertThat(answers.get(2).get("id").intValue()).isEqualTo(7);
    assertThat(answers.get(2).get("text").textValue()).isEqualTo("one");
    assertThat(answers.get(2).get("finish_reason").textValue()).isEqualTo("stop_sequence");
  }

  @Test
  void openAiLinesGetOpenAiAnswers() throws IOException {
    Cli run =
        batch.run(
            List.of(
                openAi("chat", "/v1/chat/completions", MESSAGES),
                openAi("text", "/v1/completions", PROMPT),
                openAi("vector", "/v1/embeddings", "{\"input\":\"a\"}")));

    assertThat(run.err()).contains("3 of 3 lines", ", 0 errors");
    assertThat(run.status()).isZero();
    List<JsonNode> answers = batch.answers();
    assertThat(answers)
        .allSatisfy(
            answer -> {
              assertThat(answer.properties().stream().map(field -> field.getKey()))
                  .containsExactly("id", "custom_id", "response", "error");
              assertThat(answer.get("error").isNull()).isTrue();
              assertThat(answer.get("response").get("status_code").intValue()).isEqualTo(200);
              assertThat(answer.get("response").get("request_id").textValue()).isNotEmpty();
            });
    assertThat(answers.stream().map(answer -> answer.get("custom_id").textValue()))
        .containsExactly("chat", "text", "vector");
    JsonNode chat = answers.get(0).get("response").get("body");
    assertThat(chat.get("object").textValue()).isEqualTo("chat.completion");
    assertThat(chat.at("/choices/0/message/content").textValue()).isEqualTo("one two three");
    assertThat(answers.get(1).at("/response/body/choices/0/text").textValue())
        .isEqualTo("one two three");
    assertThat(answers.get(2).at("/response/body/data/0/embedding").isArray()).isTrue();
  }
}
