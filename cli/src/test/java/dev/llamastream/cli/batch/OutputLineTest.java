package dev.llamastream.cli.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.server.LocalApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputLineTest {

  private static final String EMBEDDING =
      "{\"data\":[{\"embedding\":[1.5E-4]}],\"usage\":{\"line\":8}}";

  private static Item item(Item.Form form) {
    return new Item(7, 0xFEDC_BA98, form, "\"batch_req_9_00000000\"", "", "", null);
  }

  private static OutputLine parse(String line) {
    return OutputLine.parse(line.getBytes(UTF_8));
  }

  @ParameterizedTest
  @EnumSource
  void readsWhatWasWritten(Item.Form form) {
    Item item = item(form);
    String answer = OutputLines.of(item, new LocalApi.Response(200, EMBEDDING));
    String refused = OutputLines.of(item, new LocalApi.Response(400, "{\"error\":{\"line\":8}}"));
    String failed = OutputLines.of(item, new Failure("code", "a \"message\"\n"));

    assertThat(parse(answer)).isEqualTo(new OutputLine(7, 0xFEDC_BA98, false));
    assertThat(parse(refused)).isEqualTo(new OutputLine(7, 0xFEDC_BA98, true));
    assertThat(parse(failed)).isEqualTo(new OutputLine(7, 0xFEDC_BA98, true));
    assertThat(failed).doesNotContain("\n");
  }

  @Test
  void anEmbeddingKeepsItsNumbers() {
    assertThat(OutputLines.of(item(Item.Form.EMBEDDING), new LocalApi.Response(200, EMBEDDING)))
        .endsWith(",\"embedding\":[1.5E-4],\"usage\":{\"line\":8}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7",
        "{}",
        "[{\"line\":7,\"crc\":\"00000000\"}]",
        "{\"line\":7}",
        "{\"line\":-7,\"crc\":\"00000000\"}",
        "{\"line\":7,\"crc\":\"0\"}",
        "{\"line\":7,\"crc\":\"00000000\"",
        "{\"line\":7,\"crc\":\"00000000\"}}",
        "{\"id\":\"batch_req_7\"}",
        "{\"id\":\"batch_req_9999999999_00000000\"}"
      })
  void nothingElseIsALineOfABatch(String line) {
    assertThat(parse(line)).isNull();
  }
}
