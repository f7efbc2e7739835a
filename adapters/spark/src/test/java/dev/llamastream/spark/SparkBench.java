package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.GenerationRequest;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Prints what Spark costs: mvn -Psoak -f reactor.xml -pl adapters/spark -am test -Dtest=SparkBench
 * -Dsurefire.failIfNoSpecifiedTests=false
 */
@Tag("soak")
class SparkBench {

  private static final int ROUNDS = 3;

  // some 25 s: a job itself costs a third of a second
  private static final int ROWS = 192;

  /** What a way to compute the texts took, in nanoseconds, and its result. */
  private record Run(long nanos, List<String> texts) {

    static Run of(Supplier<List<String>> work) {
      long before = System.nanoTime();
      List<String> texts = work.get();
      return new Run(System.nanoTime() - before, texts);
    }

    double seconds() {
      return nanos / 1e9;
    }
  }

  private static List<String> prompts(int round, int rows) {
    return IntStream.range(0, rows)
        .mapToObj(row -> "Chapter " + row + " of book " + round + ". Once upon a time")
        .toList();
  }

  private static List<String> bySpark(
      SparkSession spark, LlamaSettings settings, List<String> prompts, int partitions) {
    return new LlamaTransformer()
        .setSettings(settings)
        .transform(
            spark.createDataset(prompts, Encoders.STRING()).toDF("text").repartition(partitions))
        .select("answer")
        .as(Encoders.STRING())
        .collectAsList();
  }

  /** What the engine gives without Spark, in this JVM. */
  static List<String> byEngine(LocalModel model, LlamaSettings settings, List<String> all) {
    RequestSettings request = settings.request();
    List<GenerationRequest> requests =
        all.stream()
            .map(
                prompt ->
                    GenerationRequest.builder(prompt)
                        .maxTokens(request.maxTokens())
                        .sampler(
                            request.sampler().toBuilder()
                                .seed(RowSeed.of(request.seed(), prompt))
                                .build())
                        .build())
            .toList();
    return model.engine().generateAll(requests);
  }

  private static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, "BENCH " + format + "%n", values);
  }

  @Test
  void throughputOfOneExecutor() throws IOException {
    print("one executor: %.3f of generateAll", ratio(1, 2, 2));
  }

  @Test
  void throughputOfTwoExecutors() throws IOException {
    print("two executors of half the threads: %.3f of generateAll", ratio(2, 1, 1));
  }

  /** Median of Spark's throughput over that of an engine in this JVM. */
  private static double ratio(int executors, int cores, int threads) throws IOException {
    LlamaSettings settings =
        LlamaSettings.builder(Path.of(System.getProperty("llamastream.test.model")))
            .slots(8)
            .contextSize(4096)
            .threads(2)
            .maxTokens(32)
            .build();
    LlamaSettings onSpark = settings.toBuilder().threads(threads).build();
    double[] ratios = new double[ROUNDS];
    try (SparkSession spark = cluster(executors, cores);
        LocalModel model = LocalModel.open(settings.engine())) {
      bySpark(spark, onSpark, prompts(-1, 64), 2);
      byEngine(model, settings, prompts(-1, 64));
      for (int round = 0; round < ROUNDS; round++) {
        List<String> prompts = prompts(round, ROWS);
        Run bySpark = Run.of(() -> bySpark(spark, onSpark, prompts, 2));
        Run byEngine = Run.of(() -> byEngine(model, settings, prompts));
        assertThat(bySpark.texts()).hasSameSizeAs(byEngine.texts());
        ratios[round] = byEngine.seconds() / bySpark.seconds();
        print(
            "%d executor(s), round %d: Spark %.2f s, generateAll %.2f s, ratio %.3f",
            executors, round, bySpark.seconds(), byEngine.seconds(), ratios[round]);
      }
    }
    return median(ratios);
  }

  @Test
  void overheadOfRowsAndTasks() throws IOException {
    Path tiny = TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path();
    LlamaSettings settings = LlamaSettings.builder(tiny).slots(8).threads(1).maxTokens(1).build();
    int rows = 4000;
    try (SparkSession spark = cluster(1, 2);
        LocalModel model = LocalModel.open(settings.engine())) {
      for (int round = 0; round < ROUNDS; round++) {
        List<String> prompts = prompts(round, rows);
        Run plain = Run.of(() -> identity(spark, prompts, 2));
        Run few = Run.of(() -> bySpark(spark, settings, prompts, 2));
        Run plainMany = Run.of(() -> identity(spark, prompts, 202));
        Run many = Run.of(() -> bySpark(spark, settings, prompts, 202));
        Run engine = Run.of(() -> byEngine(model, settings, prompts));
        print(
            "round %d, %d rows of 1 token of a tiny model: generateAll %.1f us a row, Spark %.1f us a row (%.1f without a model); a task more costs %.0f us (%.0f without a model)",
            round,
            rows,
            engine.nanos() / 1e3 / rows,
            few.nanos() / 1e3 / rows,
            plain.nanos() / 1e3 / rows,
            (many.nanos() - few.nanos()) / 1e3 / 200 * 2,
            (plainMany.nanos() - plain.nanos()) / 1e3 / 200 * 2);
      }
    }
  }

  private static List<String> identity(SparkSession spark, List<String> prompts, int partitions) {
    return spark
        .createDataset(prompts, Encoders.STRING())
        .repartition(partitions)
        .map((MapFunction<String, String>) text -> text, Encoders.STRING())
        .collectAsList();
  }

  private static SparkSession cluster(int executors, int cores) {
    return LocalCluster.builder(executors, cores)
        .config("spark.executor.extraJavaOptions", "-XX:+UseSerialGC")
        .getOrCreate();
  }
}
