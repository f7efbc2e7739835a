import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * What lies in the jar of a platform. A jar's folder cannot be listed, hence files.txt in it: the
 * hash of the whole, the version, then "sha256 name" lines. It is a module with a service, so that
 * it is found on the module path and jlink takes it.
 */
record NativesJar(Platform platform, Path root, String version) {

  Entries entries(Path libraries, Path scratch) throws IOException {
    Entries entries = new Entries();
    putLibraries(entries, libraries);
    putLicenses(entries);
    entries.putAll("", compiled(scratch));
    return entries;
  }

  private void putLibraries(Entries entries, Path libraries) throws IOException {
    String prefix = "META-INF/llamastream/native/" + platform.name() + "/";
    List<Path> files;
    try (var all = Files.list(libraries)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    StringBuilder sums = new StringBuilder();
    for (Path file : files) {
      byte[] content = Files.readAllBytes(file);
      entries.put(prefix + file.getFileName(), content);
      sums.append("%s  %s%n".formatted(Sha256.of(content), file.getFileName()));
    }
    String list = sums.toString().replace("\r", "");
    String whole = Sha256.of(list.getBytes(StandardCharsets.UTF_8));
    entries.put(prefix + "files.txt", whole + "\nversion " + version + "\n" + list);
  }

  private void putLicenses(Entries entries) throws IOException {
    StringBuilder notice = new StringBuilder();
    notice.append(
        """
        llamastream's native libraries for %s. LICENSE is the licence of llamastream.
        They have code of others in them, under the licences in the folder licenses:

        """
            .formatted(platform.name()));
    for (Component component : Component.all(root)) {
      if (component.isIn(platform)) {
        notice.append(
            """
            %s: %s
              licence: %s, licenses/%s
              source: %s
            """
                .formatted(
                    (component.name() + " " + component.version()).strip(),
                    component.what(),
                    component.license(),
                    component.licenseFile(),
                    component.source()));
        Path text = root.resolve("natives/licenses").resolve(component.licenseFile());
        entries.put("META-INF/licenses/" + component.licenseFile(), Files.readAllBytes(text));
      }
    }
    entries.put("META-INF/NOTICE", notice.toString());
    entries.put("META-INF/LICENSE", Files.readAllBytes(root.resolve("LICENSE")));
  }

  /** The folder of the module's classes. */
  private Path compiled(Path scratch) throws IOException {
    Path sources = Files.createDirectories(scratch.resolve(platform.name() + "/java"));
    Path classes = Files.createDirectories(scratch.resolve(platform.name() + "/classes"));
    for (String name : List.of("module-info.java", "Natives.java")) {
      String template = Files.readString(root.resolve("natives/src").resolve(name + ".in"));
      Files.writeString(
          sources.resolve(name),
          template
              .replace("@module@", platform.moduleName())
              .replace("@platform@", platform.name()));
    }
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "--release=25",
                "-Xlint:all,-module,-path", // the class path has a folder that is not there
                "-Werror",
                "--module-version=" + version,
                "--module-path=" + System.getProperty("java.class.path"), // the library
                "-d",
                classes.toString(),
                sources.resolve("module-info.java").toString(),
                sources.resolve("Natives.java").toString());
    if (status != 0) {
      throw new IllegalStateException("javac could not compile " + sources);
    }
    return classes;
  }
}
