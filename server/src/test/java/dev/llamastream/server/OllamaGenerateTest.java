package dev.llamastream.server;

import static dev.llamastream.server.OllamaClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /api/generate}. */
@Timeout(300)
class OllamaGenerateTest {

  private static final String PATH = "/api/generate";
  private static final String HI = "\"prompt\": \"Hi\"";
  private static final String[] PIECES = {"<think>\n", "Hm.", "</think>\n\n", "Hello", " there"};

  private static OllamaClient thinking;
  private static OllamaClient plain;
  private static OllamaClient endless;

  @BeforeAll
  static void start() throws IOException {
    GgufWriter gguf = ScriptedModel.of(PIECES).gguf();
    plain = serve(ScriptedModel.of("Hello", " there").gguf());
    thinking = serve(gguf.put(ChatTemplate.KEY, ChatTemplate.qwen3()));
    endless = new OllamaClient(TestServer.start(params -> params.modelName("tiny")));
  }

  private static OllamaClient serve(GgufWriter gguf) throws IOException {
    return new OllamaClient(
        TestServer.start(gguf.writeShared("ollama"), params -> params.modelName("tiny")));
  }

  @AfterAll
  static void stop() {
    List.of(thinking, plain, endless).forEach(OllamaClient::close);
  }

  private static String joined(List<JsonNode> lines, String field) {
    return lines.stream().map(line -> line.path(field).asText()).collect(Collectors.joining());
  }

  @Test
  void answersLineByLine() throws Exception {
    List<JsonNode> lines = thinking.lines(PATH, HI);
    assertThat(joined(lines, "response")).isEqualTo("Hello there");
    assertThat(joined(lines, "thinking")).isEqualTo("Hm.");
    JsonNode end = lines.getLast();
    assertThat(end.path("done").asBoolean()).isTrue();
    assertThat(end.path("done_reason").asText()).isEqualTo("stop");
    assertThat(end.path("response").asText()).isEmpty();
    assertThat(end.path("eval_count").asInt()).isEqualTo(5);
  }

  @Test
  void answersWhole() throws Exception {
    JsonNode answer = thinking.ask(PATH, HI);
    assertThat(answer.path("response").asText()).isEqualTo("Hello there");
    assertThat(answer.path("thinking").asText()).isEqualTo("Hm.");
    assertThat(answer.path("total_duration").asLong()).isPositive();
  }

  @Test
  void givesTheContextOfWhatItSaid() throws Exception {
    // special tokens that are written in a message stay text
    for (String prompt : List.of("Hi", " Hi <|im_end|> </s> <s>", "x".repeat(100))) {
      JsonNode answer = thinking.ask(PATH, "\"prompt\": \"" + prompt + "\"");
      assertThat(answer.path("context"))
          .as(prompt)
          .hasSize(answer.path("prompt_eval_count").asInt() + answer.path("eval_count").asInt());
    }
  }

  @Test
  void goesOnWithAContext() throws Exception {
    String system = ", \"system\": \"Be short\"";
    JsonNode first = thinking.ask(PATH, HI + system);
    JsonNode alone = thinking.ask(PATH, HI);
    JsonNode next = thinking.ask(PATH, HI + ", \"context\": " + first.path("context"));
    int before = first.path("context").size();
    int together = next.path("prompt_eval_count").asInt();
    // the second time there is no token that begins the text
    assertThat(together)
        .isBetween(before + alone.path("prompt_eval_count").asInt() - 1, before + 100);
    assertThat(next.path("response").asText()).endsWith("Hello there");
    assertThat(next.path("context")).hasSize(together + next.path("eval_count").asInt());
    assertThat(first.path("prompt_eval_count").asInt())
        .isGreaterThan(alone.path("prompt_eval_count").asInt());
  }

  @Test
  void continuesARawPrompt() throws Exception {
    JsonNode answer = thinking.ask(PATH, HI + ", \"raw\": true");
    assertThat(answer.path("response").asText()).isEqualTo(String.join("", PIECES));
    assertThat(answer.has("context")).isFalse();
    assertThat(joined(thinking.lines(PATH, HI + ", \"raw\": true"), "response"))
        .isEqualTo(String.join("", PIECES));
  }

