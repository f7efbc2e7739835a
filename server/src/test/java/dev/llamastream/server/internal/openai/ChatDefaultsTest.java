package dev.llamastream.server.internal.openai;

import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.SamplerParams;
import dev.llamastream.server.RequestDefaults;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the requests of OpenAI's forms get where they say nothing. */
@Timeout(60)
class ChatDefaultsTest {

  private static final String CHAT = "/v1/chat/completions";
  private static final String ASK = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

  private static final RequestDefaults DEFAULTS =
      RequestDefaults.builder()
          .systemMessage("Be brief.")
          .chatTemplate("{% for one in messages %}{{ one.content }}|{% endfor %}")
          .stopSequences(List.of("ld"))
          .build();

  @Test
  void aModelWithoutTemplateGetsOne() throws Exception {
    try (OpenAiServer server =
        OpenAiServer.withoutTemplate(params -> params.requestDefaults(DEFAULTS))) {
      assertThat(prompt(server, ASK)).isEqualTo("Be brief.|Hi|");
      assertThat(prompt(server, ASK.replace("user", "system"))).isEqualTo("Hi|");
      for (String path : List.of(CHAT, "/stream")) {
        String two = ASK.replace("]}", "],\"max_tokens\":2}");
        assertThat(server.post(path, two).statusCode()).as(path).isEqualTo(200);
      }
    }
  }

  @Test
  void aTemplateOfTheModelsOwnStays() throws Exception {
    try (OpenAiServer server =
        OpenAiServer.saying(params -> params.requestDefaults(DEFAULTS), "Hello", " wor", "ld")) {
      assertThat(prompt(server, ASK))
          .startsWith("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi");
    }
  }

  private static String prompt(OpenAiServer server, String chat) throws Exception {
    HttpResponse<String> response = server.post("/apply-template", chat);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body()).path("prompt").asText();
  }

  @Test
  void aTemplateThatIsNoneIsAnErrorOfTheRequest() throws Exception {
    RequestDefaults broken = RequestDefaults.builder().chatTemplate("{% for").build();
    try (OpenAiServer server =
        OpenAiServer.withoutTemplate(params -> params.requestDefaults(broken))) {
      for (String path : List.of(CHAT, "/stream")) {
        HttpResponse<String> response = server.post(path, ASK);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response.body()).at("/error/code").asText()).isEqualTo("chat_template");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CHAT, "/v1/completions"})
  void stopSequencesEndAnswers(String path) throws Exception {
    String ask = path.equals(CHAT) ? ASK : "{\"prompt\":\"Hi\"}";
    try (OpenAiServer server =
        OpenAiServer.saying(params -> params.requestDefaults(DEFAULTS), "Hello", " wor", "ld")) {
      assertThat(server.post(path, ask).body()).contains("\"Hello wor\"");
      assertThat(server.post(path, ask.replaceFirst("}$", ",\"stop\":\" \"}")).body())
          .contains("\"Hello\"");
      assertThat(server.post(path, ask.replaceFirst("}$", ",\"stop\":[]}")).body())
          .contains("\"Hello world\"");
    }
  }

  @Test
  void aSeedCountsUpWithTheChoices() throws Exception {
    RequestDefaults seeded =
        RequestDefaults.builder()
            .sampler(SamplerParams.builder().temperature(2).seed(7).build())
            .maxTokens(8)
            .build();
    try (OpenAiServer server = OpenAiServer.endless(params -> params.requestDefaults(seeded))) {
      JsonNode two = choices(server, ",\"n\":2}");
      assertThat(two.get(0)).isNotEqualTo(two.get(1));
      assertThat(choices(server, ",\"n\":2}")).isEqualTo(two);
      assertThat(choices(server, ",\"seed\":8}").at("/0/message")).isEqualTo(two.at("/1/message"));
    }
  }

  private static JsonNode choices(OpenAiServer server, String fields) throws Exception {
    HttpResponse<String> response = server.post(CHAT, ASK.replaceFirst("}$", fields));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body()).path("choices");
  }
}
