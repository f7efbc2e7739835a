package dev.llamastream.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Spark with executors in JVMs of their own: two of them, for two tasks each. All tests share them.
 */
final class LocalCluster implements ParameterResolver, AutoCloseable {

  private SparkSession session;

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == SparkSession.class;
  }

  @Override
  public SparkSession resolveParameter(ParameterContext parameter, ExtensionContext test) {
    return test.getRoot()
        .getStore(ExtensionContext.Namespace.GLOBAL)
        .computeIfAbsent(
            LocalCluster.class, key -> new LocalCluster().started(), LocalCluster.class)
        .session;
  }

  private LocalCluster started() {
    session =
        builder(2, 2)
            // the executors find the native libraries as this JVM does, in the build
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .getOrCreate();
    return this;
  }

  @Override
  public void close() {
    session.stop();
  }

  static SparkSession.Builder builder(int executors, int cores) {
    createHome();
    return SparkSession.builder()
        .master("local-cluster[" + executors + "," + cores + ",1024]")
        .appName("llamastream")
        .config("spark.executor.memory", "512m")
        .config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.sql.warehouse.dir", home().resolve("warehouse").toString());
  }

  private static Path home() {
    return Path.of(System.getenv("SPARK_HOME"));
  }

  /** Workers refuse to start executors without it. */
  private static void createHome() {
    try {
      Files.createDirectories(home().resolve("jars"));
      Path release = home().resolve("RELEASE");
      if (!Files.exists(release)) {
        Files.createFile(release);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
