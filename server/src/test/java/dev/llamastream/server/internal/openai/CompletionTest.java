package dev.llamastream.server.internal.openai;

import static dev.llamastream.server.internal.openai.OpenAiServer.chunks;
import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/completions}, at once and as events. */
@Timeout(300)
class CompletionTest {

  private static final String PATH = "/v1/completions";

  private static OpenAiServer server;

  @BeforeAll
  static void start() throws IOException {
    server = OpenAiServer.saying("Hello", " wor", "ld", "!!", " Bye");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode ask(String fields) throws IOException, InterruptedException {
    HttpResponse<String> response = server.post(PATH, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"prompt\": \"Hi\"; Hello world!! Bye; stop",
        "\"prompt\": [\"Hi\"]; Hello world!! Bye; stop",
        "\"prompt\": [1, 75, 108]; Hello world!! Bye; stop",
        "\"prompt\": [[1, 75, 108]]; Hello world!! Bye; stop",
        "\"prompt\": \"Hi\", \"max_tokens\": 1; Hello; length",
        "\"prompt\": \"Hi\", \"echo\": true, \"max_tokens\": 1; HiHello; length",
        "\"prompt\": \"Hi\", \"best_of\": 1, \"suffix\": null, \"stop\": \" \"; Hello; stop",
        "\"prompt\": \"Hi\", \"suffix\": \"\"; Hello world!! Bye; stop",
      })
  void atOnce(String fields, String text, String finishReason) throws Exception {
    JsonNode answer = ask(fields);
    assertThat(answer.path("id").asText()).startsWith("cmpl-");
    assertThat(answer.path("object").asText()).isEqualTo("text_completion");
    JsonNode choice = answer.path("choices").path(0);
    assertThat(choice.path("text").asText()).isEqualTo(text);
    assertThat(choice.path("finish_reason").asText()).isEqualTo(finishReason);
    assertThat(choice.path("logprobs").isNull()).isTrue();
    assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(3);
  }

  @Test
  void asEvents() throws Exception {
    List<String> events =
        server
            .events(
                PATH,
                """
                {"prompt": "Hi", "stream": true, "stream_options": {"include_usage": true}}
                """)
            .toList();
    assertThat(events).last().isEqualTo("[DONE]");
    List<JsonNode> chunks = chunks(events);
    assertThat(chunks.subList(0, 6))
        .extracting(chunk -> chunk.at("/choices/0/text").asText())
        .containsExactly("Hello", " wor", "ld", "!!", " Bye", "");
    assertThat(chunks.get(5).at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(chunks.get(6).path("choices")).isEmpty();
    assertThat(chunks.get(6).at("/usage/prompt_tokens").asInt()).isEqualTo(3);
  }

  @Test
  void logprobs() throws Exception {
    JsonNode logprobs = ask("\"prompt\": \"Hi\", \"logprobs\": 2").at("/choices/0/logprobs");
    assertThat(logprobs.path("tokens"))
        .isEqualTo(json("[\"Hello\", \" wor\", \"ld\", \"!!\", \" Bye\"]"));
    assertThat(logprobs.path("text_offset")).isEqualTo(json("[0, 5, 9, 11, 13]"));
    assertThat(logprobs.path("token_logprobs")).hasSize(5);
    assertThat(logprobs.path("top_logprobs").path(0).path("Hello").asDouble())
        .isBetween(-0.01, 0.0);
  }

  @Test
  void probabilitiesOfAPrompt() throws Exception {
    String whole = "\"prompt\": [1, 75, 108], \"logprobs\": 2, \"max_tokens\": 2, \"echo\": true";
    JsonNode answer = ask(whole);
    JsonNode choice = answer.path("choices").path(0);
    assertThat(choice.path("text").asText()).isEqualTo("HiHello wor");
    JsonNode logprobs = choice.path("logprobs");
    assertThat(logprobs.path("tokens"))
        .isEqualTo(json("[\"\", \"H\", \"i\", \"Hello\", \" wor\"]"));
    assertThat(logprobs.path("text_offset")).isEqualTo(json("[0, 0, 1, 2, 7]"));
    assertThat(logprobs.path("token_logprobs").path(0).isNull()).isTrue();
    assertThat(logprobs.path("top_logprobs").path(0).isNull()).isTrue();
    assertThat(logprobs.path("token_logprobs").path(1).asDouble()).isNegative();
    assertThat(logprobs.path("token_logprobs").path(3).asDouble()).isBetween(-0.01, 0.0);
    assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
    assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(2);

    // what it says after a text is certain, so the text with it is, too
    JsonNode scored =
        ask("\"prompt\": \"HiHello wor\", \"logprobs\": 0, \"max_tokens\": 0, \"echo\": true");
    assertThat(scored.at("/choices/0/text").asText()).isEqualTo("HiHello wor");
    assertThat(scored.at("/choices/0/finish_reason").asText()).isEqualTo("length");
    assertThat(scored.at("/choices/0/logprobs/tokens"))
        .hasSize(scored.at("/usage/prompt_tokens").asInt());
    assertThat(scored.at("/usage/completion_tokens").asInt()).isZero();

    List<JsonNode> events =
        chunks(server.events(PATH, "{" + whole + ", \"stream\": true}").toList());
    List<String> tokens = new ArrayList<>();
    events.forEach(
        event ->
            event.at("/choices/0/logprobs/tokens").forEach(token -> tokens.add(token.asText())));
    assertThat(tokens).containsExactly("", "H", "i", "Hello", " wor");
  }

  /** A SentencePiece model puts a space before a text, and takes one away where it decodes. */
  @Test
  void logprobsOfSpacesAndOfPartsOfCharacters() throws Exception {
    byte[] cat = "\u732b".getBytes(UTF_8);
    ScriptedModel script =
        new ScriptedModel(
            List.of(
                " the".getBytes(UTF_8),
                Arrays.copyOf(cat, 1),
                Arrays.copyOfRange(cat, 1, 3),
                " \ud83d\ude00!".getBytes(UTF_8),
                " Bye".getBytes(UTF_8)),
            false);
    try (OpenAiServer spaces =
        OpenAiServer.of(script.gguf().change("tokenizer.ggml.add_space_prefix", true))) {
      String ask = "{\"prompt\": \"Hi\", \"logprobs\": 1, \"stream\": %s}";
      JsonNode whole =
          json(spaces.post(PATH, String.format(Locale.ROOT, ask, false)).body())
              .path("choices")
              .path(0);
      assertThat(whole.path("text").asText()).isEqualTo(script.text());
      JsonNode logprobs = whole.path("logprobs");
      assertThat(logprobs.path("tokens"))
          .isEqualTo(
              json("[\" the\", \"\ufffd\", \"\ufffd\ufffd\", \" \ud83d\ude00!\", \" Bye\"]"));
      assertThat(logprobs.path("text_offset")).isEqualTo(json("[0, 4, 5, 5, 8]"));

      List<Integer> offsets = new ArrayList<>();
      for (JsonNode event :
          chunks(spaces.events(PATH, String.format(Locale.ROOT, ask, true)).toList())) {
        event.at("/choices/0/logprobs/text_offset").forEach(at -> offsets.add(at.asInt()));
      }
      assertThat(offsets).containsExactly(0, 4, 5, 5, 8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"max_tokens\": 1; prompt",
        "\"prompt\": [\"a\", [\"b\"]]; prompt",
        "\"prompt\": []; prompt",
        "\"prompt\": [\"a\", 1]; prompt",
        "\"prompt\": [1.5]; prompt",
        "\"prompt\": [99999]; prompt",
        "\"prompt\": {}; prompt",
        "\"prompt\": \"x\", \"logprobs\": 101; logprobs",
        "\"prompt\": \"x\", \"logprobs\": true; logprobs",
        "\"prompt\": \"x\", \"best_of\": 2, \"n\": 3; best_of",
        "\"prompt\": \"x\", \"best_of\": 2, \"stream\": true; best_of",
        "\"prompt\": [\"x\", \"y\"], \"best_of\": 65; best_of",
        "\"prompt\": \"x\", \"suffix\": 5; suffix",
        "\"prompt\": \"x\", \"suffix\": \"y\"; suffix",
        "\"prompt\": [99999], \"echo\": true; prompt",
        "\"prompt\": [99999], \"echo\": true, \"logprobs\": 0; prompt",
        "\"prompt\": [\"a\", \"b\"], \"n\": 65; n",
      })
  void refusedFields(String fields, String param) throws Exception {
    HttpResponse<String> response = server.post(PATH, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response.body()).at("/error/param").asText()).isEqualTo(param);
  }

  @Test
  void suffixes() throws Exception {
    GgufWriter gguf =
        TinyModel.defaults()
            .withText(TinyModel.Text.PRINTABLE)
            .gguf()
            .put("tokenizer.ggml.fim_pre_token_id", 4)
            .put("tokenizer.ggml.fim_suf_token_id", 5)
            .put("tokenizer.ggml.fim_mid_token_id", 6);
    try (OpenAiServer filling = OpenAiServer.of(gguf)) {
      String seed = ", \"max_tokens\": 8, \"seed\": 7";
      JsonNode filled =
          json(filling.post(PATH, "{\"prompt\": \"ab\", \"suffix\": \"c\"" + seed + "}").body());
      assertThat(filled.at("/usage/prompt_tokens").asInt()).isEqualTo(7);
      String text = filled.at("/choices/0/text").asText();
      assertThat(text).hasSize(8);
      // the same in tokens
      assertThat(text(filling, "{\"prompt\": [1, 4, 100, 101, 5, 102, 6]" + seed + "}"))
          .isEqualTo(text);
      assertThat(text(filling, "{\"prompt\": [[100, 101]], \"suffix\": \"c\"" + seed + "}"))
          .isEqualTo(text);
      HttpResponse<String> echo =
          filling.post(PATH, "{\"prompt\": \"ab\", \"suffix\": \"c\", \"echo\": true}");
      assertThat(json(echo.body()).at("/error/param").asText()).isEqualTo("echo");
      HttpResponse<String> unknown = filling.post(PATH, "{\"prompt\": [99999], \"suffix\": \"c\"}");
      assertThat(unknown.statusCode()).isEqualTo(400);
      assertThat(json(unknown.body()).at("/error/param").asText()).isEqualTo("prompt");
    }
  }

  /** What lm-evaluation-harness asks: how probable each of several texts is, all at once. */
  @Test
  void probabilitiesOfPrompts() throws Exception {
    JsonNode answer =
        ask(
            "\"prompt\": [[1, 75, 108], \"Hi\"], \"logprobs\": 1, \"max_tokens\": 0, \"echo\": true");
    JsonNode ofTokens = answer.at("/choices/0/logprobs");
    assertThat(answer.at("/choices/1/logprobs")).isEqualTo(ofTokens);
    assertThat(ofTokens.path("tokens")).hasSize(3);
    for (int i = 1; i < 3; i++) {
      assertThat(ofTokens.path("token_logprobs").path(i).isNumber()).isTrue();
      assertThat(ofTokens.path("top_logprobs").path(i)).hasSize(1);
    }
  }

  @Test
  void theSameSeedSaysTheSame() throws Exception {
    try (OpenAiServer endless = OpenAiServer.endless(params -> params)) {
      String seeded = "{\"prompt\": \"x\", \"temperature\": 2, \"top_p\": 1, \"seed\": %d}";
      String first = text(endless, String.format(Locale.ROOT, seeded, -5));
      assertThat(text(endless, String.format(Locale.ROOT, seeded, -5))).isEqualTo(first);
      assertThat(text(endless, String.format(Locale.ROOT, seeded, 6))).isNotEqualTo(first);
      // all 64 bits count
      String large = text(endless, String.format(Locale.ROOT, seeded, (1L << 53) + 1));
      assertThat(text(endless, String.format(Locale.ROOT, seeded, 1L << 53))).isNotEqualTo(large);
      // OpenAI's, llama.cpp's and vLLM's ways to ask for a random seed
      String random = text(endless, String.format(Locale.ROOT, seeded, -1));
      assertThat(text(endless, String.format(Locale.ROOT, seeded, -1))).isNotEqualTo(random);
      random = text(endless, String.format(Locale.ROOT, seeded, 4294967295L));
      assertThat(text(endless, String.format(Locale.ROOT, seeded, 4294967295L)))
          .isNotEqualTo(random);
    }
  }

  private static String text(OpenAiServer server, String json) throws Exception {
    return json(server.post(PATH, json).body()).at("/choices/0/text").asText();
  }
}