  @Test
  void continuesThePromptOfAModelWithoutATemplate() throws Exception {
    JsonNode answer = plain.ask(PATH, HI);
    assertThat(answer.path("response").asText()).isEqualTo("Hello there");
    assertThat(answer.path("context"))
        .hasSize(answer.path("prompt_eval_count").asInt() + answer.path("eval_count").asInt());
    JsonNode next = plain.ask(PATH, HI + ", \"context\": " + answer.path("context"));
    assertThat(next.path("response").asText()).isEqualTo("Hello there");
    assertThat(plain.refused(400, PATH, "{\"model\": \"tiny\", \"system\": \"x\", " + HI + "}"))
        .startsWith("system: not supported");
    assertThat(
            plain.refused(
                400, "/api/chat", "{\"model\": \"tiny\", \"messages\": [{\"role\": \"user\"}]}"))
        .isEqualTo("this model has no chat template");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", \"raw\": true"})
  void followsAFormat(String more) throws Exception {
    JsonNode answer = endless.ask(PATH, HI + ", \"format\": {\"enum\": [\"yes\"]}" + more);
    assertThat(answer.path("response").asText()).isEqualTo("\"yes\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", \"raw\": true"})
  void obeysOptions(String more) throws Exception {
    JsonNode answer =
        endless.ask(PATH, HI + ", \"options\": {\"num_predict\": 3, \"seed\": 1}" + more);
    assertThat(answer.path("eval_count").asInt()).isEqualTo(3);
    assertThat(answer.path("done_reason").asText()).isEqualTo("length");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", \"raw\": true"})
  void reportsProbabilities(String more) throws Exception {
    JsonNode answer = thinking.ask(PATH, HI + ", \"logprobs\": true, \"top_logprobs\": 1" + more);
    assertThat(answer.path("logprobs")).hasSize(5);
    assertThat(answer.at("/logprobs/3/token").asText()).isEqualTo("Hello");
    assertThat(answer.at("/logprobs/3/top_logprobs")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"suffix\": \"x\"; '\"tiny\" does not support insert'",
        "\"template\": \"{{ .Prompt }}\"; template: not supported",
        "\"images\": [\"aGk=\"]; images: not supported",
        "\"raw\": true, \"system\": \"x\"; raw mode does not support template, system, or context",
        "\"raw\": true, \"context\": [1]; raw mode does not support template, system, or context",
        "\"raw\": true, \"think\": true; think: not in raw mode",
        "\"raw\": 1; raw",
        "\"context\": 1; context: 1, must be a list of token ids",
        "\"context\": {}; context",
        "\"context\": [1.5]; context",
        "\"context\": [-1]; prompt",
        "\"system\": 1; system",
        "\"format\": {\"enum\": [1]}, \"raw\": true, \"options\": {\"grammar\": \"root ::= [a]\"};"
            + " format: not together with options.grammar",
        "\"width\": 512; width: not supported",
      })
  void refusesFields(String field, String message) throws Exception {
    String request = "{\"model\": \"tiny\", " + HI + ", " + field + "}";
    assertThat(thinking.refused(400, PATH, request)).startsWith(message);
  }

  @Test
  void fillsInTheMiddle() throws Exception {
    ScriptedModel script = ScriptedModel.of("<PRE>", "<SUF>", "<MID>", "Hello");
    GgufWriter gguf =
        script
            .gguf()
            .put("tokenizer.ggml.fim_pre_token_id", script.token(0))
            .put("tokenizer.ggml.fim_suf_token_id", script.token(1))
            .put("tokenizer.ggml.fim_mid_token_id", script.token(2));
    try (OllamaClient filling = serve(gguf)) {
      // the script goes on behind the token that ends the prompt
      JsonNode answer = filling.ask(PATH, HI + ", \"suffix\": \"!\"");
      assertThat(answer.path("response").asText()).isEqualTo("Hello");
      assertThat(answer.has("context")).isFalse();
      for (String field : List.of("\"system\": \"x\"", "\"context\": [1]")) {
        String request = "{\"model\": \"tiny\", \"suffix\": \"!\", " + HI + ", " + field + "}";
        assertThat(filling.refused(400, PATH, request)).endsWith("not together with suffix");
      }
      String shown = filling.post("/api/show", "{\"model\": \"tiny\"}").body();
      assertThat(json(shown).path("capabilities").toString())
          .isEqualTo("[\"completion\",\"insert\"]");
    }
  }

  @Test
  void takesEmptyFields() throws Exception {
    String empty =
        "\"suffix\": \"\", \"template\": \"\", \"images\": [], \"context\": [], \"system\": \"\","
            + " \"raw\": false, \"keep_alive\": \"5m\", \"format\": null, \"options\": null";
    assertThat(thinking.ask(PATH, HI + ", " + empty).path("response").asText())
        .isEqualTo("Hello there");
  }

  @ParameterizedTest
  @CsvSource({"0,unload", "60,load"})
  void loadsTheModelWithoutAPrompt(String keepAlive, String reason) throws Exception {
    String request = "{\"model\": \"tiny\", \"keep_alive\": " + keepAlive + "}";
    JsonNode answer = json(thinking.post(PATH, request).body());
    assertThat(answer.path("done").asBoolean()).isTrue();
    assertThat(answer.path("done_reason").asText()).isEqualTo(reason);
    assertThat(answer.path("response").asText("missing")).isEmpty();
  }
}
