package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.OptionsTable;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The table of docs/options.md has every option, with the default that the code has. */
class ServerOptionsTableTest {

  @Test
  void server() {
    ServerParams.Builder builder = ServerParams.builder();

    assertThat(OptionsTable.documented(Path.of("..", "docs", "options.md"), builder))
        .containsExactlyInAnyOrderEntriesOf(OptionsTable.actual(builder));
  }
}
