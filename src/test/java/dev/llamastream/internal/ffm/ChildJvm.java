package dev.llamastream.internal.ffm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM for what a JVM does only once, such as loading native libraries. */
public record ChildJvm(int exitCode, String output) {

  /** Where the library's classes, or the tests', are. */
  public static Path classes(Class<?> type) {
    String file = type.getName().replace('.', '/') + ".class";
    try {
      Path path = Path.of(Objects.requireNonNull(type.getClassLoader().getResource(file)).toURI());
      for (int i = 0; i < Path.of(file).getNameCount(); i++) {
        path = Objects.requireNonNull(path.getParent());
      }
      return path;
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts a class with main, on the class path, with these options of the JVM. */
  public static Process start(
      Class<?> main, Path library, List<Path> more, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8"));
    command.addAll(options);
    command.add("-cp");
    command.add(
        Stream.concat(Stream.of(library, classes(ChildJvm.class)), more.stream())
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // not a heap of malloc's for each thread: how those fragment would look like a leak
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    return builder.start();
  }

  /** Runs it to its end, with the library's classes where they are. */
  static ChildJvm run(Class<?> main, List<Path> more, List<String> options, String... arguments)
      throws Exception {
    return ended(start(main, classes(NativeLibrary.class), more, options, arguments));
  }

  /** Waits for its end. */
  static ChildJvm ended(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new ChildJvm(process.waitFor(), output);
  }
}
