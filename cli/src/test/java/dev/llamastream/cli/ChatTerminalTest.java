package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** A chat as a process of its own, on a terminal that {@code script} makes. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class ChatTerminalTest {

  /** At the end of a line that was read: pasting means nothing special any more. */
  private static final String LINE_READ = "\u001B\\[\\?2004l";

  @TempDir private Path directory;
  private Process process;
  private final StringBuilder screen = new StringBuilder();

  @BeforeAll
  static void letChildrenReceiveSigint() {
    Sigint.letChildrenReceiveIt();
  }

  @BeforeEach
  void start() throws IOException {
    // an answer that cannot end
    Path grammar = Files.writeString(directory.resolve("endless"), "root ::= [a-z ] root");
    String command =
        Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--class-path",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "chat",
                "--temp",
                "0",
                "--model",
                Cli.MODEL,
                "--grammar-file",
                grammar.toString())
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" ", "exec ", ""));
    ProcessBuilder builder = new ProcessBuilder("script", "-qefc", command, "/dev/null");
    builder.environment().put("SHELL", "/bin/sh");
    builder.environment().put("TERM", "xterm-256color");
    builder.environment().put("XDG_STATE_HOME", directory.toString());
    builder.environment().remove("NO_COLOR");
    process = builder.redirectErrorStream(true).start();
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  void ctrlCStopsTheAnswerAndThePromptComesBack() throws Exception {
    await("> ");
    type("Say something\r");
    await(LINE_READ);
    await("[a-z ]{10,}");
    type("\u0003");
    await("\\[Stopped].*tokens/s.*> ");
    // at the prompt it gives up the line
    type("half a li");
    await("half a li");
    type("\u0003");
    await("> ");
    type("/system\r");
    await("There is no system message\\..*> ");
    type("\u0004");
    screen.append(new String(process.getInputStream().readAllBytes(), UTF_8));

    assertThat(process.waitFor()).as(screen.toString()).isZero();
    assertThat(screen.toString()).doesNotContain("WARNING", "Exception");
    assertThat(directory.resolve("llamastream/chat_history"))
        .content()
        .containsPattern("(?s)Say something\\R.*/system\\R")
        .doesNotContain("half");
  }

  @Test
  void sigtermEndsItWithoutAnError() throws Exception {
    await("> ");
    type("Say something\r");
    await(LINE_READ);
    await("[a-z ]{10,}");
    String chat =
        process
            .descendants()
            .filter(each -> each.info().command().orElse("").endsWith("java"))
            .map(each -> Long.toString(each.pid()))
            .findFirst()
            .orElseThrow();
    new ProcessBuilder("kill", "-TERM", chat).start().waitFor();
    String rest = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(rest).isEqualTo(143);
    assertThat(rest).doesNotContain("error", "Exception");
  }

  private void type(String keys) throws IOException {
    process.getOutputStream().write(keys.getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits until this appears behind what was waited for before. */
  private void await(String pattern) throws IOException {
    InputStream out = process.getInputStream();
    StringBuilder shown = new StringBuilder();
    while (!shown.toString().matches("(?s).*" + pattern + ".*")) {
      int next = out.read();
      assertThat(next).as("the end of: %s%s", screen, shown).isNotNegative();
      shown.append((char) next);
    }
    screen.append(shown);
  }
}
