import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.StreamStats;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command {@code llamastream batch} against {@code Engine.generateAll} with the same rows,
 * slots and context, in turns. Prints for each pair the tokens per second of both while they
 * generate, the seconds of both with their start (the command as a process; the other from the load
 * of the model to its close), and the ratios; then the median ratios.
 *
 * <p>Arguments: the launcher, the model, threads, pairs (5), rows (96), slots (8).
 */
class Batch {
  private static final int CONTEXT = 8192;
  private static final Pattern SPEED = Pattern.compile("([0-9,.]+) tokens/s, 0 errors");

  /** A line of the input. */
  private record Row(String prompt, int tokens) {}

  /** One run. */
  private record Run(double tokensPerSecond, double seconds) {}

  public static void main(String[] args) throws Exception {
    Path model = Path.of(args[1]);
    int threads = Integer.parseInt(args[2]);
    int pairs = args.length > 3 ? Integer.parseInt(args[3]) : 5;
    int slots = args.length > 5 ? Integer.parseInt(args[5]) : 8;
    List<Row> rows = rows(args.length > 4 ? Integer.parseInt(args[4]) : 96);
    List<String> command =
        List.of(
            args[0],
            "batch",
            "-m",
            model.toString(),
            "-t",
            "" + threads,
            "--slots",
            "" + slots,
            "-c",
            "" + CONTEXT,
            "--temp",
            "0",
            "--overwrite");
    double[] speeds = new double[pairs];
    double[] whole = new double[pairs];
    System.out.println("tokens/s: batch, generateAll, ratio; seconds: batch, generateAll, ratio");
    for (int pair = 0; pair < pairs; pair++) {
      boolean first = pair % 2 == 0;
      Run ours = first ? batch(command, rows) : null;
      Run engine = generateAll(model, threads, slots, rows);
      ours = first ? ours : batch(command, rows);
      speeds[pair] = ours.tokensPerSecond / engine.tokensPerSecond;
      whole[pair] = engine.seconds / ours.seconds;
      System.out.printf(
          Locale.ROOT,
          "%.1f %.1f %.3f  %.1f %.1f %.3f%n",
          ours.tokensPerSecond,
          engine.tokensPerSecond,
          speeds[pair],
          ours.seconds,
          engine.seconds,
          whole[pair]);
    }
    System.out.printf(Locale.ROOT, "medians: %.3f, %.3f%n", median(speeds), median(whole));
  }

  /** Prompts and answers of different lengths. */
  private static List<Row> rows(int count) {
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String prompt = "Row " + i + ". " + "Write about the sea. ".repeat(1 + random.nextInt(8));
      rows.add(new Row(prompt, 16 + random.nextInt(80)));
    }
    return rows;
  }

  private static Run batch(List<String> command, List<Row> rows) throws Exception {
    Path input = Files.createTempFile("in", ".jsonl");
    Path output = Files.createTempFile("out", ".jsonl");
    Path log = Files.createTempFile("log", ".txt");
    try {
      List<String> lines =
          rows.stream()
              .map(
                  row ->
                      String.format(
                          Locale.ROOT,
                          "{\"prompt\":\"%s\",\"max_tokens\":%d,\"ignore_eos\":true}",
                          row.prompt,
                          row.tokens))
              .toList();
      Files.write(input, lines);
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(List.of(input.toString(), "-o", output.toString()));
      long begin = System.nanoTime();
      int status = new ProcessBuilder(arguments).redirectError(log.toFile()).start().waitFor();
      double seconds = (System.nanoTime() - begin) / 1e9;
      Matcher speed = SPEED.matcher(Files.readString(log));
      if (status != 0 || !speed.find() || Files.readAllLines(output).size() != rows.size()) {
        throw new IOException("it failed: " + Files.readString(log));
      }
      return new Run(Double.parseDouble(speed.group(1)), seconds);
    } finally {
      Files.delete(input);
      Files.delete(output);
      Files.delete(log);
    }
  }

  private static Run generateAll(Path file, int threads, int slots, List<Row> rows) {
    List<GenerationRequest> requests =
        rows.stream()
            .map(
                row ->
                    GenerationRequest.builder(row.prompt)
                        .maxTokens(row.tokens)
                        .sampler(
                            SamplerParams.builder().temperature(0).ignoreEndOfText(true).build())
                        .build())
            .toList();
    AtomicInteger tokens = new AtomicInteger();
    EngineParams params =
        EngineParams.builder()
            .slots(slots)
            .context(
                ContextParams.builder()
                    .contextSize(CONTEXT)
                    .threads(threads)
                    .batchThreads(threads)
                    .build())
            .listener(
                new EngineListener() {
                  @Override
                  public void onEnd(StreamStats stats) {
                    tokens.addAndGet(stats.generatedTokens());
                  }
                })
            .build();
    long begin = System.nanoTime();
    double speed;
    try (Model model = Model.load(file);
        Engine engine = Engine.open(model, params)) {
      long open = System.nanoTime();
      engine.generateAll(requests);
      speed = 1e9 * rows.stream().mapToInt(Row::tokens).sum() / (System.nanoTime() - open);
    }
    if (tokens.get() != rows.stream().mapToInt(Row::tokens).sum()) {
      throw new IllegalStateException("ended early: " + tokens.get());
    }
    return new Run(speed, (System.nanoTime() - begin) / 1e9);
  }

  private static double median(double[] values) {
    double[] sorted = Arrays.stream(values).sorted().toArray();
    return (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
  }
}
