package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** An input and an output of {@code batch}, and a model that answers anything at once. */
record BatchFixture(Path input, Path output) {

  /** Says "one two three" and ends. */
  static final Path MODEL =
      ScriptedModel.of("one", " two", " three")
          .gguf()
          .put(ChatTemplate.KEY, ChatTemplate.CHATML)
          .writeShared("batch");

  /** Says something random that depends on the prompt and the seed, and never ends. */
  static final Path ENDLESS =
      TinyModel.defaults()
          .withText(TinyModel.Text.PRINTABLE)
          .gguf()
          .put(ChatTemplate.KEY, ChatTemplate.CHATML)
          .writeShared("endless");

  static final String PROMPT = "{\"prompt\":\"a\"}";
  static final String MESSAGES = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";

  private static final JsonMapper MAPPER = new JsonMapper();

  static BatchFixture in(Path directory) {
    return new BatchFixture(directory.resolve("in.jsonl"), directory.resolve("out.jsonl"));
  }

  /** A line of OpenAI's form. */
  static String openAi(String id, String url, String body) {
    return "{\"custom_id\":\""
        + id
        + "\",\"method\":\"POST\",\"url\":\""
        + url
        + "\",\"body\":"
        + body
        + "}";
  }

  /** Runs the lines with the model that says "one two three". */
  Cli run(List<String> lines, String... options) throws IOException {
    Files.write(input, lines);
    return again(options);
  }

  Cli again(String... options) {
    return Cli.call(arguments(MODEL, options));
  }

  /** The same with another model. */
  Cli again(Path model, String... options) {
    return Cli.call(arguments(model, options));
  }

  String[] arguments(Path model, String... options) {
    return Stream.concat(
            Stream.of(
                "batch",
                input.toString(),
                "-o",
                output.toString(),
                "-m",
                model.toString(),
                "-t",
                "1"),
            Stream.of(options))
        .toArray(String[]::new);
  }

  /** The lines of the output, each an object. */
  List<JsonNode> answers() throws IOException {
    assertThat(Files.readString(output)).endsWith("\n");
    List<JsonNode> answers = new ArrayList<>();
    for (String line : Files.readAllLines(output)) {
      answers.add(MAPPER.readTree(line));
    }
    return answers;
  }

  /** The numbers of the input's lines that the output answers, in its order. */
  List<Integer> answered() throws IOException {
    return answers().stream().map(BatchFixture::lineOf).toList();
  }

  private static int lineOf(JsonNode answer) {
    return answer.has("line")
        ? answer.get("line").intValue()
        : Integer.parseInt(answer.get("id").textValue().split("_")[2]);
  }
}
