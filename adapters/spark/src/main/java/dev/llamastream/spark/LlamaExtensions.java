package dev.llamastream.spark;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.internal.SQLConf;
import scala.Function1;
import scala.Tuple3;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * Adds the functions of {@link LlamaFunctions} to all sessions: {@code
 * spark.sql.extensions=dev.llamastream.spark.LlamaExtensions}. The settings are the session's, with
 * {@code spark.llamastream.} before their names: {@code spark.llamastream.model=/models/a.gguf}.
 *
 * @since 0.1.0
 */
public final class LlamaExtensions implements Function1<SparkSessionExtensions, BoxedUnit> {

  private static final String PREFIX = "spark.llamastream.";

  /** For Spark. */
  public LlamaExtensions() {}

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    for (CallBuilder builder : LlamaFunctions.all(LlamaExtensions::settings)) {
      extensions.injectFunction(
          new Tuple3<>(
              new FunctionIdentifier(builder.name()),
              new ExpressionInfo(LlamaFunctions.class.getName(), builder.name()),
              builder::build));
    }
    extensions.injectPreCBORule(session -> new ExtractCalls());
    extensions.injectPlannerStrategy(session -> new AnswerStrategy());
    return BoxedUnit.UNIT;
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    CollectionConverters.asJava(SQLConf.get().getAllConfs())
        .forEach(
            (name, value) -> {
              if (name.startsWith(PREFIX)) {
                settings.put(name.substring(PREFIX.length()), value);
              }
            });
    return settings;
  }
}
