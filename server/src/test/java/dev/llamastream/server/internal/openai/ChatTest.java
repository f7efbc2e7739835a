package dev.llamastream.server.internal.openai;

import static dev.llamastream.server.internal.openai.OpenAiServer.chunks;
import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /v1/chat/completions}, at once and as events. */
@Timeout(300)
class ChatTest {

  private static final String PATH = "/v1/chat/completions";
  private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

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
    HttpResponse<String> response = server.post(PATH, "{" + MESSAGES + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return json(response.body());
  }

  private static List<String> stream(String fields) throws IOException, InterruptedException {
    return server.events(PATH, "{" + MESSAGES + ",\"stream\":true" + fields + "}").toList();
  }

  @Test
  void atOnce() throws Exception {
    JsonNode answer = ask("");
    assertThat(answer.path("id").asText()).startsWith("chatcmpl-");
    assertThat(answer.path("object").asText()).isEqualTo("chat.completion");
    assertThat(answer.path("created").asLong()).isGreaterThan(1_700_000_000);
    assertThat(answer.path("model").asText()).isEqualTo(OpenAiServer.MODEL);
    assertThat(answer.path("choices"))
        .containsExactly(
            json(
                """
                {"index": 0, "logprobs": null, "finish_reason": "stop",
                 "message": {"role": "assistant", "content": "Hello world!! Bye", "refusal": null}}
                """));
    JsonNode usage = answer.path("usage");
    int prompt = usage.path("prompt_tokens").asInt();
    assertThat(prompt).isGreaterThan(20);
    assertThat(usage.path("completion_tokens").asInt()).isBetween(5, 6);
    assertThat(usage.path("total_tokens").asInt())
        .isEqualTo(prompt + usage.path("completion_tokens").asInt());
    assertThat(usage.path("prompt_tokens_details").path("cached_tokens").isInt()).isTrue();
    assertThat(usage.at("/completion_tokens_details/reasoning_tokens").asInt(-1)).isZero();
    assertThat(answer.path("system_fingerprint").asText()).startsWith("llama.cpp-");
    checkTimings(answer);
  }

  private static void checkTimings(JsonNode answer) {
    JsonNode timings = answer.path("timings");
    assertThat(timings.path("predicted_n").asInt()).isBetween(5, 6);
    assertThat(timings.path("cache_n").asInt() + timings.path("prompt_n").asInt())
        .isGreaterThan(20);
    assertThat(timings.path("predicted_ms").asDouble()).isPositive();
    assertThat(timings.path("prompt_per_second").isNumber()).isTrue();
    assertThat(timings.has("draft_n")).isFalse();
  }

