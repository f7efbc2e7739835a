package dev.llamastream.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What /proc says of this process, and of another one. */
final class Resident {

  private Resident() {}

  /** This process's resident memory in KiB. */
  static long kib() {
    return kib(own());
  }

  /**
   * The same after the C library has given back what is free: what {@code malloc} keeps for later,
   * in an arena for each thread, comes and goes by itself.
   */
  static long trimmedKib() {
    Linker linker = Linker.nativeLinker();
    MethodHandle trim =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("malloc_trim"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    try {
      trim.invoke(0L);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    return kib();
  }

  /** The resident memory in KiB in the lines of such a file; 0 for a process that has ended. */
  static long kib(List<String> status) {
    return number(status, "VmRSS:");
  }

  /** How many threads this process has, Java's own or not. */
  static long threads() {
    return number(own(), "Threads:");
  }

  /** How many threads the system knows by a name, up to its 15 characters. */
  static long threads(String name) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(task -> name(task).equals(name)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  /** How many file handles are open. */
  static long handles() {
    try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
      return handles.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a file is mapped. */
  static boolean mapped(Path file) {
    return lines("maps").stream().anyMatch(line -> line.endsWith(file.toString()));
  }

  private static List<String> own() {
    return lines("status");
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of("/proc/self", file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(List<String> status, String field) {
    return status.stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
