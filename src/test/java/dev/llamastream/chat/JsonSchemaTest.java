package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.InvalidValueException;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.fixture.ScriptedModel;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class JsonSchemaTest {

  @Test
  void constrainsPlainText() throws Exception {
    String grammar = JsonSchema.toGrammar("{\"enum\": [\"yes\", \"no\", 7]}");
    ScriptedModel script = ScriptedModel.of("Hello", "\"", "yes", "\"", "!!");
    try (Model model = Model.load(script.path());
        Context context = new Context(model, ContextParams.defaults())) {
      GenerationRequest request =
          GenerationRequest.builder("Say:")
              .maxTokens(20)
              .sampler(SamplerParams.builder().temperature(0).grammar(grammar).build())
              .build();
      assertThat(context.complete(request).text()).isIn("\"yes\"", "\"no\"", "7");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|must be a JSON object",
        "{\"type\"|schema",
        "{\"type\": \"unheard of\"}|schema",
        "{\"$ref\": \"https://example.com\"}|other documents are not fetched",
        "{\"$ref\": \"#/nowhere\"}|schema",
      })
  void refuses(String schema, String reason) {
    assertThatThrownBy(() -> JsonSchema.toGrammar(schema))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("schema")
        .hasMessageContaining(reason);
  }

  @Test
  void interruptsEndIt() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> JsonSchema.toGrammar("{}")).isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
