package dev.llamastream.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.llamastream.ContextParams;
import dev.llamastream.FinishReason;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.engine.PollableChatStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every answer that ends by itself is valid, whatever the schema and the sampling. */
class RandomSchemasTest {

  private static final int SLOTS = 10;
  private static final int MAX_TOKENS = 120;
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  @Test
  void answersThatEndAreValid() {
    check(40, 1);
  }

  @Test
  @Tag("soak")
  void answersOfManySchemasThatEndAreValid() {
    check(200, 3);
  }

  private record Case(String schema, long seed) {
    ChatRequest request() {
      return ChatRequest.builder(ChatMessage.user("Make up an example, as short as possible."))
          .responseSchema(schema)
          .sampler(SamplerParams.builder().temperature(0.7).seed(seed).build())
          .maxTokens(MAX_TOKENS)
          .build();
    }
  }

  private static void check(int schemas, int seeds) {
    List<Case> cases = new ArrayList<>();
    for (int schema = 0; schema < schemas; schema++) {
      for (int seed = 1; seed <= seeds; seed++) {
        cases.add(new Case(RandomSchema.of(schema), seed));
      }
    }
    List<String> invalid = new ArrayList<>();
    int ended = 0;
    EngineParams params =
        EngineParams.builder()
            .context(ContextParams.builder().contextSize(4096).threads(1).batchThreads(1).build())
            .slots(SLOTS)
            .build();
    try (Model model = Model.load(Path.of(System.getProperty("llamastream.test.model")));
        Engine engine = Engine.open(model, params)) {
      for (int from = 0; from < cases.size(); from += SLOTS) {
        List<Case> some = cases.subList(from, Math.min(from + SLOTS, cases.size()));
        List<PollableChatStream> streams =
            some.stream().map(c -> engine.chat(c.request())).toList();
        for (int i = 0; i < some.size(); i++) {
          ChatAnswer answer = streams.get(i).answer();
          if (answer.finishReason() == FinishReason.END_OF_TEXT) {
            ended++;
            check(some.get(i), answer.text(), invalid);
          }
        }
      }
    }
    assertThat(invalid).isEmpty();
    assertThat(ended).isGreaterThanOrEqualTo(cases.size() / 2);
  }

  private static void check(Case one, String text, List<String> invalid) {
    Schema schema = REGISTRY.getSchema(one.schema());
    try {
      var errors = schema.validate(text, InputFormat.JSON);
      if (!errors.isEmpty()) {
        invalid.add(one + " " + text + " " + errors);
      }
    } catch (RuntimeException e) {
      invalid.add(one + " " + text + " " + e.getMessage());
    }
  }
}
