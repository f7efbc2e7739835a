package dev.llamastream.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.natives.NativeLibrary;
import dev.llamastream.internal.natives.ResourceNatives;
import dev.llamastream.store.Models;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All comes as Spark ships it: jars in spark.jars, the model in spark.files, settings by name. */
class NativesJarTest {

  @TempDir Path folder;

  @Test
  void executorsNeedNothingButWhatSparkShips() throws Exception {
    Path library = location(Model.class);
    Path adapter = location(LlamaExtensions.class);
    Path store = location(Models.class);
    Path model = Files.copy(TinyModel.defaultPath(), folder.resolve("tiny.gguf"));
    Path cache = folder.resolve("cache");
    String jars =
        Stream.of(jar(library), jar(adapter), natives())
            .map(Path::toString)
            .collect(Collectors.joining(","));

    try (SparkSession spark =
        LocalCluster.builder(1, 1)
            .config("spark.jars", jars)
            .config("spark.files", model.toString())
            .config("spark.executor.extraClassPath", classPathWithout(library, adapter, store))
            .config(
                "spark.executor.extraJavaOptions",
                LocalCluster.OPTIONS + " -Dllamastream.cache.dir=" + cache)
            .config("spark.sql.extensions", LlamaExtensions.class.getName())
            .config("spark.llamastream.model", "sparkfiles:tiny.gguf")
            .config("spark.llamastream.sha256", sha256(Files.readAllBytes(model)))
            .config("spark.llamastream.maxTokens", "3")
            .getOrCreate()) {
      assertThat(answers(spark)).containsExactly("null|3");
      spark.conf().set("spark.llamastream.model", model.toString());
      assertThat(answers(spark)).containsExactly("null|3");
      assertThat(cache).isNotEmptyDirectory();
    }
  }

  private static List<String> answers(SparkSession spark) {
    return spark
        .sql(
            "SELECT a.error, a.generated_tokens FROM (SELECT llm_generate(v) a FROM VALUES ('a') AS x(v))")
        .collectAsList()
        .stream()
        .map(row -> row.toSeq().mkString("|"))
        .toList();
  }

  private static Path location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static String classPathWithout(Path... paths) {
    List<Path> left = List.of(paths);
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(path -> path.endsWith(".jar") && !left.contains(Path.of(path)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Path jar(Path classes) throws IOException {
    if (!Files.isDirectory(classes)) {
      return classes;
    }
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(classes)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> files.put(classes.relativize(file).toString(), file));
    }
    return jar(files, Map.of());
  }

  private Path natives() throws Exception {
    Path directory = NativeLibrary.load().directory();
    String list = ResourceNatives.list(directory.getFileName().toString(), "");
    String prefix = list.substring(0, list.lastIndexOf('/') + 1);
    Map<String, Path> files = new TreeMap<>();
    StringBuilder sums = new StringBuilder("0".repeat(64)).append('\n');
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        files.put(prefix + file.getFileName(), file);
        sums.append(sha256(Files.readAllBytes(file)))
            .append("  ")
            .append(file.getFileName())
            .append('\n');
      }
    }
    return jar(files, Map.of(list, sums.toString()));
  }

  private Path jar(Map<String, Path> files, Map<String, String> texts) throws IOException {
    Path jar = Files.createTempFile(folder, "part", ".jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (Map.Entry<String, Path> file : files.entrySet()) {
        entries.putNextEntry(new JarEntry(file.getKey().replace(File.separatorChar, '/')));
        Files.copy(file.getValue(), entries);
      }
      for (Map.Entry<String, String> text : texts.entrySet()) {
        entries.putNextEntry(new JarEntry(text.getKey()));
        entries.write(text.getValue().getBytes(UTF_8));
      }
    }
    return jar;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
