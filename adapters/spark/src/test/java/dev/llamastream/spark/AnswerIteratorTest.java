package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.TaskKilledException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import scala.Option;

/** Without a cluster: this thread is the task. */
class AnswerIteratorTest {

  private static final Path TINY = TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path();

  private final TaskContext task = TaskContext$.MODULE$.empty();
  private final LlamaUsage usage = new LlamaUsage();

  @BeforeEach
  void begin() {
    TaskContext$.MODULE$.setTaskContext(task);
  }

  @AfterEach
  void end() {
    task.markTaskCompleted(Option.empty());
    TaskContext$.MODULE$.unset();
  }

  private static LlamaSettings.Builder settings(int slots) {
    return LlamaSettings.builder(TINY).slots(slots).contextSize(1 << 15).maxTokens(4);
  }

  private Iterator<String> answers(Iterator<String> rows, LlamaSettings settings) {
    return AnswerIterator.of(
        rows,
        row -> new RowInput(row, row),
        (row, answer) -> row + "=" + answer.text(),
        settings,
        usage);
  }

  private static Iterator<String> numbers(int end, AtomicInteger read) {
    return IntStream.range(0, end)
        .mapToObj(String::valueOf)
        .peek(row -> read.incrementAndGet())
        .iterator();
  }

  /** All but the first row. */
  private static Iterator<String> longer(Iterator<String> rows, String more) {
    Iterable<String> all = () -> rows;
    return StreamSupport.stream(all.spliterator(), false)
        .map(row -> row.equals("0") ? row : row + more)
        .iterator();
  }

  /** How many the engine has at one moment. */
  private static int streams(LlamaSettings settings) {
    EngineSnapshot now = snapshot(settings);
    return now.running() + now.waiting();
  }

  private static EngineSnapshot snapshot(LlamaSettings settings) {
    return LocalModels.ofJvm().snapshot(settings.engine()).orElseThrow();
  }

  @Test
  void rowsKeepTheirOrder() {
    Iterator<String> answers = answers(numbers(20, new AtomicInteger()), settings(3).build());

    List<String> all = new ArrayList<>();
    answers.forEachRemaining(all::add);

    assertThat(all)
        .extracting(answer -> answer.substring(0, answer.indexOf('=')))
        .isEqualTo(IntStream.range(0, 20).mapToObj(String::valueOf).toList());
    assertThat(all).allMatch(answer -> answer.length() == answer.indexOf('=') + 5);
  }

  @Test
  void aLongRowDoesNotHoldUpTheEngine() {
    LlamaSettings settings =
        settings(2).contextSize(512).maxTokensPerStream(256).maxTokens(1000).build();
    AtomicInteger read = new AtomicInteger();
    String full = "x".repeat(250);

    Iterator<String> answers = answers(longer(numbers(100, read), full), settings);

    assertThat(answers.next()).startsWith("0=").hasSizeGreaterThan(200);
    // more than are in work at a time, less than would fill the memory
    assertThat(read.get()).isBetween(12, 8 * 4 + 2);
  }

  @Test
  void tasksThatReadFromEachOtherShareAnEngine() {
    LlamaSettings settings = settings(1).build();
    AtomicInteger read = new AtomicInteger();

    Iterator<String> answers =
        answers(answers(answers(numbers(9, read), settings), settings), settings);

    assertThat(answers).toIterable().hasSize(9).allMatch(answer -> answer.split("=").length >= 4);
  }

  /** A cancelled stream leaves at the engine's next step; the test's own timeout is the limit. */
  private static void awaitIdle(LlamaSettings settings) {
    while (streams(settings) > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void killingTheTaskEndsItsStreams() {
    LlamaSettings settings = settings(2).contextSize(1 << 17).maxTokens(1 << 20).build();
    Iterator<String> answers = answers(numbers(9, new AtomicInteger()), settings);
    CompletableFuture<Void> killer =
        CompletableFuture.runAsync(
            () -> {
              while (snapshot(settings).running() < 2 || snapshot(settings).waiting() < 2) {
                Thread.onSpinWait();
              }
              task.markInterrupted("enough");
            },
            Thread::startVirtualThread);

    assertThatThrownBy(answers::next).isInstanceOf(TaskKilledException.class);

    killer.join();
    awaitIdle(settings);
    assertThatThrownBy(answers::next).isInstanceOf(TaskKilledException.class);
  }

  @Test
  void interruptingTheTaskEndsItsStreams() {
    LlamaSettings settings = settings(2).contextSize(1 << 17).maxTokens(1 << 20).build();
    Iterator<String> answers = answers(numbers(9, new AtomicInteger()), settings);
    Thread thread = Thread.currentThread();
    CompletableFuture<Void> killer =
        CompletableFuture.runAsync(
            () -> {
              while (snapshot(settings).running() < 2) {
                Thread.onSpinWait();
              }
              thread.interrupt();
            },
            Thread::startVirtualThread);

    assertThatThrownBy(answers::next).isInstanceOf(CancellationException.class);
    killer.join();
    assertThat(Thread.interrupted()).isTrue();

    task.markTaskCompleted(Option.empty());
    awaitIdle(settings);
  }

  @Test
  void aTaskThatTakesNoMoreEndsItsStreams() {
    LlamaSettings settings = settings(2).contextSize(1 << 17).maxTokens(1 << 20).build();
    AtomicInteger read = new AtomicInteger();
    Iterator<String> answers =
        AnswerIterator.of(
            numbers(9, read),
            row -> row.equals("0") ? null : new RowInput(row, row),
            (row, answer) -> row,
            settings,
            usage);
    assertThat(answers.next()).isEqualTo("0");
    // twice the slots, and one row was looked at
    assertThat(streams(settings)).isEqualTo(4);
    assertThat(read.get()).isBetween(5, 6);

    task.markTaskCompleted(Option.empty());

    awaitIdle(settings);
  }
}
