import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes what is published of llamastream-all. natives/all/pom.xml calls it, after Pack. */
final class PackAll {

  static void main(String[] arguments) throws IOException {
    Settings settings = Settings.of(arguments);
    String version = settings.get("version");
    Path pom = Path.of(settings.get("pom"));
    PublishedPom.announceModule(pom);
    PublishedPom.depend(pom, packed(Path.of(settings.get("natives")), version));
    Files.writeString(
        Path.of(settings.get("output")).resolve("llamastream-all-" + version + ".module"),
        GradleModule.all(version));
  }

  /** The platforms for which there is a jar. */
  private static List<String> packed(Path folder, String version) {
    return Platform.PUBLISHED.stream()
        .map(Platform::name)
        .filter(
            name ->
                Files.exists(
                    folder.resolve("llamastream-natives-" + version + "-" + name + ".jar")))
        .toList();
  }
}
