package dev.llamastream.internal.ffm;

import dev.llamastream.spi.NativeBundle;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Our own natives jars: files under {@code META-INF/llamastream/native/<platform>/}, listed in
 * {@code files.txt} there, one "sha256 name" per line, the first line being the content's hash.
 */
record ResourceNatives(String platform, String contentHash, List<String> files)
    implements NativeBundle {

  static String list(String platform) {
    return directory(platform) + "files.txt";
  }

  private static String directory(String platform) {
    return "META-INF/llamastream/native/" + platform + "/";
  }

  static Optional<NativeBundle> find(String platform) throws IOException {
    try (InputStream in = resource(list(platform))) {
      if (in == null) {
        return Optional.empty();
      }
      List<String> lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().toList();
      if (lines.isEmpty()) {
        throw new IOException(list(platform) + " is empty");
      }
      List<String> files = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        files.add(line.substring(line.lastIndexOf(' ') + 1));
      }
      return Optional.of(new ResourceNatives(platform, lines.getFirst(), files));
    }
  }

  @Override
  public InputStream open(String file) throws IOException {
    InputStream in = resource(directory(platform) + file);
    if (in == null) {
      throw new FileNotFoundException(directory(platform) + file);
    }
    return in;
  }

  // names that are no package names are open to every module
  private static @Nullable InputStream resource(String name) {
    return ResourceNatives.class.getClassLoader().getResourceAsStream(name);
  }
}
