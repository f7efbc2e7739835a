package dev.llamastream.cli.display;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.store.ModelName;
import dev.llamastream.store.PullPlan;
import dev.llamastream.store.PullProgress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class PullDisplayTest {

  private final StringWriter text = new StringWriter();

  private PullDisplay display(boolean terminal) {
    return new PullDisplay(new PrintWriter(text), terminal, () -> false);
  }

  @Test
  void inALogEachModelHasItsProgress() {
    PullDisplay display = display(false);
    for (String name : List.of("hf:o/first", "hf:o/second")) {
      display.onStart(new PullPlan(ModelName.parse(name), List.of("m.gguf"), 1000, 0));
      display.onProgress(new PullProgress(500, 1000, 0));
      display.onProgress(new PullProgress(510, 1000, 0));
      display.onProgress(new PullProgress(1000, 1000, 0));
    }

    assertThat(text.toString().lines())
        .containsExactly(
            "Pulling hf:o/first: 1.0 kB",
            "  50 %  500 bytes",
            "  100 %  1.0 kB",
            "Pulling hf:o/second: 1.0 kB",
            "  50 %  500 bytes",
            "  100 %  1.0 kB");
  }

  @Test
  void aTerminalShowsNoProgressBeforeThereIsAny() {
    PullDisplay display = display(true);
    display.onProgress(new PullProgress(0, 1000, 0));
    assertThat(text.toString()).isEmpty();

    display.onProgress(new PullProgress(500, 1000, 0));
    assertThat(text.toString()).contains("50 %");
  }
}
