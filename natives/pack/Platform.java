import java.util.List;
import java.util.stream.Stream;

/**
 * A platform, such as linux-x86_64.
 *
 * @param system as Gradle calls it
 * @param processor as Gradle calls it
 */
record Platform(String name, String system, String processor) {

  static final List<Platform> PUBLISHED =
      Stream.of("linux-x86_64", "linux-aarch64", "windows-x86_64", "macos-aarch64")
          .map(Platform::of)
          .toList();

  static Platform of(String name) {
    int dash = name.indexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException(
          "platform: '%s', must be <system>-<processor>".formatted(name));
    }
    return new Platform(
        name, name.substring(0, dash), name.substring(dash + 1).replace("x86_64", "x86-64"));
  }

  static List<String> names() {
    return PUBLISHED.stream().map(Platform::name).toList();
  }

  boolean isPublished() {
    return PUBLISHED.contains(this);
  }

  String moduleName() {
    return "dev.llamastream.natives." + name.replace('-', '.');
  }
}
