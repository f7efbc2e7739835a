package dev.llamastream.spark;

import static java.util.Objects.requireNonNull;

import dev.llamastream.spark.LlamaSettings.Mode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.sql.ExperimentalMethods;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;

/**
 * SQL functions over a model: {@code llm_generate(text)}, {@code llm_chat(text)}, {@code
 * llm_embed(text)} and {@code llm_json(text, schema)}. Each takes a map of options as its last
 * argument, by the names of {@link LlamaSettings}: {@code llm_chat(question, map('maxTokens',
 * '50'))}. Schema and options are literals.
 *
 * <p>They give structs: {@code text} ({@code value} with a schema, {@code embedding}), {@code
 * error}, {@code finish_reason}, {@code prompt_tokens}, {@code cached_tokens} and {@code
 * generated_tokens}. Null gives null. Rows are computed together as by {@link LlamaTransformer}.
 *
 * <p>They can be used in SELECT and WHERE, and what Spark rewrites to that. A row's seed is made of
 * its text.
 *
 * @since 0.1.0
 */
public final class LlamaFunctions {

  private LlamaFunctions() {}

  /** Adds the functions to a session. Replaces those that it has. */
  public static void register(SparkSession session, LlamaSettings settings) {
    requireNonNull(settings, "settings");
    org.apache.spark.sql.classic.SparkSession classic =
        (org.apache.spark.sql.classic.SparkSession) session;
    FunctionRegistry registry = classic.sessionState().functionRegistry();
    for (CallBuilder builder : all(settings::options)) {
      registry.createOrReplaceTempFunction(builder.name(), builder::build, "java_udf");
    }
    ExperimentalMethods methods = classic.experimental();
    if (Scala.list(methods.extraStrategies()).stream()
        .noneMatch(AnswerStrategy.class::isInstance)) {
      methods.extraStrategies_$eq(Scala.append(methods.extraStrategies(), new AnswerStrategy()));
      methods.extraOptimizations_$eq(
          Scala.append(methods.extraOptimizations(), new ExtractCalls()));
    }
  }

  static List<CallBuilder> all(Supplier<Map<String, String>> settings) {
    return Arrays.stream(Mode.values()).map(mode -> new CallBuilder(mode, settings)).toList();
  }
}
