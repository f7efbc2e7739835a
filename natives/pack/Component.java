import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** Other people's code in the libraries: a line of natives/licenses/components.txt. */
record Component(
    String name, String version, String system, String license, String source, String what) {

  static List<Component> all(Path root) throws IOException {
    String tag = llamaCpp(root).getProperty("TAG");
    try (var lines = Files.lines(root.resolve("natives/licenses/components.txt"))) {
      return lines
          .filter(line -> !line.startsWith("#"))
          .map(line -> of(line.replace("@TAG@", tag)))
          .toList();
    }
  }

  private static Component of(String line) {
    String[] parts = line.split("\\|", -1);
    if (parts.length != 6) {
      throw new IllegalArgumentException("components.txt: '%s', must have 6 parts".formatted(line));
    }
    return new Component(
        parts[0].strip(),
        parts[1].strip(),
        parts[2].strip(),
        parts[3].strip(),
        parts[4].strip(),
        parts[5].strip());
  }

  /** What native/llama.cpp.ref says. */
  static Properties llamaCpp(Path root) throws IOException {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(root.resolve("native/llama.cpp.ref"))) {
      properties.load(reader);
    }
    return properties;
  }

  boolean isIn(Platform platform) {
    return system.isEmpty() || system.equals(platform.system());
  }

  String licenseFile() {
    return name + ".txt";
  }
}
