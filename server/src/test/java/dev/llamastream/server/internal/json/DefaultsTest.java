package dev.llamastream.server.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Dry;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Mirostat;
import dev.llamastream.SamplerParams;
import dev.llamastream.Xtc;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request gets where it says nothing, and where it does. */
class DefaultsTest {

  private static final String GRAMMAR = "root ::= \"a\"";

  /** Nothing of it is as in the library. */
  private static final SamplerParams SAMPLER =
      SamplerParams.builder()
          .temperature(0.3)
          .topK(7)
          .topP(0.4)
          .minP(0.2)
          .typicalP(0.6)
          .repeatPenalty(1.3)
          .frequencyPenalty(0.1)
          .presencePenalty(0.2)
          .penaltyLastN(9)
          .mirostat(new Mirostat(2, 4, 0.3))
          .dry(new Dry(0.8, 1.5, 3, 20, List.of("x")))
          .xtc(new Xtc(0.5, 0.2))
          .topNSigma(1.5)
          .logitBias(Map.of(3, 1.0))
          .ignoreEndOfText(true)
          .grammar(GRAMMAR)
          .seed(11)
          .build();

  private static final Defaults DEFAULTS =
      new Defaults(SAMPLER, List.of("END"), 5, "Be brief.", "jinja");

  private static final String CHAT = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

  private static GenerationRequest text(String fields) {
    return GenerationFields.read(RequestJson.parse("{\"prompt\":\"Hi\"" + fields + "}"), DEFAULTS);
  }

  private static ChatRequest chat(String fields) {
    return ChatFields.readAll(RequestJson.parse("{" + CHAT + fields + "}"), DEFAULTS);
  }

  @Test
  void aTextThatSaysNothingGetsThem() {
    assertThat(text(""))
        .isEqualTo(
            GenerationRequest.builder("Hi")
                .sampler(SAMPLER)
                .stopSequences("END")
                .maxTokens(5)
                .build());
  }

  @Test
  void aChatThatSaysNothingGetsThem() {
    assertThat(chat(""))
        .isEqualTo(
            ChatRequest.builder(ChatMessage.system("Be brief."), ChatMessage.user("Hi"))
                .template("jinja")
                .sampler(SAMPLER)
                .stopSequences("END")
                .maxTokens(5)
                .parallelToolCalls(true)
                .build());
  }

  @Test
  void noneChangeNothing() {
    GenerationRequest text =
        GenerationFields.read(RequestJson.parse("{\"prompt\":\"Hi\"}"), Defaults.NONE);
    ChatRequest chat = ChatFields.readAll(RequestJson.parse("{" + CHAT + "}"), Defaults.NONE);

    assertThat(text).isEqualTo(GenerationRequest.builder("Hi").build());
    assertThat(chat)
        .isEqualTo(ChatRequest.builder(ChatMessage.user("Hi")).parallelToolCalls(true).build());
  }

  @Test
  void whatARequestSaysWins() {
    String everything =
        """
        ,"temperature":0.8,"top_k":40,"top_p":0.95,"min_p":0.05,"typical_p":1,"repeat_penalty":1,
        "frequency_penalty":0,"presence_penalty":0,"penalty_last_n":64,"top_n_sigma":0,
        "mirostat":{"version":0,"tau":5,"eta":0.1},
        "dry":{"multiplier":0,"base":1.75,"allowed_length":2,"last_n":1024,
               "breakers":["\\n",":","\\"","*"]},
        "xtc":{"probability":0,"threshold":0.1},
        "logit_bias":{},"ignore_eos":false,"grammar":"","seed":-1,"stop":[],"max_tokens":6
        """;

    assertThat(text(everything))
        .isEqualTo(GenerationRequest.builder("Hi").maxTokens(6).build())
        .isEqualTo(text(everything.replace("penalty_last_n", "repeat_last_n")));
    assertThat(chat(everything).sampler()).isEqualTo(SamplerParams.defaults());
    assertThat(chat(everything).stopSequences()).isEmpty();
    assertThat(chat(everything).maxTokens()).isEqualTo(6);
  }

  @Test
  void aPartOfASamplerLeavesTheRest() {
    assertThat(text(",\"mirostat_tau\":6").sampler().mirostat()).isEqualTo(new Mirostat(2, 6, 0.3));
    assertThat(text(",\"dry\":{\"base\":2}").sampler().dry())
        .isEqualTo(new Dry(0.8, 2, 3, 20, List.of("x")));
    assertThat(text(",\"temperature\":null,\"stop\":null,\"logit_bias\":null")).isEqualTo(text(""));
    assertThat(text(",\"max_tokens\":-1").maxTokens()).isEqualTo(Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "developer"})
  void instructionsOfTheChatReplaceTheSystemMessage(String role) {
    String messages = CHAT.replace("]", ",{\"role\":\"" + role + "\",\"content\":\"Be long.\"}]");
    ChatRequest chat = ChatFields.readAll(RequestJson.parse("{" + messages + "}"), DEFAULTS);

    assertThat(chat.messages()).extracting(ChatMessage::text).containsExactly("Hi", "Be long.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "json_schema":{"type":"object"}
          "response_format":{"type":"json_object"}
          "tools":[{"type":"function","function":{"name":"f"}}]
          """)
  void aGrammarGivesWayToAnotherFormOfTheAnswer(String field) {
    assertThat(chat("," + field).sampler()).isEqualTo(SAMPLER.toBuilder().grammar("").build());
    if (!field.contains("tools")) {
      assertThat(text("," + field).sampler().grammar()).isNotEmpty().isNotEqualTo(GRAMMAR);
    }
  }
}
