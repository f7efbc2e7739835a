import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Completes flattened poms. */
final class PublishedPom {

  private static final Pattern NATIVES =
      Pattern.compile(
          """
          <dependency>
            <groupId>dev.llamastream</groupId>
            <artifactId>llamastream-natives</artifactId>
            <version>(.*)</version>
            <type>pom</type>
            <scope>runtime</scope>
          </dependency>
          """
              .indent(4));

  private static final String MODEL_VERSION = "  <modelVersion>4.0.0</modelVersion>\n";

  private PublishedPom() {}

  /** Says that there is a .module file: without it, Gradle does not ask for one. */
  static void announceModule(Path file) throws IOException {
    String pom = Files.readString(file).replace("\r", "");
    String marker = "  <!-- do_not_remove: published-with-gradle-metadata -->\n";
    String marked = pom.replace(MODEL_VERSION, MODEL_VERSION + marker);
    if (marked.equals(pom)) {
      throw new IOException(file + " has no line" + MODEL_VERSION);
    }
    Files.writeString(file, marked);
  }

  /** Puts the jar of each platform in the place of the natives' pom. */
  static void depend(Path file, List<String> platforms) throws IOException {
    String pom = Files.readString(file).replace("\r", "");
    Matcher natives = NATIVES.matcher(pom);
    if (!natives.find()) {
      throw new IOException(file + " has no dependency on the pom of llamastream-natives");
    }
    String jars =
        platforms.stream()
            .map(
                platform ->
                    natives
                        .group()
                        .replace("<type>pom</type>", "<classifier>" + platform + "</classifier>"))
            .collect(Collectors.joining());
    Files.writeString(file, pom.replace(natives.group(), jars));
  }
}
