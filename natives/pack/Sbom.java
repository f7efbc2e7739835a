import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What is in the natives jars, in the format of CycloneDX. */
record Sbom(Path root, String version, Instant time) {

  /**
   * @param jars by platform
   */
  String json(Map<Platform, Path> jars) throws IOException {
    List<Component> components = Component.all(root);
    List<Object> parts = new ArrayList<>();
    List<Object> dependencies = new ArrayList<>();
    List<String> references = new ArrayList<>();
    for (var jar : jars.entrySet()) {
      String reference = reference("classifier=" + jar.getKey().name() + "&type=jar");
      Map<String, Object> part = own(jar.getValue().getFileName().toString(), reference);
      part.put(
          "hashes",
          List.of(
              Json.object(
                  "alg", "SHA-256", "content", Sha256.of(Files.readAllBytes(jar.getValue())))));
      parts.add(part);
      references.add(reference);
      List<String> inside =
          components.stream()
              .filter(component -> component.isIn(jar.getKey()))
              .map(Sbom::reference)
              .toList();
      dependencies.add(Json.object("ref", reference, "dependsOn", inside));
    }
    for (Component component : components) {
      if (jars.keySet().stream().anyMatch(component::isIn)) {
        parts.add(other(component));
      }
    }
    String whole = reference("type=pom");
    dependencies.add(Json.object("ref", whole, "dependsOn", references));
    UUID serial = UUID.nameUUIDFromBytes(whole.getBytes(StandardCharsets.UTF_8));
    return Json.of(
        Json.object(
            "bomFormat",
            "CycloneDX",
            "specVersion",
            "1.6",
            "serialNumber",
            "urn:uuid:" + serial,
            "version",
            1,
            "metadata",
            Json.object(
                "timestamp", time.toString(),
                "component", own("llamastream-natives", whole)),
            "components",
            parts,
            "dependencies",
            dependencies));
  }

  private String reference(String qualifiers) {
    return "pkg:maven/dev.llamastream/llamastream-natives@" + version + "?" + qualifiers;
  }

  private static String reference(Component component) {
    String version = component.version().isEmpty() ? "" : "@" + component.version();
    String path = component.source().replaceFirst("https://", "").replaceFirst("[.]git$", "");
    return path.startsWith("github.com/")
        ? "pkg:github/" + path.substring("github.com/".length()) + version
        : "pkg:generic/" + component.name() + version;
  }

  private Map<String, Object> own(String name, String reference) {
    return Json.object(
        "type", "library",
        "bom-ref", reference,
        "group", "dev.llamastream",
        "name", name,
        "version", version,
        "licenses", List.of(Json.object("expression", "MIT")),
        "purl", reference);
  }

  private Map<String, Object> other(Component component) throws IOException {
    Map<String, Object> part =
        Json.object(
            "type", "library",
            "bom-ref", reference(component),
            "name", component.name(),
            "description", component.what(),
            "licenses", List.of(Json.object("expression", component.license())),
            "purl", reference(component),
            "externalReferences", List.of(Json.object("type", "vcs", "url", component.source())));
    if (!component.version().isEmpty()) {
      part.put("version", component.version());
    }
    if (component.name().equals("llama.cpp")) {
      String tree = Component.llamaCpp(root).getProperty("TREE");
      part.put("properties", List.of(Json.object("name", "git:tree", "value", tree)));
    }
    return part;
  }
}
