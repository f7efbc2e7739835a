import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gradle's metadata of a module. A build that asks for an operating system and a processor gets the
 * libraries of these. Other builds get those of all platforms, because Gradle prefers the variant
 * without more attributes than it asked for.
 */
record GradleModule(String name, String version) {

  private static final String GROUP = "dev.llamastream";
  private static final String NATIVES = "llamastream-natives";

  static String natives(String version, List<Platform> platforms) {
    GradleModule module = new GradleModule(NATIVES, version);
    List<Object> library = List.of(module.dependency("llamastream"));
    List<Object> variants = new ArrayList<>();
    variants.add(module.variant("api", usage("java-api"), library, List.of()));
    variants.add(
        module.variant(
            "runtime",
            usage("java-runtime"),
            library,
            platforms.stream().map(platform -> module.file("-" + platform.name())).toList()));
    for (Platform platform : platforms) {
      Map<String, Object> attributes = usage("java-runtime");
      attributes.put("org.gradle.native.operatingSystem", platform.system());
      attributes.put("org.gradle.native.architecture", platform.processor());
      List<Object> file = List.of(module.file("-" + platform.name()));
      variants.add(module.variant("runtime-" + platform.name(), attributes, library, file));
    }
    return module.json(variants);
  }

  static String all(String version) {
    GradleModule module = new GradleModule("llamastream-all", version);
    Object library = module.dependency("llamastream");
    List<Object> file = List.of(module.file(""));
    return module.json(
        List.of(
            module.variant("api", usage("java-api"), List.of(library), file),
            module.variant(
                "runtime",
                usage("java-runtime"),
                List.of(library, module.dependency(NATIVES)),
                file)));
  }

  private String json(List<Object> variants) {
    Map<String, Object> component = Json.object("group", GROUP, "module", name, "version", version);
    String status = version.endsWith("-SNAPSHOT") ? "integration" : "release";
    component.put("attributes", Json.object("org.gradle.status", status));
    return Json.of(
        Json.object("formatVersion", "1.1", "component", component, "variants", variants));
  }

  private Map<String, Object> variant(
      String variant,
      Map<String, Object> attributes,
      List<Object> dependencies,
      List<Object> files) {
    return Json.object(
        "name", variant, "attributes", attributes, "dependencies", dependencies, "files", files);
  }

  private static Map<String, Object> usage(String usage) {
    return Json.object(
        "org.gradle.category", "library",
        "org.gradle.dependency.bundling", "external",
        "org.gradle.jvm.version", 25,
        "org.gradle.libraryelements", "jar",
        "org.gradle.usage", usage);
  }

  private Object dependency(String module) {
    return Json.object(
        "group", GROUP, "module", module, "version", Json.object("requires", version));
  }

  private Object file(String classifier) {
    String file = name + "-" + version + classifier + ".jar";
    return Json.object("name", file, "url", file);
  }
}
