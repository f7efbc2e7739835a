package dev.llamastream.spark;

import dev.llamastream.internal.natives.NativeLibrary;
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

  static final String OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private SparkSession session;

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == SparkSession.class;
  }

  @Override
  public SparkSession resolveParameter(ParameterContext parameter, ExtensionContext test) {
    LocalCluster shared =
        test.getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .computeIfAbsent(LocalCluster.class, key -> new LocalCluster(), LocalCluster.class);
    return shared.running();
  }

  private SparkSession running() {
    if (session == null || session.sparkContext().isStopped()) {
      session = builder(2, 2).getOrCreate();
    }
    return session;
  }

  private static String libraryPath() {
    return "-Dllamastream.library.path=" + NativeLibrary.load().directory();
  }

  @Override
  public void close() {
    session.stop();
  }

  /** Another cluster in place of the shared one, which starts again when a test asks for it. */
  static SparkSession.Builder builder(int executors, int cores) {
    return builder("local-cluster[" + executors + "," + cores + ",1024]");
  }

  /** Any cluster in place of the shared one. */
  static SparkSession.Builder builder(String master) {
    SparkSession.getDefaultSession().foreach(LocalCluster::stopped);
    createHome();
    return SparkSession.builder()
        .master(master)
        .appName("llamastream")
        .config("spark.executor.memory", "512m")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.executor.extraJavaOptions", OPTIONS + " " + libraryPath())
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.sql.warehouse.dir", home().resolve("warehouse").toString());
  }

  private static Void stopped(SparkSession session) {
    session.stop();
    return null;
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
