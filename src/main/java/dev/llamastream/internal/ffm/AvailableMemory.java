package dev.llamastream.internal.ffm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much memory this process can still get: the machine's memory, within the limits of the
 * process's control groups. File pages, including those of a mapped model, count as free, because
 * the kernel drops them before it refuses memory or kills. Linux only: other systems report no
 * limit.
 *
 * @param proc where {@code /proc} is
 * @param cgroups where the control groups are mounted
 */
record AvailableMemory(Path proc, Path cgroups) {

  /** Version 1 writes "no limit" as the largest multiple of a page. */
  private static final long NO_LIMIT = 1L << 60;

  /** The names that the two versions of control groups use for the same thing. */
  private enum Version {
    V1("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
    V2("memory.max", "memory.current", "");

    private final String limit;
    private final String usage;
    private final String inclusive;

    /**
     * Creates a version.
     *
     * @param inclusive the prefix of the figures in memory.stat that include nested groups
     */
    Version(String limit, String usage, String inclusive) {
      this.limit = limit;
      this.usage = usage;
      this.inclusive = inclusive;
    }
  }

  static AvailableMemory ofThisProcess() {
    return new AvailableMemory(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  /** In bytes; {@link Long#MAX_VALUE} if unknown. */
  long bytes() {
    Map<String, Long> machine = numbers(proc.resolve("meminfo"));
    Long free = machine.get("MemAvailable:");
    if (free == null) {
      return Long.MAX_VALUE;
    }
    long swap = machine.getOrDefault("SwapFree:", 0L) << 10;
    return Math.min((free << 10) + swap, withinLimits(swap));
  }

  /**
   * The memory that the control groups leave. Each group that encloses the process's own also
   * limits it.
   */
  private long withinLimits(long swap) {
    long least = Long.MAX_VALUE;
    for (String line : lines(proc.resolve("self/cgroup"))) {
      // hierarchy:controllers:path
      String[] parts = line.split(":", 3);
      if (parts.length < 3) {
        continue;
      }
      if (parts[1].isEmpty()) {
        least = Math.min(least, below(cgroups, parts[2], Version.V2, swap));
      } else if (Arrays.asList(parts[1].split(",")).contains("memory")) {
        least = Math.min(least, below(cgroups.resolve("memory"), parts[2], Version.V1, swap));
      }
    }
    return least;
  }

  /**
   * A container may see its own group in place of the root. The path then does not exist below it,
   * but the groups found on the way up are the right ones.
   */
  private static long below(Path root, String path, Version version, long swap) {
    long least = Long.MAX_VALUE;
    Path group = root.resolve(path.substring(Math.min(1, path.length()))).normalize();
    if (!group.startsWith(root)) {
      group = root;
    }
    for (Path at = group; at != null && at.startsWith(root); at = at.getParent()) {
      least = Math.min(least, left(at, version, swap));
    }
    return Math.max(0, least);
  }

  private static long left(Path group, Version version, long swap) {
    Long limit = number(group.resolve(version.limit));
    Long usage = number(group.resolve(version.usage));
    if (limit == null || usage == null || limit >= NO_LIMIT) {
      return Long.MAX_VALUE;
    }
    Map<String, Long> stat = numbers(group.resolve("memory.stat"));
    long files =
        stat.getOrDefault(version.inclusive + "inactive_file", 0L)
            + stat.getOrDefault(version.inclusive + "active_file", 0L);
    long memory = limit - usage + files;
    return switch (version) {
      case V1 -> {
        // this limit covers memory and swap together
        Long both = number(group.resolve("memory.memsw.limit_in_bytes"));
        Long used = number(group.resolve("memory.memsw.usage_in_bytes"));
        yield both == null || used == null || both >= NO_LIMIT
            ? memory + swap
            : Math.min(memory + swap, both - used + files);
      }
      case V2 -> {
        Long most = number(group.resolve("memory.swap.max"));
        Long used = number(group.resolve("memory.swap.current"));
        yield memory + (most == null || used == null ? swap : Math.clamp(most - used, 0, swap));
      }
    };
  }

  /** Null if the file is absent or says "max". */
  private static @Nullable Long number(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? null : numberOf(lines.getFirst().strip());
  }

  /** Parses lines of a name and a number. */
  private static Map<String, Long> numbers(Path file) {
    Map<String, Long> numbers = new HashMap<>();
    for (String line : lines(file)) {
      String[] words = line.strip().split("\\s+");
      Long number = words.length < 2 ? null : numberOf(words[1]);
      if (number != null) {
        numbers.put(words[0], number);
      }
    }
    return numbers;
  }

  private static @Nullable Long numberOf(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The lines of a file; none if it does not exist. */
  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException | UncheckedIOException | SecurityException e) {
      return List.of();
    }
  }
}