  @Test
  void namesOfRequests() throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + "/models"))
            .header("X-Request-Id", "mine-1");
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(client.send(request.build(), BodyHandlers.discarding()).headers().map())
          .containsEntry("x-request-id", List.of("mine-1"));
      request.setHeader("X-Request-Id", "not one word");
      assertThat(
              client
                  .send(request.build(), BodyHandlers.discarding())
                  .headers()
                  .firstValue("x-request-id")
                  .orElseThrow())
          .startsWith("req_");
    }
  }

  @Test
  void pathsWithoutAVersion() throws Exception {
    HttpResponse<String> answer = server.post("/chat/completions", "{" + MESSAGES + "}");
    assertThat(choice(json(answer.body())).at("/message/content").asText())
        .isEqualTo("Hello world!! Bye");
  }

  /** As in llama.cpp's server. */
  @Test
  void answersThatGoOnByThemselves() throws Exception {
    String messages =
        "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"},"
            + " {\"role\": \"assistant\", \"content\": \"It is\"}]";
    int asked = promptTokens(messages + ", \"continue_final_message\": true");
    assertThat(promptTokens(messages)).isEqualTo(asked);
    assertThat(promptTokens(messages + ", \"continue_final_message\": false")).isGreaterThan(asked);
    assertThat(promptTokens(messages + ", \"add_generation_prompt\": true")).isGreaterThan(asked);
    HttpResponse<String> both =
        server.post(
            PATH,
            "{"
                + messages
                + ", \"continue_final_message\": true, \"add_generation_prompt\": true}");
    assertThat(both.statusCode()).isEqualTo(400);
    assertThat(json(both.body()).at("/error/param").asText()).isEqualTo("continue_final_message");
  }

  private static int promptTokens(String fields) throws Exception {
    HttpResponse<String> response = server.post(PATH, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body()).at("/usage/prompt_tokens").asInt();
  }

  @Test
  void asEvents() throws Exception {
    List<String> events = stream("");
    assertThat(events).last().isEqualTo("[DONE]");
    List<JsonNode> chunks = chunks(events);
    assertThat(chunks).hasSize(events.size() - 1);
    assertThat(chunks)
        .allSatisfy(
            chunk -> {
              assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
              assertThat(chunk.path("id")).isEqualTo(chunks.getFirst().path("id"));
              assertThat(chunk.path("model").asText()).isEqualTo(OpenAiServer.MODEL);
              assertThat(chunk.path("choices")).hasSize(1);
            });
    assertThat(choice(chunks.getFirst()))
        .isEqualTo(
            json(
                """
                {"index": 0, "delta": {"role": "assistant", "content": ""}, "logprobs": null,
                 "finish_reason": null}
                """));
    assertThat(chunks.subList(1, chunks.size() - 1))
        .extracting(chunk -> choice(chunk).path("delta").path("content").asText())
        .containsExactly("Hello", " wor", "ld", "!!", " Bye");
    assertThat(choice(chunks.getLast()))
        .isEqualTo(
            json("{\"index\": 0, \"delta\": {}, \"logprobs\": null, \"finish_reason\": \"stop\"}"));
    checkTimings(chunks.getLast());
  }

  private static JsonNode choice(JsonNode chunk) {
    return chunk.path("choices").path(0);
  }

  @Test
  void usageOfAStream() throws Exception {
    List<JsonNode> chunks = chunks(stream(",\"stream_options\":{\"include_usage\":true}"));
    assertThat(chunks.getLast().path("choices")).isEmpty();
    assertThat(chunks.getLast().path("usage").path("completion_tokens").asInt()).isBetween(5, 6);
    assertThat(chunks.subList(0, chunks.size() - 1))
        .allSatisfy(chunk -> assertThat(chunk.path("usage").isNull()).isTrue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"max_tokens\": 2; Hello wor; length",
        "\"max_completion_tokens\": 1; Hello; length",
        "\"max_completion_tokens\": 1, \"max_tokens\": 3; Hello; length",
        "\"max_tokens\": null; Hello world!! Bye; stop",
        "\"stop\": \"wor\"; 'Hello '; stop",
        "\"stop\": [\"nothing\", \"d!\"]; Hello worl; stop",
        "\"stop\": null; Hello world!! Bye; stop",
        "\"stop\": []; Hello world!! Bye; stop",
        "\"temperature\": 0, \"top_p\": 0.5, \"seed\": 7; Hello world!! Bye; stop",
        "\"seed\": -9007199254740991; Hello world!! Bye; stop",
        "\"seed\": 4294967295; Hello world!! Bye; stop",
        "\"frequency_penalty\": -2, \"presence_penalty\": 2; Hello world!! Bye; stop",
        "\"grammar\": \"root ::= \\\"Hel\\\" [a-z]+\", \"max_tokens\": 1; Hello; length",
        "\"min_p\": 0.1, \"top_k\": 1, \"repeat_penalty\": 1; Hello world!! Bye; stop",
        "\"user\": \"me\", \"store\": false, \"unheard_of\": {}; Hello world!! Bye; stop",
        "\"n\": 1, \"model\": \"gpt-4o\", \"tools\": []; Hello world!! Bye; stop",
        "\"stop\": \"\"; Hello world!! Bye; stop",
        "\"stop\": [\"\", \"wor\"]; 'Hello '; stop",
        "\"stop\": [\"1\", \"2\", \"3\", \"4\", \"5\", \"ld\"]; Hello wor; stop",
        "\"max_tokens\": -1; Hello world!! Bye; stop",
        "\"n_predict\": 2; Hello wor; length",
        "\"max_tokens\": 0; ''; length",
        "\"ignore_eos\": false; Hello world!! Bye; stop",
        "\"mirostat\": 0, \"mirostat_tau\": 5.0, \"mirostat_eta\": 0.1; Hello world!! Bye; stop",
        "\"dry_multiplier\": 0.1, \"dry_base\": 1.75, \"dry_allowed_length\": 2; Hello world!! Bye; stop",
        "\"dry_penalty_last_n\": -1, \"dry_sequence_breakers\": [\"!\"], \"xtc_probability\": 0.0; Hello world!! Bye; stop",
        "\"xtc_threshold\": 0.1, \"repeat_last_n\": -1, \"repetition_penalty\": 1.0, \"top_k\": -1; Hello world!! Bye; stop",
        "\"metadata\": {\"a\": \"b\"}, \"service_tier\": \"auto\", \"parallel_tool_calls\": true; Hello world!! Bye; stop",
        "\"tool_choice\": \"auto\", \"modalities\": [\"text\"], \"safety_identifier\": \"x\"; Hello world!! Bye; stop",
        "\"min_keep\": 0, \"dynatemp_range\": 0.0, \"n_keep\": 5, \"cache_prompt\": false, \"id_slot\": -1; Hello world!! Bye; stop",
        "\"verbosity\": \"medium\", \"reasoning_effort\": \"none\", \"logit_bias\": null; Hello world!! Bye; stop",
        "\"store\": true, \"prompt_cache_key\": \"x\", \"prediction\": {\"type\": \"content\"}; Hello world!! Bye; stop",
        "\"response_format\": {\"type\": \"text\"}; Hello world!! Bye; stop",
      })
  void fields(String fields, String content, String finishReason) throws Exception {
    JsonNode choice = ask("," + fields).path("choices").path(0);
    assertThat(choice.path("message").path("content").asText()).isEqualTo(content);
    assertThat(choice.path("finish_reason").asText()).isEqualTo(finishReason);
  }

  @Test
  void whatEndsATextCanBeIgnored() throws Exception {
    JsonNode answer = ask(",\"ignore_eos\":true,\"max_tokens\":20");
    assertThat(choice(answer).path("message").path("content").asText())
        .startsWith("Hello world!! Bye");
    assertThat(choice(answer).path("finish_reason").asText()).isEqualTo("length");
    assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(20);
  }

  @Test
  void logitBiasBansAToken() throws Exception {
    // the first piece is the first token behind the bytes
    JsonNode answer = ask(",\"logit_bias\":{\"260\":-100},\"max_tokens\":1");
    assertThat(choice(answer).path("message").path("content").asText()).isNotEqualTo("Hello");
  }

  @Test
  void logprobs() throws Exception {
    JsonNode answer = ask(",\"logprobs\":true,\"top_logprobs\":2");
    JsonNode content = choice(answer).path("logprobs").path("content");
    assertThat(content)
        .extracting(token -> token.path("token").asText())
        .containsExactly("Hello", " wor", "ld", "!!", " Bye");
    assertThat(content)
        .allSatisfy(
            token -> {
              assertThat(token.path("logprob").asDouble()).isBetween(-0.01, 0.0);
              assertThat(token.path("top_logprobs")).hasSize(2);
              assertThat(token.path("top_logprobs").path(0).path("token"))
                  .isEqualTo(token.path("token"));
            });
    assertThat(content.path(0).path("bytes")).isEqualTo(json("[72, 101, 108, 108, 111]"));
  }

  @Test
  void bytesOfPartsOfACharacter() throws Exception {
    ScriptedModel script = ScriptedModel.ofBytes("\u00fc");
    String ask =
        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"logprobs\": true,"
            + " \"max_tokens\": 2, \"temperature\": 0}";
    try (OpenAiServer parts =
        OpenAiServer.of(script.gguf().put("tokenizer.chat_template", "<|im_start|>"))) {
      JsonNode answer = json(parts.post(PATH, ask).body());
      assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("\u00fc");
      assertThat(answer.at("/choices/0/logprobs/content"))
          .extracting(token -> token.path("bytes"))
          .containsExactly(json("[195]"), json("[188]"));
    }
  }

  @Test
  void logprobsOfAStream() throws Exception {
    List<JsonNode> chunks = chunks(stream(",\"logprobs\":true,\"stop\":\"d!\""));
    assertThat(chunks)
        .filteredOn(chunk -> choice(chunk).path("logprobs").isObject())
        .flatExtracting(chunk -> List.copyOf(chunk.findValuesAsText("token")))
        .startsWith("Hello", " wor");
    String text =
        String.join(
            "",
            chunks.stream().map(c -> choice(c).path("delta").path("content").asText()).toList());
    assertThat(text).isEqualTo("Hello worl");
  }

  @Test
  void messagesOfParts() throws Exception {
    String messages =
        """
        {"messages": [
          {"role": "developer", "content": [{"type": "text", "text": "Be "},
                                            {"type": "text", "text": "brief."}], "name": "x"},
          {"role": "assistant", "content": null, "tool_calls": []},
          {"role": "user", "content": "Hi"}]}
        """;
    HttpResponse<String> parts = server.post(PATH, messages);
    assertThat(parts.statusCode()).as(parts.body()).isEqualTo(200);
    HttpResponse<String> same =
        server.post(
            PATH,
            """
            {"messages": [{"role": "system", "content": "Be brief."},
                          {"role": "assistant", "content": ""},
                          {"role": "user", "content": "Hi"}]}
            """);
    assertThat(json(parts.body()).at("/usage/prompt_tokens"))
        .isEqualTo(json(same.body()).at("/usage/prompt_tokens"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"temperature\": 101; temperature",
        "\"temperature\": \"hot\"; temperature",
        "\"top_p\": -0.1; top_p",
        "\"max_tokens\": -2; max_tokens",
        "\"max_tokens\": 1.5; max_tokens",
        "\"max_completion_tokens\": true; max_completion_tokens",
        "\"stream\": 1; stream",
        "\"stream_options\": {\"include_usage\": true}; stream_options",
        "\"stream\": true, \"stream_options\": []; stream_options",
        "\"stop\": [1]; stop",
        "\"n\": 129; n",
        "\"n\": 0; n",
        "\"seed\": \"x\"; seed",
        "\"frequency_penalty\": 101; frequency_penalty",
        "\"presence_penalty\": -101; presence_penalty",
        "\"logit_bias\": [1]; logit_bias[0]",
        "\"logit_bias\": {\"x\": 1}; logit_bias.x",
        "\"logit_bias\": {\"1\": 10001}; logit_bias.1",
        "\"logit_bias\": {\"99999999\": 1}; logit_bias",
        "\"logprobs\": 5; logprobs",
        "\"logprobs\": true, \"top_logprobs\": 101; top_logprobs",
        "\"top_logprobs\": 2; top_logprobs",
        "\"model\": 5; model",
        "\"messages\": []; messages",
        "\"messages\": \"Hi\"; messages",
        "\"messages\": [\"Hi\"]; messages[0]",
        "\"messages\": [{\"role\": \"user\"}]; messages[0].content",
        "\"messages\": [{\"role\": \"user\", \"content\": 1}]; messages[0].content",
        "\"messages\": [{\"role\": \"king\", \"content\": \"x\"}]; messages[0].role",
        "\"messages\": [{\"content\": \"x\"}]; messages[0].role",
      })
  void refusedFields(String fields, String param) throws Exception {
    String rest = fields.startsWith("\"messages\"") ? "" : "," + MESSAGES;
    HttpResponse<String> response = server.post(PATH, "{" + fields + rest + "}");
    JsonNode error = json(response.body()).path("error");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(error.path("param").asText()).isEqualTo(param);
    assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.path("code").asText()).isEqualTo("invalid_value");
    assertThat(error.path("message").asText()).startsWith(param);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"functions\": [{\"name\": \"f\"}]",
        "\"dynatemp_range\": 0.5",
        "\"verbosity\": \"low\"",
        "\"web_search_options\": {}",
        "\"modalities\": [\"text\", \"audio\"]",
        "\"audio\": {\"voice\": \"ash\"}",
        "\"min_keep\": 2",
        "\"min_tokens\": 5",
        "\"skip_special_tokens\": false",
        "\"function_call\": {\"name\": \"f\"}",
        "\"reasoning_format\": \"none\"",
        "\"chat_template\": \"{{ messages }}\"",
        "\"lora\": [{\"id\": 0}]",
        "\"mirostat\": {\"rho\": 2}",
        "\"temprature\": 0",
      })
  void unsupportedFeatures(String fields) throws Exception {
    HttpResponse<String> response = server.post(PATH, "{" + fields + "," + MESSAGES + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response.body()).at("/error/code").asText()).isEqualTo("unsupported_parameter");
    String param = json(response.body()).at("/error/param").asText();
    assertThat(fields).startsWith("\"" + param.replaceFirst("\\..*", "") + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{} {}", "null", "{\"messages\": 1, \"messages\": 2}"})
  void noRequest(String body) throws Exception {
    HttpResponse<String> response = server.post(PATH, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response.body()).at("/error/type").asText()).isEqualTo("invalid_request_error");
  }

  @Test
  void promptsThatAreTooLong() throws Exception {
    HttpResponse<String> response =
        server.post(
            PATH, "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(5_000) + "\"}]}");
    assertThat(response.statusCode()).isEqualTo(400);
    JsonNode error = json(response.body()).path("error");
    assertThat(error.path("code").asText()).isEqualTo("context_length_exceeded");
    assertThat(error.path("param").asText()).isEqualTo("messages");
    // what litellm and others look for
    assertThat(error.path("message").asText())
        .contains("maximum context length is 2048 tokens")
        .contains(error.path("n_prompt_tokens").asText() + " tokens");
    assertThat(error.path("n_prompt_tokens").asInt()).isGreaterThan(2048);
    assertThat(error.path("n_ctx").asInt()).isEqualTo(2048);
  }

  @Test
  void modelsWithoutTemplate() throws Exception {
    try (OpenAiServer other = OpenAiServer.withoutTemplate()) {
      HttpResponse<String> response = other.post(PATH, "{" + MESSAGES + "}");
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(json(response.body()).at("/error/code").asText()).isEqualTo("no_chat_template");
    }
  }

  @Test
  void failureInTheMiddleOfAStream() throws Exception {
    try (OpenAiServer endless = OpenAiServer.endless(params -> params)) {
      Iterator<String> events =
          endless.events(PATH, "{" + MESSAGES + ",\"stream\":true}").iterator();
      for (int i = 0; i < 5; i++) {
        assertThat(json(events.next()).path("choices")).hasSize(1);
      }
      endless.server.close(Duration.ZERO);
      String last = "";
      while (events.hasNext()) {
        last = events.next();
      }
      assertThat(json(last).at("/error/type").asText()).isEqualTo("server_error");
      assertThat(json(last).at("/error/code").asText()).isEqualTo("shutting_down");
      endless.awaitIdle();
    }
  }
}
