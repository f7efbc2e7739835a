package dev.llamastream.internal.natives;

import dev.llamastream.spi.NativeBundle;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Our own natives jars: files under {@code META-INF/llamastream/native/<platform>/}, listed in
 * {@code files.txt} there, one "sha256 name" per line, the first line being the content's hash.
 */
public final class ResourceNatives implements NativeBundle {

  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)");

  private final String platform;
  private final String contentHash;
  private final Map<String, String> hashes;
  private final Resources resources;

  private ResourceNatives(
      String platform, String contentHash, Map<String, String> hashes, Resources resources) {
    this.platform = platform;
    this.contentHash = contentHash;
    this.hashes = hashes;
    this.resources = resources;
  }

  /** The source of the files: the resources of a class loader or a module. */
  @FunctionalInterface
  public interface Resources {
    /** Opens a resource by its name; null if it does not exist. */
    @Nullable InputStream open(String name) throws IOException;
  }

  /** The name of the list of a platform's files. */
  public static String list(String platform) {
    return directory(platform) + "files.txt";
  }

  private static String directory(String platform) {
    return "META-INF/llamastream/native/" + platform + "/";
  }

  /** The bundle on the class path for a platform. */
  static Optional<NativeBundle> find(String platform) throws IOException {
    // resource names that are not package names are open to every module
    return find(platform, ResourceNatives.class.getClassLoader()::getResourceAsStream);
  }

  /** The bundle in the resources for a platform. */
  public static Optional<NativeBundle> find(String platform, Resources resources)
      throws IOException {
    try (InputStream in = resources.open(list(platform))) {
      if (in == null) {
        return Optional.empty();
      }
      List<String> lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().toList();
      if (lines.isEmpty()) {
        throw new IOException(list(platform) + " is empty");
      }
      Map<String, String> hashes = new LinkedHashMap<>();
      for (String line : lines.subList(1, lines.size())) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
          throw new IOException(
              String.format(Locale.ROOT, "%s: '%s', must be 'sha256  name'", list(platform), line));
        }
        hashes.put(matcher.group(2), matcher.group(1));
      }
      return Optional.of(new ResourceNatives(platform, lines.getFirst(), hashes, resources));
    }
  }

  @Override
  public String platform() {
    return platform;
  }

  @Override
  public String contentHash() {
    return contentHash;
  }

  @Override
  public List<String> files() {
    return List.copyOf(hashes.keySet());
  }

  @Override
  public InputStream open(String file) throws IOException {
    InputStream in = resources.open(directory(platform) + file);
    if (in == null) {
      throw new FileNotFoundException(directory(platform) + file);
    }
    return new HashedStream(file, in, Objects.requireNonNull(hashes.get(file)));
  }
}
