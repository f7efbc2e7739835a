package dev.llamastream.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderedOutputTest {

  private final Recorder recorder = new Recorder();

  @Test
  void holdsWhatComesTooEarly() throws IOException {
    OrderedOutput output = new OrderedOutput(recorder, true);
    output.write(2, 30, "c");
    output.write(1, 20, "b");
    assertThat(recorder.lines).isEmpty();

    output.write(0, 10, "a");
    output.write(3, 40, "d");
    assertThat(recorder.lines).containsExactly("10a", "20b", "30c", "40d");
  }

  @Test
  void writesAsTheyComeIfAsked() throws IOException {
    OrderedOutput output = new OrderedOutput(recorder, false);
    output.write(2, 30, "c");
    output.write(0, 10, "a");

    assertThat(recorder.lines).containsExactly("30c", "10a");
  }

  @Test
  void whatIsHeldIsWrittenWhereTheOrderCanBeRestored() throws IOException {
    OrderedOutput file = new OrderedOutput(recorder, true);
    file.write(1, 20, "b");
    file.writeHeld();
    assertThat(recorder.lines).containsExactly("20b");

    recorder.canReorder = false;
    OrderedOutput pipe = new OrderedOutput(recorder, true);
    pipe.write(1, 40, "d");
    pipe.writeHeld();
    assertThat(recorder.lines).containsExactly("20b");
  }

  @Test
  void beginsNoLineWhileTooMuchIsHeld() throws Exception {
    OrderedOutput output = new OrderedOutput(recorder, true);
    output.awaitRoom();
    output.write(1, 20, "x".repeat((64 << 20) + 1));
    Thread waiting = Thread.ofVirtual().start(() -> awaitRoom(output));
    while (waiting.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    output.write(0, 10, "a");
    waiting.join();
    assertThat(recorder.lines).hasSize(2);

    output.write(3, 40, "x".repeat((64 << 20) + 1));
    output.stop();
    output.awaitRoom();
  }

  private static void awaitRoom(OrderedOutput output) {
    try {
      output.awaitRoom();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Recorder implements Output {
    private final List<String> lines = new ArrayList<>();
    private boolean canReorder = true;

    @Override
    public void write(int line, String text) {
      lines.add(line + text);
    }

    @Override
    public boolean canReorder() {
      return canReorder;
    }

    @Override
    public void close() {}
  }
}
