package dev.llamastream.server.internal.openai;

import static dev.llamastream.server.internal.openai.OpenAiServer.chunks;
import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several texts in one answer: several prompts, and several choices of each. */
@Timeout(300)
class ManyChoicesTest {

  private static final String CHAT = "/v1/chat/completions";
  private static final String COMPLETIONS = "/v1/completions";
  private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
  private static final String VARIED = "\"temperature\":2,\"top_p\":1,\"top_k\":-1,\"seed\":7";

  private static OpenAiServer server;

  @BeforeAll
  static void start() throws IOException {
    server = OpenAiServer.endless(params -> params);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode ask(String path, String fields) throws Exception {
    HttpResponse<String> response = server.post(path, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body());
  }

  private static List<String> texts(JsonNode answer) {
    return IntStream.range(0, answer.path("choices").size())
        .mapToObj(
            i -> {
              JsonNode choice = answer.path("choices").path(i);
              assertThat(choice.path("index").asInt()).isEqualTo(i);
              assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
              return choice.path("text").asText() + choice.at("/message/content").asText();
            })
        .toList();
  }

  @Test
  void choicesHaveSeedsInARow() throws Exception {
    String fields = MESSAGES + "," + VARIED + ",\"max_tokens\":8,\"n\":3";
    JsonNode answer = ask(CHAT, fields);
    List<String> texts = texts(answer);
    assertThat(new HashSet<>(texts)).hasSize(3);
    JsonNode usage = answer.path("usage");
    assertThat(usage.path("completion_tokens").asInt()).isEqualTo(24);

    for (int i = 0; i < 3; i++) {
      String alone =
          MESSAGES + "," + VARIED.replace("7", Integer.toString(7 + i)) + ",\"max_tokens\":8";
      JsonNode one = ask(CHAT, alone);
      assertThat(texts(one)).containsExactly(texts.get(i));
      assertThat(one.at("/usage/prompt_tokens")).isEqualTo(usage.path("prompt_tokens"));
    }
  }

  @Test
  void promptsOfTextsAndOfTokens() throws Exception {
    String list = "\"prompt\":[\"ab\",\"cd\",[1,100,103]],\"n\":2,\"max_tokens\":4,\"echo\":true";
    JsonNode answer = ask(COMPLETIONS, list + "," + VARIED);
    List<String> texts = texts(answer);
    assertThat(texts).hasSize(6);
    assertThat(texts.subList(0, 2)).allSatisfy(text -> assertThat(text).startsWith("ab"));
    assertThat(texts.subList(2, 4)).allSatisfy(text -> assertThat(text).startsWith("cd"));
    // the same again in other words
    assertThat(texts.subList(4, 6)).allSatisfy(text -> assertThat(text).startsWith("ad"));
    assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(9);
    assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(24);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"echo\":true"})
  void theBestOfManyChoices(String echo) throws Exception {
    String fields = "\"prompt\":[\"ab\",\"cd\"],\"max_tokens\":6," + VARIED + echo;
    JsonNode all = ask(COMPLETIONS, fields + ",\"n\":4,\"logprobs\":0");
    List<String> texts = texts(all);
    List<String> best = new ArrayList<>();
    for (int prompt = 0; prompt < 2; prompt++) {
      IntStream.range(4 * prompt, 4 * prompt + 4)
          .boxed()
          .sorted(Comparator.comparingDouble(i -> -mean(all.at("/choices/" + i))))
          .limit(2)
          .forEach(i -> best.add(texts.get(i)));
    }
    JsonNode picked = ask(COMPLETIONS, fields + ",\"n\":2,\"best_of\":4");
    assertThat(texts(picked)).isEqualTo(best);
    assertThat(picked.at("/choices/0/logprobs").isNull()).isTrue();
    // what was computed counts
    assertThat(picked.at("/usage/completion_tokens").asInt()).isEqualTo(48);
  }

  /** Of the tokens that were generated, which are the last 6. */
  private static double mean(JsonNode choice) {
    JsonNode logprobs = choice.at("/logprobs/token_logprobs");
    return IntStream.range(logprobs.size() - 6, logprobs.size())
        .mapToDouble(i -> logprobs.path(i).asDouble())
        .average()
        .orElseThrow();
  }

  @Test
  void eventsSayWhoseTheyAre() throws Exception {
    String fields =
        MESSAGES
            + ","
            + VARIED
            + ",\"max_tokens\":8,\"n\":3,\"stream\":true,\"stream_options\":{\"include_usage\":true}";
    List<String> events = server.events(CHAT, "{" + fields + "}").toList();
    assertThat(events).last().isEqualTo("[DONE]");
    StringBuilder[] texts = {new StringBuilder(), new StringBuilder(), new StringBuilder()};
    int[] ends = new int[3];
    for (JsonNode chunk : chunks(events)) {
      for (JsonNode choice : chunk.path("choices")) {
        int index = choice.path("index").asInt();
        texts[index].append(choice.at("/delta/content").asText());
        ends[index] += choice.path("finish_reason").isNull() ? 0 : 1;
      }
    }
    assertThat(ends).containsOnly(1);
    List<String> whole = texts(ask(CHAT, MESSAGES + "," + VARIED + ",\"max_tokens\":8,\"n\":3"));
    assertThat(List.of(texts)).extracting(StringBuilder::toString).isEqualTo(whole);
    assertThat(json(events.get(events.size() - 2)).at("/usage/completion_tokens").asInt())
        .isEqualTo(24);
  }

  @Test
  void allOrNone() throws Exception {
    try (OpenAiServer small = OpenAiServer.endless(params -> params.maxStreams(3))) {
      HttpResponse<String> response =
          small.post(COMPLETIONS, "{\"prompt\":\"x\",\"n\":4,\"max_tokens\":-1}");
      assertThat(response.statusCode()).isEqualTo(429);
      small.awaitIdle();
      String three = "{\"prompt\":\"x\",\"n\":3,\"max_tokens\":1}";
      assertThat(small.post(COMPLETIONS, three).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aPromptThatIsTooLongAmongOthers() throws Exception {
    String fields =
        String.format(
            Locale.ROOT, "{\"prompt\":[\"x\",\"%s\"],\"max_tokens\":-1}", "x".repeat(5_000));
    HttpResponse<String> response = server.post(COMPLETIONS, fields);
    assertThat(json(response.body()).at("/error/code").asText())
        .isEqualTo("context_length_exceeded");
    server.awaitIdle();
  }

  @Test
  void theServerEndsThemTogether() throws Exception {
    try (OpenAiServer endless = OpenAiServer.endless(params -> params)) {
      Iterator<String> events =
          endless
              .events(CHAT, "{" + MESSAGES + ",\"n\":4,\"stream\":true,\"max_tokens\":-1}")
              .iterator();
      Set<Integer> seen = new HashSet<>();
      while (seen.size() < 4) {
        JsonNode choice = json(events.next()).at("/choices/0");
        if (!choice.at("/delta/content").asText().isEmpty()) {
          seen.add(choice.path("index").asInt());
        }
      }
      endless.server.close(Duration.ZERO);
      String last = "";
      while (events.hasNext()) {
        last = events.next();
      }
      assertThat(json(last).at("/error/code").asText()).isEqualTo("shutting_down");
      endless.awaitIdle();
    }
  }
}
