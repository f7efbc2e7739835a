package dev.llamastream.spark;

import dev.llamastream.StreamStats;
import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What tasks have done, as Spark's accumulators. Their names in Spark's UI start with {@code
 * llamastream}. The numbers grow while tasks run. Work that is done again, by a retried or a
 * speculative task or because a result is computed twice, counts again.
 *
 * @since 0.1.0
 */
public final class LlamaUsage implements Serializable {

  private static final long serialVersionUID = 1;

  private final String application;
  private final LongAccumulator rows;
  private final LongAccumulator errors;
  private final LongAccumulator promptTokens;
  private final LongAccumulator cachedPromptTokens;
  private final LongAccumulator generatedTokens;
  private final LongAccumulator nanoseconds;

  /** Counts in this JVM only. */
  LlamaUsage() {
    application = "";
    rows = new LongAccumulator();
    errors = new LongAccumulator();
    promptTokens = new LongAccumulator();
    cachedPromptTokens = new LongAccumulator();
    generatedTokens = new LongAccumulator();
    nanoseconds = new LongAccumulator();
  }

  LlamaUsage(SparkContext spark) {
    application = spark.applicationId();
    rows = spark.longAccumulator("llamastream rows");
    errors = spark.longAccumulator("llamastream errors");
    promptTokens = spark.longAccumulator("llamastream prompt tokens");
    cachedPromptTokens = spark.longAccumulator("llamastream cached prompt tokens");
    generatedTokens = spark.longAccumulator("llamastream generated tokens");
    nanoseconds = spark.longAccumulator("llamastream nanoseconds");
  }

  /** Whether it counts what this context's tasks do. */
  boolean belongsTo(SparkContext spark) {
    return spark.applicationId().equals(application);
  }

  void add(RowAnswer answer) {
    StreamStats stats = answer.stats();
    rows.add(1L);
    errors.add(answer.error() == null ? 0L : 1L);
    promptTokens.add((long) stats.promptTokens());
    cachedPromptTokens.add((long) stats.cachedPromptTokens());
    generatedTokens.add((long) stats.generatedTokens());
  }

  void addTime(long nanos) {
    nanoseconds.add(nanos);
  }

  /** How many rows have their results, those with an error included. */
  public long rows() {
    return rows.value();
  }

  /** How many rows have an error. */
  public long errors() {
    return errors.value();
  }

  /** The tokens of the prompts, or of the embedded texts. */
  public long promptTokens() {
    return promptTokens.value();
  }

  /** How many of the prompts' tokens were not computed: others had the same beginning. */
  public long cachedPromptTokens() {
    return cachedPromptTokens.value();
  }

  /** How many tokens were generated. */
  public long generatedTokens() {
    return generatedTokens.value();
  }

  /** The time that tasks had rows in work, all tasks together. */
  public long nanoseconds() {
    return nanoseconds.value();
  }
}
