package dev.llamastream.springai;

import static io.micrometer.observation.tck.TestObservationRegistryAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.FinishReason;
import dev.llamastream.chat.ChatDelta;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.prompt.Prompt;

/** Observations have the names of OpenTelemetry's conventions for generative AI. */
class ObservationTest {

  private final TestObservationRegistry registry = TestObservationRegistry.create();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final ScriptedChat chat = new ScriptedChat();
  private final LlamaChatModel model =
      LlamaChatModel.builder(chat)
          .options(LlamaChatOptions.builder().model("tiny").temperature(0.3).build())
          .observationRegistry(registry)
          .build();

  /** A stream's observation stops just after the subscriber was told of the end. */
  @BeforeEach
  void awaitStop() {
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public void onStop(Observation.Context context) {
                stopped.countDown();
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return true;
              }
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAnswer(boolean streaming) throws InterruptedException {
    chat.then(FinishReason.MAX_TOKENS, new ChatDelta.Text("a"));
    if (streaming) {
      model.stream(new Prompt("Hi")).blockLast();
    } else {
      model.call(new Prompt("Hi"));
    }
    stopped.await();

    assertThat(registry)
        .doesNotHaveAnyRemainingCurrentObservation()
        .hasObservationWithNameEqualTo("gen_ai.client.operation")
        .that()
        .hasContextualNameEqualTo("chat tiny")
        .hasLowCardinalityKeyValue("gen_ai.operation.name", "chat")
        .hasLowCardinalityKeyValue("gen_ai.system", "llamastream")
        .hasLowCardinalityKeyValue("gen_ai.request.model", "tiny")
        .hasLowCardinalityKeyValue("gen_ai.response.model", "tiny")
        .hasHighCardinalityKeyValue("gen_ai.request.temperature", "0.3")
        .hasHighCardinalityKeyValue("gen_ai.response.finish_reasons", "[\"LENGTH\"]")
        .hasHighCardinalityKeyValue("gen_ai.usage.input_tokens", "7")
        .hasHighCardinalityKeyValue("gen_ai.usage.output_tokens", "3");
  }

  @Test
  void aFailure() throws InterruptedException {
    // no answer is scripted
    assertThatExceptionOfType(NoSuchElementException.class)
        .isThrownBy(() -> model.stream(new Prompt("Hi")).blockLast());
    stopped.await();
    assertThat(registry).hasObservationWithNameEqualTo("gen_ai.client.operation").that().hasError();
  }
}
