import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.gradle.api.Project;
import org.gradle.api.artifacts.Configuration;
import org.gradle.api.model.ObjectFactory;
import org.gradle.nativeplatform.MachineArchitecture;
import org.gradle.nativeplatform.OperatingSystemFamily;
import org.gradle.testfixtures.ProjectBuilder;

/**
 * Lets Gradle resolve what was deployed into a folder, and compares the names of the jars. For
 * newcomer.sh: Resolve.java FOLDER VERSION SCRATCH.
 */
final class Resolve {

  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-aarch64", "windows-x86_64", "macos-aarch64");

  private final String version;
  private final Path repository;
  private final Path scratch;
  private int projects;

  private Resolve(Path repository, String version, Path scratch) {
    this.repository = repository;
    this.version = version;
    this.scratch = scratch;
  }

  static void main(String[] arguments) {
    int status = 1;
    try {
      new Resolve(Path.of(arguments[0]), arguments[1], Path.of(arguments[2])).run();
      status = 0;
    } catch (Throwable e) {
      e.printStackTrace();
    } finally {
      System.exit(status); // Gradle leaves threads
    }
  }

  private void run() {
    String library = jar("");
    String all = jar("-all");
    String[] natives =
        PLATFORMS.stream().map(platform -> jar("-natives", platform)).toArray(String[]::new);

    expect("the library alone", runtime("llamastream"), library);
    expect("everything", runtime("llamastream-all"), with(natives, library, all));
    expect("to compile", compile("llamastream-all"), library, all);
    expect("all natives", runtime("llamastream-natives"), with(natives, library));
    for (String platform : PLATFORMS) {
      String own = jar("-natives", platform);
      expect("everything for " + platform, runtime("llamastream-all", platform), library, all, own);
      expect("the natives for " + platform, runtime("llamastream-natives", platform), library, own);
    }
    String classifier = "llamastream-natives:" + version + ":linux-aarch64";
    expect(
        "a classifier",
        names(project(classifier), "runtimeClasspath"),
        library,
        jar("-natives", "linux-aarch64"));
    expect("the versions of the BOM", withBom("llamastream-all"), with(natives, library, all));
  }

  private List<String> runtime(String module) {
    return names(project(module + ":" + version), "runtimeClasspath");
  }

  private List<String> runtime(String module, String platform) {
    Project project = project(module + ":" + version);
    ask(project, project.getConfigurations().getByName("runtimeClasspath"), platform);
    return names(project, "runtimeClasspath");
  }

  private List<String> compile(String module) {
    return names(project(module + ":" + version), "compileClasspath");
  }

  private List<String> withBom(String module) {
    Project project = project(module);
    var dependencies = project.getDependencies();
    dependencies.add(
        "implementation", dependencies.platform("dev.llamastream:llamastream-bom:" + version));
    return names(project, "runtimeClasspath");
  }

  private Project project(String dependency) {
    File folder = scratch.resolve("project" + projects++).toFile();
    folder.mkdirs();
    Project project =
        ProjectBuilder.builder()
            .withProjectDir(folder)
            .withGradleUserHomeDir(scratch.resolve("home").toFile())
            .build();
    project.getPluginManager().apply("java-library");
    project.getRepositories().maven(maven -> maven.setUrl(repository.toUri()));
    project.getRepositories().mavenCentral();
    project.getDependencies().add("implementation", "dev.llamastream:" + dependency);
    return project;
  }

  private static void ask(Project project, Configuration configuration, String platform) {
    String system = platform.substring(0, platform.indexOf('-'));
    String processor = platform.endsWith("x86_64") ? "x86-64" : "aarch64";
    ObjectFactory objects = project.getObjects();
    configuration.attributes(
        attributes ->
            attributes
                .attribute(
                    OperatingSystemFamily.OPERATING_SYSTEM_ATTRIBUTE,
                    objects.named(OperatingSystemFamily.class, system))
                .attribute(
                    MachineArchitecture.ARCHITECTURE_ATTRIBUTE,
                    objects.named(MachineArchitecture.class, processor)));
  }

  private static List<String> names(Project project, String configuration) {
    return project.getConfigurations().getByName(configuration).getFiles().stream()
        .map(File::getName)
        .filter(name -> name.startsWith("llamastream"))
        .map(name -> name.replaceFirst("[0-9]{8}[.][0-9]{6}-[0-9]+", "SNAPSHOT"))
        .sorted()
        .toList();
  }

  private String jar(String module) {
    return "llamastream" + module + "-" + version + ".jar";
  }

  private String jar(String module, String classifier) {
    return "llamastream" + module + "-" + version + "-" + classifier + ".jar";
  }

  private static String[] with(String[] some, String... others) {
    String[] all = Arrays.copyOf(some, some.length + others.length);
    System.arraycopy(others, 0, all, some.length, others.length);
    return all;
  }

  private static void expect(String what, List<String> actual, String... expected) {
    List<String> sorted = Arrays.stream(expected).sorted().toList();
    if (!actual.equals(sorted)) {
      throw new AssertionError(what + ": " + actual + ", must be " + sorted);
    }
    System.out.println("Gradle, " + what + ": ok");
  }
}
