package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LocalCluster.class)
class RecoveryTest {

  private static final Path TINY = TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path();
  private static final int ROWS = 24;

  private final SparkSession spark;

  RecoveryTest(SparkSession spark) {
    this.spark = spark;
  }

  /** Runs in a task with each row that has its answer. */
  private interface Event extends Serializable {
    void happen(Row row);
  }

  private Dataset<Row> texts(int partitions) {
    return spark.range(0, ROWS, 1, partitions).selectExpr("id", "'Once upon a time' AS text");
  }

  private static List<Row> answered(Dataset<Row> rows, Event event) {
    return rows
        .map(
            (MapFunction<Row, Row>)
                row -> {
                  event.happen(row);
                  return row;
                },
            rows.encoder())
        .collectAsList()
        .stream()
        .sorted(Comparator.comparingLong(row -> row.getLong(0)))
        .toList();
  }

  private static LlamaTransformer reproducible() {
    return new LlamaTransformer()
        .setKeyCol("id")
        .setSettings(
            LlamaSettings.builder(Path.of(System.getProperty("llamastream.test.model")))
                .reproducible(true)
                .slots(4)
                .contextSize(1024)
                .maxTokens(8)
                .threads(1)
                .build());
  }

  @Test
  void aRetriedTaskGivesTheSameBits() {
    LlamaTransformer transformer = reproducible();
    List<Row> undisturbed = answered(transformer.transform(texts(2)), row -> {});
    List<Row> otherwise = answered(transformer.transform(texts(5)), row -> {});
    List<Row> retried =
        answered(
            transformer.transform(texts(2)),
            row -> {
              if (TaskContext.get().attemptNumber() == 0 && row.getLong(0) % 8 == 5) {
                throw new IllegalStateException("on purpose");
              }
            });

    assertThat(undisturbed).extracting(row -> row.getString(3)).containsOnlyNulls();
    // keys differ, so seeds do
    assertThat(undisturbed).extracting(row -> row.getString(2)).doesNotHaveDuplicates();
    assertThat(otherwise).isEqualTo(undisturbed);
    assertThat(retried).isEqualTo(undisturbed);
  }

  @Test
  void aKilledExecutorLosesNothing() {
    LlamaTransformer transformer = reproducible();
    List<Row> undisturbed = answered(transformer.transform(texts(4)), row -> {});
    Set<Long> executors = Executors.ask(spark, () -> "").keySet();
    String meeting = Executors.meeting();

    List<Row> survived =
        answered(
            transformer.transform(texts(4)),
            row -> {
              if (row.getLong(0) == 3 && TaskContext.get().attemptNumber() == 0) {
                Executors.come(meeting);
                kill(ProcessHandle.current().pid());
              }
            });

    assertThat(Executors.count(meeting)).isEqualTo(1);
    assertThat(survived).isEqualTo(undisturbed);
    assertThat(executors).hasSize(2);
    assertThat(executors).filteredOn(pid -> ProcessHandle.of(pid).isPresent()).hasSize(1);
  }

  private static void kill(long pid) {
    try {
      new ProcessBuilder("kill", "-9", String.valueOf(pid)).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aKilledTaskEndsItsStreams() {
    LlamaSettings settings =
        LlamaSettings.builder(TINY).slots(3).contextSize(1 << 17).maxTokens(1 << 20).build();
    LlamaTransformer endless = new LlamaTransformer().setSettings(settings);
    String meeting = Executors.meeting();
    Dataset<Row> rows =
        texts(Executors.SLOTS)
            .map(
                (MapFunction<Row, Row>)
                    row -> {
                      if (row.getLong(0) % 6 == 0) {
                        Executors.come(meeting);
                      }
                      return row;
                    },
                texts(1).encoder());
    CompletableFuture<List<Row>> job =
        CompletableFuture.supplyAsync(
            () -> {
              spark.sparkContext().setJobGroup("endless", "killed", false);
              return endless.transform(rows).collectAsList();
            },
            task -> Thread.ofPlatform().start(task));
    while (Executors.count(meeting) < Executors.SLOTS) {
      Thread.onSpinWait();
    }

    spark.sparkContext().cancelJobGroup("endless");

    assertThatThrownBy(job::join).hasMessageContaining("cancelled");
    Map<Long, String> running =
        Executors.ask(
            spark,
            () ->
                LocalModels.ofJvm()
                    .snapshot(settings.engine())
                    .map(snapshot -> String.valueOf(snapshot.running() + snapshot.waiting()))
                    .orElse("not open"));
    assertThat(running).hasSize(2).containsValue("0").doesNotContainValue("1");
  }
}
