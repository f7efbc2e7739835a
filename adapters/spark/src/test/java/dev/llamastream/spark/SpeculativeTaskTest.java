package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two attempts of one task at the same time. */
class SpeculativeTaskTest {

  private static final int ROWS = 6;

  /** More than an attempt answers before it is killed. */
  private static final int MANY = 200;

  private static TwoHosts hosts;
  private static SparkSession spark;

  private final Ends ends = new Ends();

  private static final class Ends extends SparkListener {

    private final AtomicInteger started = new AtomicInteger();
    private final BlockingQueue<TaskInfo> ended = new LinkedBlockingQueue<>();

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      started.incrementAndGet();
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      ended.add(end.taskInfo());
    }

    /** All attempts at a task that has ended, when they all have. */
    List<TaskInfo> await() throws InterruptedException {
      List<TaskInfo> attempts = new ArrayList<>();
      do {
        attempts.add(ended.take());
      } while (attempts.size() < started.get());
      return attempts;
    }
  }

  @BeforeAll
  static void start() {
    hosts = new TwoHosts();
    spark =
        hosts
            .builder()
            .config("spark.speculation", true)
            .config("spark.speculation.interval", "10ms")
            // for a stage of one task
            .config("spark.speculation.task.duration.threshold", "1ms")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
    hosts.close();
  }

  /** In one partition, so one task. */
  private static Dataset<Row> texts(int rows) {
    return spark
        .range(0, rows, 1, 1)
        .selectExpr("id", "nullif(concat('Chapter ', id, '. Once upon a time'), '') AS text");
  }

  private static Dataset<Row> map(Dataset<Row> rows, MapFunction<Row, Row> function) {
    return rows.map(function, rows.encoder());
  }

  private List<Row> collect(Dataset<Row> rows) {
    spark.sparkContext().addSparkListener(ends);
    return rows.collectAsList();
  }

  private void assertThatTheCopyWon() throws InterruptedException {
    List<TaskInfo> attempts = ends.await();
    spark.sparkContext().removeSparkListener(ends);

    assertThat(attempts)
        .extracting(TaskInfo::attemptNumber, TaskInfo::speculative, TaskInfo::status)
        .containsExactlyInAnyOrder(tuple(0, false, "KILLED"), tuple(1, true, "SUCCESS"));
  }

  private static boolean isCopy() {
    return TaskContext.get().attemptNumber() > 0;
  }

  /** In an attempt: waits for the other one, until this one is killed, or for some minutes. */
  private static void await(String meeting, int attempts) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    while (Executors.count(meeting) < attempts) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("nothing came of the other attempt");
      }
      Thread.sleep(1);
    }
  }

  @Test
  void bothAttemptsGiveTheSameBits() throws Exception {
    LlamaSettings settings =
        LlamaSettings.builder(Path.of(System.getProperty("llamastream.test.model")))
            .reproducible(true)
            .slots(4)
            .contextSize(1024)
            .maxTokens(16)
            .threads(1)
            .build();
    List<String> texts = texts(ROWS).collectAsList().stream().map(row -> row.getString(1)).toList();
    List<String> undisturbed;
    try (LocalModel model = LocalModel.open(settings.engine())) {
      undisturbed = SparkBench.byEngine(model, settings, texts);
    }
    String begun = Executors.meeting();
    String done = Executors.meeting();
    String answers = Executors.meeting();

    List<Row> rows =
        collect(
            map(
                new LlamaTransformer().setSettings(settings).transform(texts(ROWS)),
                row -> {
                  if (row.getLong(0) == 0) {
                    Executors.come(begun);
                    await(begun, 2);
                  }
                  if (!isCopy()) {
                    Files.writeString(Path.of(answers, row.get(0).toString()), row.getString(2));
                  }
                  if (row.getLong(0) == ROWS - 1) {
                    if (!isCopy()) {
                      Executors.come(done);
                    }
                    // the first attempt does not end by itself
                    await(done, isCopy() ? 1 : 2);
                  }
                  return row;
                }));

    assertThatTheCopyWon();
    assertThat(rows).extracting(row -> row.getString(3)).containsOnlyNulls();
    assertThat(rows).extracting(row -> row.getString(2)).isEqualTo(undisturbed);
    assertThat(undisturbed).doesNotHaveDuplicates();
    for (int row = 0; row < ROWS; row++) {
      assertThat(Path.of(answers, String.valueOf(row))).hasContent(undisturbed.get(row));
    }
  }

  @Test
  void theAttemptThatLosesEndsItsStreams() throws Exception {
    // each stream ends, but then there is another one
    LlamaSettings settings =
        LlamaSettings.builder(TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path())
            .slots(2)
            .contextSize(1 << 13)
            .maxTokens(1 << 20)
            .build();
    String begun = Executors.meeting();
    Dataset<Row> texts =
        map(
            texts(MANY),
            row -> {
              if (isCopy()) {
                await(begun, 1);
                return RowFactory.create(row.get(0), null);
              }
              if (row.getLong(0) == 1) {
                Executors.come(begun);
              }
              return row;
            });

    List<Row> rows = collect(new LlamaTransformer().setSettings(settings).transform(texts));

    assertThatTheCopyWon();
    assertThat(rows).hasSize(MANY).allMatch(row -> row.isNullAt(2));
    Map<Long, String> streams =
        Executors.ask(
            spark,
            () ->
                LocalModels.ofJvm()
                    .snapshot(settings.engine())
                    .map(SpeculativeTaskTest::streams)
                    .orElse("not open"));
    assertThat(streams).hasSize(2);
    assertThat(streams.values()).containsOnly("0");
  }

  private static String streams(EngineSnapshot snapshot) {
    return String.valueOf(snapshot.running() + snapshot.waiting() + snapshot.parked());
  }
}
