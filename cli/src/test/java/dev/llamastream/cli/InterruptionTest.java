package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterruptionTest {

  @TempDir private Path directory;

  /** A build in the background of a shell ignores SIGINT, and so would what it starts. */
  @BeforeAll
  static void letChildrenReceiveSigint() throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle signal =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("signal"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    int sigint = 2;
    MemorySegment byDefault = MemorySegment.NULL;
    MemorySegment _ = (MemorySegment) signal.invokeExact(sigint, byDefault);
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void cancelsTheGeneration(String signal, int status) throws Exception {
    // a text that cannot end
    Path grammar = Files.writeString(directory.resolve("endless.gbnf"), "root ::= [a-z ] root");
    Process command =
        start("-n", "100000", "-c", "0", "--stats", "--grammar-file", grammar.toString(), "Once");
    InputStream out = command.getInputStream();
    String text = new String(out.readNBytes(10), UTF_8);

    new ProcessBuilder("kill", "-" + signal, Long.toString(command.pid())).start().waitFor();
    text += new String(out.readAllBytes(), UTF_8);

    assertThat(command.waitFor()).isEqualTo(status);
    assertThat(text)
        .matches("(?s)[a-z ]{10,}\\R\\[Generation cancelled]\\R\\R--- Stats ---\\R.*tokens/s\\R");
    assertThat(directory.resolve("err")).isEmptyFile();
  }

  private Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--class-path",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(Cli.greedyArguments(arguments)));
    return new ProcessBuilder(command).redirectError(directory.resolve("err").toFile()).start();
  }
}
