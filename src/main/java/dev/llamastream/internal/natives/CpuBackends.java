package dev.llamastream.internal.natives;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The libraries of a folder that compute on the CPU, each for processors that have certain
 * features.
 */
final class CpuBackends {

  private CpuBackends() {}

  /** Why none of a folder's could be used, and what to do; whole sentences. */
  static String whyNone(Path directory, String platform) {
    List<String> names = names(directory);
    return names.isEmpty()
        ? "The folder has no ggml-cpu library: copy all libraries of a build into it."
        : String.format(
            Locale.ROOT,
            "This processor lacks what each of these needs, or they cannot be read: %s.%n%s",
            String.join(", ", names),
            MissingNatives.build(platform));
  }

  private static List<String> names(Path directory) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*ggml-cpu*")) {
      files.forEach(file -> names.add(String.valueOf(file.getFileName())));
    } catch (IOException | DirectoryIteratorException e) {
      // what cannot be listed is not there for llama.cpp either
    }
    names.sort(null);
    return names;
  }
}
