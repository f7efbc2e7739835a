package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.OptionsTable;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The tables of docs/options.md have every option, with the default that the code has. */
class ServerOptionsTableTest {

  @Test
  void server() {
    check(ServerParams.builder());
  }

  @Test
  void models() {
    check(ModelSource.builder("a", Path.of("a.gguf")));
  }

  @Test
  void requests() {
    check(RequestDefaults.builder());
  }

  private static void check(Object builder) {
    assertThat(OptionsTable.documented(Path.of("..", "docs", "options.md"), builder))
        .containsExactlyInAnyOrderEntriesOf(OptionsTable.actual(builder));
  }
}
