import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Draws the README's pictures: a terminal in which llamastream runs, and a bar chart of its speed.
 * Run it in the root of the repository with JDK 25.
 *
 * <pre>{@code
 * java docs/Pictures.java                                   # from docs/images/run.txt and docs/performance.md
 * java docs/Pictures.java ./llamastream run --seed 5 "..."  # runs the command, and records run.txt first
 * }</pre>
 */
final class Pictures {
  private static final Path DOCS = Path.of("docs");
  private static final Path IMAGES = DOCS.resolve("images");
  private static final Path TRANSCRIPT = IMAGES.resolve("run.txt");

  private Pictures() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0) {
      Transcript.record(args).write(TRANSCRIPT);
    }
    Files.writeString(IMAGES.resolve("run.svg"), new Terminal(Transcript.read(TRANSCRIPT)).draw());
    Files.writeString(IMAGES.resolve("speed.svg"), new Chart(Chart.read()).draw());
  }

  private static String format(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }

  private static String xml(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  /** What came out of the command, and how many milliseconds after its start. */
  private record Piece(long time, String text) {}

  /** A command and its output. Its file has the command in the first line, then a line a piece. */
  private record Transcript(String command, List<Piece> pieces) {

    static Transcript record(String[] command) throws IOException, InterruptedException {
      List<Piece> pieces = new ArrayList<>();
      long start = System.nanoTime();
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      try (Reader output = new InputStreamReader(process.getInputStream(), UTF_8)) {
        char[] buffer = new char[4096];
        for (int n = output.read(buffer); n > 0; n = output.read(buffer)) {
          long millis = (System.nanoTime() - start) / 1_000_000;
          pieces.add(new Piece(millis, new String(buffer, 0, n)));
        }
      }
      if (process.waitFor() != 0) {
        throw new IOException("failed: " + pieces);
      }
      String line =
          Arrays.stream(command)
              .map(word -> word.matches("[\\w./=-]+") ? word : '"' + word + '"')
              .collect(Collectors.joining(" "));
      return new Transcript(line, pieces);
    }

    static Transcript read(Path file) throws IOException {
      List<String> lines = Files.readAllLines(file);
      List<Piece> pieces = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        int space = line.indexOf(' ');
        String quoted = line.substring(space + 1);
        String text = quoted.substring(1, quoted.length() - 1).translateEscapes();
        pieces.add(new Piece(Long.parseLong(line.substring(0, space)), text));
      }
      return new Transcript(lines.getFirst(), pieces);
    }

    void write(Path file) throws IOException {
      List<String> lines = new ArrayList<>(List.of(command));
      for (Piece piece : pieces) {
        String text = piece.text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        lines.add(piece.time + " \"" + text + '"');
      }
      Files.write(file, lines);
    }
  }

  /** Draws a transcript: each piece appears when it came, some times slower. */
  private record Terminal(Transcript transcript) {
    private static final int COLUMNS = 80;
    private static final int SLOWER = 4;
    private static final int REPEATS = 3;
    private static final long FIRST_KEY = 600;
    private static final long KEY = 35;
    private static final long ENTER = 400;
    private static final long STAY = 5_000;

    private static final double CHARACTER = 8.43;
    private static final int LINE = 20;
    private static final int LEFT = 20;
    private static final int TOP = 64;

    String draw() {
      List<Piece> shown = shown();
      List<List<Piece>> lines = wrap(shown);
      long duration = shown.getLast().time + STAY;
      StringBuilder keyframes = new StringBuilder();
      StringBuilder body = new StringBuilder();
      int id = 0;
      for (int i = 0; i < lines.size(); i++) {
        body.append(format("  <text x=\"%d\" y=\"%d\">", LEFT, TOP + i * LINE));
        body.append(i == 0 ? "<tspan class=\"prompt\">$ </tspan>" : "");
        for (Piece piece : lines.get(i)) {
          String type = i == 0 ? "p command" : "p";
          String style = format("animation-name:p%d", ++id);
          body.append(format("<tspan class=\"%s\" style=\"%s\">", type, style));
          body.append(xml(piece.text)).append("</tspan>");
          double percent = 100.0 * piece.time / duration;
          String frames =
              "    @keyframes p%d{0%%{visibility:hidden}%.2f%%,to{visibility:visible}}%n";
          keyframes.append(format(frames, id, percent));
        }
        body.append("</text>\n");
      }
      double width = 2 * LEFT + COLUMNS * CHARACTER;
      int height = TOP + lines.size() * LINE;
      return format(
          """
          <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$.0f %2$d" width="%1$.0f" height="%2$d" role="img">
            <title>%3$s</title>
            <style>
              text { font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d6deeb; white-space: pre }
              .prompt { fill: #7fdbca }
              .command { fill: #ffffff }
              @media (prefers-reduced-motion: no-preference) { .p { animation: %4$.1fs step-end %5$d } }
          %6$s  </style>
            <rect x="0.5" y="0.5" width="%7$.0f" height="%8$d" rx="10" fill="#0f1b2d" stroke="#3b4a63"/>
            <circle cx="22" cy="20" r="6" fill="#ff5f57"/>
            <circle cx="42" cy="20" r="6" fill="#febc2e"/>
            <circle cx="62" cy="20" r="6" fill="#28c840"/>
          %9$s</svg>
          """,
          width,
          height,
          xml("A terminal that runs " + transcript.command),
          duration / 1e3,
          REPEATS,
          keyframes,
          width - 1,
          height - 1,
          body);
    }

    /** The command as if somebody typed it, then its output. */
    private List<Piece> shown() {
      List<Piece> shown = new ArrayList<>();
      long time = FIRST_KEY;
      for (char key : transcript.command.toCharArray()) {
        shown.add(new Piece(time, String.valueOf(key)));
        time += KEY;
      }
      shown.add(new Piece(time, "\n"));
      time += ENTER;
      // how long the JVM takes to start is not made longer
      long first = transcript.pieces.getFirst().time;
      for (Piece piece : transcript.pieces) {
        shown.add(new Piece(time + first + (piece.time - first) * SLOWER, piece.text));
      }
      return shown;
    }

    /** Lines of at most {@link #COLUMNS} characters, broken at a space where there is one. */
    private static List<List<Piece>> wrap(List<Piece> pieces) {
      String text = pieces.stream().map(Piece::text).collect(Collectors.joining()).stripTrailing();
      long[] times =
          pieces.stream().flatMapToLong(p -> p.text.chars().mapToLong(_ -> p.time)).toArray();
      List<List<Piece>> lines = new ArrayList<>();
      int start = 0;
      while (start < text.length()) {
        int newline = text.indexOf('\n', start);
        int end = newline < 0 ? text.length() : newline;
        int next = end + 1;
        // the first line begins with the prompt
        int columns = lines.isEmpty() ? COLUMNS - 2 : COLUMNS;
        if (end - start > columns) {
          int space = text.lastIndexOf(' ', start + columns);
          end = space > start ? space : start + columns;
          next = space > start ? space + 1 : end;
        }
        lines.add(line(text, times, start, end));
        start = next;
      }
      return lines;
    }

    private static List<Piece> line(String text, long[] times, int start, int end) {
      List<Piece> line = new ArrayList<>();
      int from = start;
      for (int i = start + 1; i <= end; i++) {
        if (i == end || times[i] != times[from]) {
          line.add(new Piece(times[from], text.substring(from, i)));
          from = i;
        }
      }
      return line;
    }
  }

  /** Tokens per second of one number of streams. */
  private record Speed(String streams, double engine, double server) {}

  /** Draws the speed of an engine and of llama-server, by the number of streams. */
  private record Chart(List<Speed> speeds) {
    private static final String HEAD = "| streams | rounds | engine / llama-server, total |";
    private static final int WIDTH = 720;
    private static final int HEIGHT = 350;
    private static final int LEFT = 60;
    private static final int BASE = 276;
    private static final int TALLEST = 180;
    private static final int STEP = 50;
    private static final int BAR = 44;

    /** The table in docs/performance.md. */
    static List<Speed> read() throws IOException {
      return Files.readAllLines(DOCS.resolve("performance.md")).stream()
          .dropWhile(line -> !line.startsWith(HEAD))
          .skip(2)
          .takeWhile(line -> line.startsWith("|"))
          .map(line -> line.split(" *\\| *"))
          .map(cells -> speed(cells[1], cells[3].split(" / ")))
          .toList();
    }

    private static Speed speed(String streams, String[] speeds) {
      return new Speed(streams, Double.parseDouble(speeds[0]), Double.parseDouble(speeds[1]));
    }

    String draw() {
      double most =
          speeds.stream().mapToDouble(s -> Math.max(s.engine, s.server)).max().orElseThrow();
      StringBuilder body = new StringBuilder();
      for (int value = 0; value <= most; value += STEP) {
        double y = BASE - value / most * TALLEST;
        body.append(
            format(
                """
                  <path class="grid" d="M%1$d %2$.1fH%3$d"/>
                  <text class="small" x="%4$d" y="%5$.1f" text-anchor="end">%6$d</text>
                """,
                LEFT, y, WIDTH - 24, LEFT - 10, y + 4, value));
      }
      double group = (double) (WIDTH - 24 - LEFT) / speeds.size();
      for (int i = 0; i < speeds.size(); i++) {
        Speed speed = speeds.get(i);
        double middle = LEFT + (i + 0.5) * group;
        body.append(bar("engine", middle - BAR - 2, speed.engine, most));
        body.append(bar("server", middle + 2, speed.server, most));
        String streams = speed.streams + (speed.streams.equals("1") ? " stream" : " streams");
        String label = "  <text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n";
        body.append(format(label, middle, BASE + 22, streams));
      }
      return format(
          """
          <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img">
            <title>Tokens per second of an engine and of llama-server: %3$s</title>
            <style>
              svg { --card: #ffffff; --line: #d0d7de; --text: #1f2328; --faint: #59636e; --engine: #0b7285; --server: #adb5bd }
              @media (prefers-color-scheme: dark) {
                svg { --card: #0d1117; --line: #30363d; --text: #e6edf3; --faint: #9198a1; --engine: #3bc9db; --server: #5c6570 }
              }
              text { font: 13px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: var(--text) }
              .title { font-size: 16px; font-weight: 600 }
              .small { font-size: 12px; fill: var(--faint) }
              .value { paint-order: stroke; stroke: var(--card); stroke-width: 4px }
              .grid { stroke: var(--line) }
              .engine { fill: var(--engine) }
              .server { fill: var(--server) }
            </style>
            <rect x="0.5" y="0.5" width="%4$d" height="%5$d" rx="10" fill="var(--card)" stroke="var(--line)"/>
            <text class="title" x="24" y="34">Tokens per second, all streams together (higher is better)</text>
            <rect class="engine" x="24" y="48" width="12" height="12" rx="2"/>
            <text x="42" y="58">llamastream engine, in process</text>
            <rect class="server" x="250" y="48" width="12" height="12" rx="2"/>
            <text x="268" y="58">llama-server, over HTTP</text>
          %6$s  <text class="small" x="24" y="%7$d">SmolLM2-135M-Instruct Q4_1, 2 CPU cores, same llama.cpp. Median ratios: docs/performance.md</text>
          </svg>
          """,
          WIDTH,
          HEIGHT,
          speeds.stream()
              .map(
                  s ->
                      format("%s streams %s and %s", s.streams, number(s.engine), number(s.server)))
              .collect(Collectors.joining(", ")),
          WIDTH - 1,
          HEIGHT - 1,
          body,
          HEIGHT - 18);
    }

    private static String bar(String type, double x, double value, double most) {
      double height = value / most * TALLEST;
      return format(
          """
            <rect class="%1$s" x="%2$.1f" y="%3$.1f" width="%4$d" height="%5$.1f" rx="2"/>
            <text class="small value" x="%6$.1f" y="%7$.1f" text-anchor="middle">%8$s</text>
          """,
          type, x, BASE - height, BAR, height, x + BAR / 2.0, BASE - height - 5, number(value));
    }

    private static String number(double value) {
      return format("%.0f", value);
    }
  }
}
