package dev.llamastream.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.llamastream.fixture.ChildJvm;
import dev.llamastream.fixture.Resident;
import dev.llamastream.fixture.Soak;
import dev.llamastream.internal.natives.NativeLibrary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Runs a program over seeds, in child JVMs: what ends a JVM, stops it or makes it grow is a finding
 * with its seed, and a new JVM goes on behind it. {@code -Dllamastream.soak.seed=N} runs that one.
 * Linux only (/proc).
 *
 * <p>The program's arguments are the first seed and the end of the range. It prints {@code seed N}
 * before each, {@code failed WHAT} for what is wrong, and {@code total WHAT} for what is to be read
 * when all is well.
 */
final class SeedRunner {

  private static final int MAX_FINDINGS = 20;
  private static final int MAX_RESIDENT_MIB = 2_500;
  private static final int TAIL = 60;
  private static final int POLL_MILLIS = 100;

  /** Counted in polls, so that a machine that sleeps in between is no hang. */
  private static final int STALLED_POLLS = 3 * 60 * 1_000 / POLL_MILLIS;

  private static final String END = "";

  private final Class<?> program;
  private final List<String> options;
  private final List<String> findings = new ArrayList<>();
  private long seed;

  private SeedRunner(Class<?> program, List<String> options) {
    this.program = program;
    this.options = options;
  }

  /**
   * Runs the seeds from 0 on, and returns the findings.
   *
   * @param options of the JVM, in addition
   */
  static List<String> run(Class<?> program, long seeds, String... options) throws Exception {
    String one = Soak.property("seed", "");
    SeedRunner runner = new SeedRunner(program, List.of(options));
    if (one.isEmpty()) {
      runner.run(0, seeds);
    } else {
      runner.run(Long.parseLong(one), Long.parseLong(one) + 1);
    }
    return runner.findings;
  }

  private void run(long from, long to) throws Exception {
    seed = from - 1;
    while (seed < to - 1 && findings.size() < MAX_FINDINGS) {
      long before = seed;
      child(before + 1, to);
      if (seed == before) {
        seed++; // a JVM that cannot even begin
      }
    }
  }

  private void child(long from, long to) throws Exception {
    Path logs = Files.createDirectories(Path.of("target", "soak"));
    List<String> all =
        new ArrayList<>(
            List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:ErrorFile=" + logs.resolve("hs_err_%p.log"),
                "-Djava.util.logging.config.file=/dev/null",
                "-Dllamastream.soak.scale=" + Soak.property("scale", "1")));
    all.addAll(options);
    Process process =
        ChildJvm.start(
            program,
            ChildJvm.classes(NativeLibrary.class),
            List.of(),
            all,
            Long.toString(from),
            Long.toString(to));
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Thread.ofPlatform().daemon().start(() -> read(process, lines));
    Deque<String> tail = new ArrayDeque<>();
    try {
      Optional<String> stopped = follow(process, lines, tail);
      if (stopped.isPresent()) {
        found(stopped.get(), tail);
      } else if (process.waitFor() != 0) {
        found("the JVM ended with " + process.exitValue(), tail);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static void read(Process process, BlockingQueue<String> lines) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      reader.lines().filter(line -> !line.isEmpty()).forEach(lines::add);
    } catch (IOException | java.io.UncheckedIOException e) {
      lines.add("its output ended: " + e);
    }
    lines.add(END);
  }

  /** Reads along until its output ends; or returns why it must be stopped. */
  private Optional<String> follow(Process process, BlockingQueue<String> lines, Deque<String> tail)
      throws Exception {
    int polls = 0;
    while (true) {
      String line = lines.poll(POLL_MILLIS, MILLISECONDS);
      if (line == null) {
        if (++polls > STALLED_POLLS) {
          dumpThreads(process, lines, tail);
          return Optional.of("no progress");
        }
        if (residentMib(process.pid()) > MAX_RESIDENT_MIB) {
          return Optional.of("more than " + MAX_RESIDENT_MIB + " MiB resident");
        }
        continue;
      }
      if (line.equals(END)) {
        return Optional.empty();
      }
      polls = 0;
      if (line.startsWith("seed ")) {
        seed = Long.parseLong(line.substring("seed ".length()));
        tail.clear();
      } else if (line.startsWith("failed ")) {
        found(line, tail);
        if (findings.size() >= MAX_FINDINGS) {
          return Optional.of("and no further");
        }
      } else if (line.startsWith("total ")) {
        System.out.println(program.getSimpleName() + ": " + line);
      } else {
        keep(tail, line);
      }
    }
  }

  private static void keep(Deque<String> tail, String line) {
    tail.add(line);
    if (tail.size() > TAIL) {
      tail.remove();
    }
  }

  private void found(String what, Deque<String> tail) {
    String finding =
        String.format(
            Locale.ROOT,
            "%s seed %d: %s%n  %s",
            program.getSimpleName(),
            seed,
            what,
            String.join(System.lineSeparator(), tail));
    tail.clear();
    System.out.println(finding);
    findings.add(finding);
  }

  private static void dumpThreads(Process process, BlockingQueue<String> lines, Deque<String> tail)
      throws Exception {
    new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start().waitFor();
    Thread.sleep(5_000);
    // nothing is too long for this one
    for (String line; (line = lines.poll()) != null; ) {
      tail.add(line);
    }
  }

  private static long residentMib(long pid) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try {
      return Resident.kib(Files.readAllLines(status)) / 1024;
    } catch (IOException e) {
      return 0; // it has ended
    }
  }
}
