package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.llamastream.chat.Tool;
import java.util.List;
import org.junit.jupiter.api.Test;

class InvalidValueExceptionTest {

  @Test
  void aValueOutOfItsRangeComesWithFieldAndRange() {
    InvalidValueException e = refused(() -> SamplerParams.builder().topK(-1).build());

    assertThat(e.field()).isEqualTo("topK");
    assertThat(e.value()).contains("-1");
    assertThat(e.range()).contains("[0, 2147483647]");
    assertThat(e.reason()).isEqualTo("-1, must be in [0, 2147483647]");
    assertThat(e).hasMessage("topK: -1, must be in [0, 2147483647]");
  }

  @Test
  void theFieldOfAnInnerRecordHasItsNameBefore() {
    InvalidValueException e = refused(() -> new Dry(1, 2, -1, 0, List.of()));

    assertThat(e.field()).isEqualTo("dry.allowedLength");
  }

  @Test
  void aMeasureIsNoPartOfTheField() {
    InvalidValueException e =
        refused(() -> GenerationRequest.builder("x").stopSequences("").build());

    assertThat(e.field()).isEqualTo("stopSequences");
    assertThat(e.value()).contains("0");
    assertThat(e.range()).contains("[1, 10000]");
    assertThat(e.reason()).isEqualTo("stopSequences length: 0, must be in [1, 10000]");
  }

  @Test
  void whatIsWrongForAnotherReasonHasNoRange() {
    InvalidValueException e = refused(() -> Tool.of("a b", "", "{}"));

    assertThat(e.field()).isEqualTo("name");
    assertThat(e.value()).isEmpty();
    assertThat(e.range()).isEmpty();
    assertThat(e.reason()).isEqualTo("\"a b\", must match [A-Za-z0-9_.:/-]{1,128}");
  }

  private static InvalidValueException refused(Runnable attempt) {
    return catchThrowableOfType(InvalidValueException.class, attempt::run);
  }
}
