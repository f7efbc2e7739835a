package dev.llamastream.internal.natives;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Natives jars whose libraries are lines of text. */
final class MadeUpNatives {

  private final Map<String, byte[]> entries = new TreeMap<>();

  /** Adds the files of one platform and variant; an empty version is none. */
  MadeUpNatives add(String platform, String variant, String version, Map<String, String> files) {
    String list = ResourceNatives.list(platform, variant);
    StringBuilder sums = new StringBuilder();
    files.forEach(
        (name, content) -> {
          entries.put(list.replaceFirst("files\\.txt$", name), content.getBytes(UTF_8));
          sums.append(sha256(content)).append("  ").append(name).append('\n');
        });
    String second = version.isEmpty() ? "" : "version " + version + "\n";
    entries.put(list, (sha256(sums.toString()) + "\n" + second + sums).getBytes(UTF_8));
    return this;
  }

  /** Writes a jar, or a folder if the path does not end so. */
  Path write(Path path) throws IOException {
    if (path.toString().endsWith(".jar")) {
      try (OutputStream out = Files.newOutputStream(path);
          JarOutputStream jar = new JarOutputStream(out)) {
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
          jar.putNextEntry(new JarEntry(entry.getKey()));
          jar.write(entry.getValue());
        }
      }
    } else {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        Path file = path.resolve(entry.getKey());
        Files.createDirectories(file.getParent());
        Files.write(file, entry.getValue());
      }
    }
    return path;
  }

  private static String sha256(String content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(content.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
