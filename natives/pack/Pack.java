import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Packs the native libraries, one jar for each platform, and writes what is published beside them.
 * natives/pom.xml calls it.
 */
final class Pack {

  private final Settings settings;
  private final Path root;
  private final Path output;
  private final String version;
  private final Instant time;

  private Pack(Settings settings) {
    this.settings = settings;
    root = Path.of(settings.get("root"));
    output = Path.of(settings.get("output"));
    version = settings.get("version");
    time = Instant.parse(settings.get("time"));
  }

  static void main(String[] arguments) throws IOException {
    try {
      new Pack(Settings.of(arguments)).pack();
    } catch (IllegalArgumentException e) {
      System.err.println("natives: " + e.getMessage());
      System.exit(1);
    }
  }

  private void pack() throws IOException {
    Map<Platform, Path> libraries = libraries();
    Path scratch = output.resolve("modules");
    Files.createDirectories(scratch);
    removeOldJars();

    Map<Platform, Path> jars = new LinkedHashMap<>();
    for (var found : libraries.entrySet()) {
      Platform platform = found.getKey();
      Path jar = output.resolve(name("-" + platform.name() + ".jar"));
      new NativesJar(platform, root, version).entries(found.getValue(), scratch).writeTo(jar, time);
      System.out.printf("natives: %s, from %s%n", jar.getFileName(), found.getValue());
      jars.put(platform, jar);
    }
    sources().writeTo(output.resolve(name("-sources.jar")), time);
    List<Platform> published = jars.keySet().stream().filter(Platform::isPublished).toList();
    Files.writeString(output.resolve(name(".module")), GradleModule.natives(version, published));
    Files.writeString(
        output.resolve(name("-cyclonedx.json")), new Sbom(root, version, time).json(jars));
    PublishedPom.announceModule(Path.of(settings.get("pom")));
  }

  private String name(String end) {
    return "llamastream-natives-" + version + end;
  }

  private void removeOldJars() throws IOException {
    List<Path> old;
    try (var files = Files.list(output)) {
      old = files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
    for (Path jar : old) {
      Files.delete(jar);
    }
  }

  /** The folders of the platforms whose libraries are there. */
  private Map<Platform, Path> libraries() {
    boolean all = settings.get("all").equals("true");
    List<String> absent = settings.list("absent");
    for (String name : absent) {
      if (!Platform.names().contains(name)) {
        throw new IllegalArgumentException(
            "natives.absent: '%s', must be one of %s".formatted(name, Platform.names()));
      }
    }
    List<Platform> platforms = new ArrayList<>(Platform.PUBLISHED);
    Platform host = Platform.of(settings.get("host"));
    if (!host.isPublished()) {
      platforms.add(host);
    }
    Map<Platform, Path> found = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (Platform platform : platforms) {
      Optional<Path> folder = folder(platform, host);
      if (folder.isPresent()) {
        found.put(platform, folder.get());
      } else if (all && platform.isPublished() && !absent.contains(platform.name())) {
        missing.add(platform.name());
      } else {
        System.out.printf(
            "natives: %s is left out: its libraries are not built%n", platform.name());
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          """
          no libraries for %s in %s. Build them with cmake -DOUTPUT_DIR=target/native -DPLATFORM=<platform> -P native/build.cmake, \
          or publish without: -Dnatives.absent=%s"""
              .formatted(
                  String.join(", ", missing),
                  settings.get("published"),
                  String.join(",", missing)));
    }
    return found;
  }

  private Optional<Path> folder(Platform platform, Platform host) {
    List<Path> candidates = new ArrayList<>();
    candidates.add(Path.of(settings.get("published")).resolve(platform.name()));
    if (platform.equals(host)) {
      settings.list("own").forEach(own -> candidates.add(Path.of(own)));
    }
    return candidates.stream().filter(Pack::holdsLibraries).findFirst();
  }

  private static boolean holdsLibraries(Path folder) {
    return Stream.of("libllamastream.so", "libllamastream.dylib", "llamastream.dll")
        .anyMatch(name -> Files.exists(folder.resolve(name)));
  }

  /** The sources of the libraries. llama.cpp is not among them: native/llama.cpp.ref names it. */
  private Entries sources() throws IOException {
    Entries entries = new Entries();
    for (String folder : List.of("native", "natives/src")) {
      entries.putAll(folder + "/", root.resolve(folder));
    }
    return entries;
  }
}
