package dev.llamastream.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** Spark with executors in JVMs of their own: two of them, for two tasks each. */
final class LocalCluster {

  private LocalCluster() {}

  /** The session that the tests share. */
  static SparkSession session() {
    return builder(2, 2)
        // the executors have this JVM's class path, and find the native libraries in the build
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .getOrCreate();
  }

  /** A session with other executors. The caller stops the shared one before. */
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
