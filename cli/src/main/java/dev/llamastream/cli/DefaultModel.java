package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The small model used when none is given. {@code models/fetch.sh} downloads it once. */
final class DefaultModel {

  /** The file's name in {@code models}, as in {@code fetch.sh}: a shell would take 20 ms to say. */
  static final String NAME = "SmolLM2-135M-Instruct.Q4_1.gguf";

  private DefaultModel() {}

  static Path get() throws IOException, InterruptedException {
    // set by the launcher
    String home = System.getProperty("llamastream.home");
    if (home == null) {
      throw new IOException("no model: name one with -m");
    }
    Path model = Path.of(home, "models", NAME);
    if (Files.exists(model)) {
      return model;
    }
    // the path is the last line
    String output = output("sh", Path.of(home, "models", "fetch.sh").toString());
    return Path.of(output.substring(output.lastIndexOf('\n') + 1));
  }

  /** Captures a command's output; its progress goes to standard error. */
  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "no default model: '%s' ended with status %d; name another model with -m",
              String.join(" ", command),
              status));
    }
    return output;
  }
}
