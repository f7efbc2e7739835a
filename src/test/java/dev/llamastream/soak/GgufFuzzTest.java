package dev.llamastream.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.Jazzer;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.llamastream.fixture.ChildJvm;
import dev.llamastream.fixture.Soak;
import dev.llamastream.internal.natives.NativeLibrary;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken model files: each is loaded or refused, and the JVM lives. */
@Tag("soak")
class GgufFuzzTest {

  @Test
  void mutations() throws Exception {
    assertThat(SeedRunner.run(GgufFuzz.class, Soak.scaled(20_000))).isEmpty();
  }

  /** Guided by coverage of our checks. What a finding leaves lies in target/soak. */
  @Test
  void guidedByCoverage(@TempDir Path corpus) throws Exception {
    List<byte[]> headers = new GgufMutation().headers();
    for (int i = 0; i < headers.size(); i++) {
      Files.write(corpus.resolve("header" + i), headers.get(i));
    }
    Path findings = Files.createDirectories(GgufFuzzTarget.FILE.getParent());
    long runs = Soak.scaled(100_000);
    Process process =
        ChildJvm.start(
            Jazzer.class,
            ChildJvm.classes(NativeLibrary.class),
            Stream.of(Jazzer.class, FuzzedDataProvider.class).map(GgufFuzzTest::jar).toList(),
            List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+EnableDynamicAgentLoading",
                "-XX:ErrorFile=" + findings.resolve("hs_err_%p.log"),
                "-Xmx512m",
                "-Djava.util.logging.config.file=/dev/null"),
            "--target_class=" + GgufFuzzTarget.class.getName(),
            "--instrumentation_includes=dev.llamastream.gguf.**",
            "--reproducer_path=" + findings,
            "-artifact_prefix=" + findings + "/",
            "-seed=1",
            "-timeout=300",
            "-runs=" + runs,
            corpus.toString());
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("Done " + runs + " runs");
    output.lines().filter(line -> line.matches("#.*DONE.*|total .*")).forEach(System.out::println);
  }

  private static Path jar(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
