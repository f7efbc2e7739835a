package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The small model used when none is given. {@code models/fetch.sh} downloads it once. */
final class DefaultModel {

  private DefaultModel() {}

  static Path get() throws IOException, InterruptedException {
    // set by the launcher
    String home = System.getProperty("llamastream.home");
    if (home == null) {
      throw new IOException("no model: name one with -m");
    }
    String script = Path.of(home, "models", "fetch.sh").toString();
    Path model = Path.of(output("sh", script, "--path"));
    if (!Files.exists(model)) {
      output("sh", script);
    }
    return model;
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
