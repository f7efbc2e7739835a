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
 * Our own natives jars: files under {@code META-INF/llamastream/native/<platform>/}, or a folder
 * below for a variant. They are listed in {@code files.txt} there. Its first line is the content's
 * hash, a line "version 0.1.0" may follow, the others are "sha256 name".
 */
public final class ResourceNatives implements NativeBundle {

  private static final Pattern VERSION = Pattern.compile("version (\\S+)");
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)");

  private final String platform;
  private final String variant;
  private final String origin;
  private final Resources resources;
  private final String contentHash;
  private final String version;
  private final Map<String, String> hashes = new LinkedHashMap<>();

  private ResourceNatives(
      String platform, String variant, String origin, Resources resources, List<String> lines)
      throws IOException {
    this.platform = platform;
    this.variant = variant;
    this.origin = origin;
    this.resources = resources;
    String list = list(platform, variant);
    if (lines.isEmpty()) {
      throw new IOException(list + " is empty, in " + origin);
    }
    contentHash = lines.getFirst();
    Matcher second = VERSION.matcher(lines.size() > 1 ? lines.get(1) : "");
    boolean hasVersion = second.matches();
    version = hasVersion ? second.group(1) : "";
    for (String line : lines.subList(hasVersion ? 2 : 1, lines.size())) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new IOException(
            String.format(
                Locale.ROOT, "%s: '%s', must be 'sha256  name', in %s", list, line, origin));
      }
      hashes.put(matcher.group(2), matcher.group(1));
    }
  }

  /** The source of the files: the resources of a jar or a module. */
  @FunctionalInterface
  public interface Resources {
    /** Opens a resource by its name; null if it does not exist. */
    @Nullable InputStream open(String name) throws IOException;
  }

  /** The name of the list of a platform's files; an empty variant is the CPU's. */
  public static String list(String platform, String variant) {
    return directory(platform, variant) + "files.txt";
  }

  private static String directory(String platform, String variant) {
    String directory = "META-INF/llamastream/native/" + platform + "/";
    return variant.isEmpty() ? directory : directory + variant + "/";
  }

  /**
   * The bundle in the resources for a platform and a variant.
   *
   * @param origin names the jar or the module in messages
   */
  public static Optional<NativeBundle> find(
      String platform, String variant, String origin, Resources resources) throws IOException {
    try (InputStream in = resources.open(list(platform, variant))) {
      if (in == null) {
        return Optional.empty();
      }
      List<String> lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().toList();
      return Optional.of(new ResourceNatives(platform, variant, origin, resources, lines));
    }
  }

  @Override
  public String platform() {
    return platform;
  }

  @Override
  public String variant() {
    return variant;
  }

  @Override
  public String version() {
    return version;
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
    String name = directory(platform, variant) + file;
    InputStream in = resources.open(name);
    if (in == null) {
      throw new FileNotFoundException(name + " is missing in " + origin);
    }
    return new HashedStream(file, in, Objects.requireNonNull(hashes.get(file)));
  }

  /** Where the bundle is. */
  @Override
  public String toString() {
    return origin;
  }
}
