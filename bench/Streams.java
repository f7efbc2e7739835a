import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.Token;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Many streams at once, of an engine in this process and of a llama-server, in turns: same model,
 * threads, total context, slots, prompts and token counts. Arguments: the folder of llama.cpp's
 * programs, a model, threads, streams, over how many milliseconds they arrive, and rounds. Prints a
 * line for each round and the medians; the last is of the rounds' ratios.
 */
class Streams {
  private static final int PROMPT = 16;
  private static final int GENERATED = 128;
  private static final int END_OF_TEXT = 2;
  private static final int PORT = 8089;
  // a JVM compiles for some thousand tokens
  private static final int WARM_UP = 4096;

  /** Where tokens come from. */
  private interface Source extends AutoCloseable {
    /** Calls for every token; returns how many there were. */
    int generate(int[] prompt, int seed, Runnable onToken) throws Exception;

    @Override
    void close();
  }

  /** What a round gave: tokens per second, of all and while all decode, and times in ms. */
  private record Figures(double total, double decode, double firstP50, double firstP99) {}

  public static void main(String[] args) throws Exception {
    Path tools = Path.of(args[0]);
    Path model = Path.of(args[1]);
    int threads = Integer.parseInt(args[2]);
    int streams = Integer.parseInt(args[3]);
    int arrival = Integer.parseInt(args[4]);
    int rounds = Integer.parseInt(args[5]);
    int context = Math.max(2048, streams * 256);
    List<double[]> rows = new ArrayList<>();
    try (Source engine = new InProcess(model, threads, context, streams);
        Source server = new Server(tools, model, threads, context, streams)) {
      for (int i = 0; i < WARM_UP; i += streams * GENERATED) {
        new Round(engine, streams, arrival, -1).run();
        new Round(server, streams, arrival, -1).run();
      }
      for (int round = 0; round < rounds; round++) {
        boolean first = round % 2 == 0; // who goes first alternates
        Figures theirs = first ? null : new Round(server, streams, arrival, round).run();
        Figures ours = new Round(engine, streams, arrival, round).run();
        theirs = first ? new Round(server, streams, arrival, round).run() : theirs;
        double ceiling = arrival > 0 ? 0 : batchedBench(tools, model, threads, context, streams);
        rows.add(
            new double[] {
              ours.total,
              theirs.total,
              ours.total / theirs.total,
              ours.decode,
              ceiling,
              ours.decode / ceiling,
              ours.firstP50,
              theirs.firstP50,
              ours.firstP50 / theirs.firstP50,
              ours.firstP99,
              theirs.firstP99,
              ours.firstP99 / theirs.firstP99
            });
        print("round", rows.getLast());
      }
    }
    double[] medians =
        IntStream.range(0, rows.getFirst().length)
            .mapToDouble(i -> median(rows.stream().mapToDouble(row -> row[i]).sorted().toArray()))
            .toArray();
    print("median", medians);
  }

  private static double median(double[] sorted) {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** Without what batched-bench decodes, where it was not asked. */
  private static void print(String name, double[] row) {
    String decode = row[4] == 0 ? "" : "  decode %4$.1f / %5$.1f = %6$.3f";
    System.out.printf(
        Locale.ROOT,
        ("%13$-6s total %1$.1f / %2$.1f = %3$.3f" + decode)
            + "  first p50 %7$.0f / %8$.0f = %9$.3f  p99 %10$.0f / %11$.0f = %12$.3f%n",
        Stream.concat(Arrays.stream(row).boxed(), Stream.of(name)).toArray());
  }

  /** What llama-batched-bench decodes. */
  private static double batchedBench(Path tools, Path model, int threads, int context, int streams)
      throws Exception {
    String line =
        String.format(
            Locale.ROOT,
            "%s/llama-batched-bench -m %s -t %d -tb %<d -c %d -npl %d -npp %d -ntg %d -fa auto",
            tools,
            model,
            threads,
            context,
            streams,
            PROMPT,
            GENERATED);
    return new ProcessBuilder(line.split(" "))
        .redirectError(Redirect.DISCARD)
        .start()
        .inputReader()
        .lines()
        .filter(row -> row.matches("\\| +\\d.*"))
        .mapToDouble(row -> Double.parseDouble(row.split("\\|")[8]))
        .max()
        .orElseThrow();
  }

  /** Some streams of one source; what they did when. */
  private static final class Round {
    private final Source source;
    private final List<int[]> prompts;
    private final int arrival;
    private final List<Double> first = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private int tokens;
    // when all have begun, and when the first ends: nanoseconds, and how many tokens there were
    private long[] from;
    private long[] to;

    Round(Source source, int streams, int arrival, int round) {
      this.source = source;
      this.arrival = arrival;
      Random random = new Random(round);
      prompts =
          IntStream.range(0, streams)
              .mapToObj(i -> random.ints(PROMPT, 1_000, 40_000).toArray())
              .toList();
    }

    Figures run() throws Exception {
      // llama-server's threads spin for a while after their last token: not at the other's expense
      Thread.sleep(1_000);
      long start = System.nanoTime();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        int[] prompt = prompts.get(i);
        int seed = i;
        threads.add(Thread.startVirtualThread(() -> stream(prompt, seed)));
        if (arrival > 0) {
          Thread.sleep(arrival / prompts.size());
        }
      }
      for (Thread thread : threads) {
        thread.join();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      if (!failures.isEmpty()) {
        throw new IllegalStateException(failures.getFirst());
      }
      return new Figures(
          prompts.size() * GENERATED / seconds,
          arrival > 0 ? 0 : (to[1] - from[1]) * 1e9 / (to[0] - from[0]),
          percentile(0.5),
          percentile(0.99));
    }

    private void stream(int[] prompt, int seed) {
      long begin = System.nanoTime();
      boolean[] begun = {false};
      try {
        int count =
            source.generate(
                prompt,
                seed,
                () -> {
                  token(begun[0] ? 0 : begin);
                  begun[0] = true;
                });
        end();
        if (count != GENERATED) {
          throw new IllegalStateException(count + " tokens");
        }
      } catch (Exception e) {
        fail(e);
      }
    }

    private synchronized void token(long begin) {
      tokens++;
      if (begin != 0) {
        first.add((System.nanoTime() - begin) / 1e6);
        if (first.size() == prompts.size()) {
          from = new long[] {System.nanoTime(), tokens};
        }
      }
    }

    private synchronized void end() {
      if (to == null) {
        to = new long[] {System.nanoTime(), tokens};
      }
    }

    private synchronized void fail(Throwable failure) {
      failures.add(failure);
    }

    private double percentile(double share) {
      List<Double> sorted = first.stream().sorted().toList();
      return sorted.get((int) Math.ceil(sorted.size() * share) - 1);
    }
  }

  private static final class InProcess implements Source {
    private final Model model;
    private final Engine engine;

    InProcess(Path path, int threads, int context, int streams) {
      model = Model.load(path);
      engine =
          Engine.open(
              model,
              EngineParams.builder()
                  .slots(streams)
                  .context(
                      ContextParams.builder()
                          .contextSize(context)
                          .threads(threads)
                          .batchThreads(threads)
                          .build())
                  .maxTokensPerStream(context / streams) // as llama-server has it
                  .prefixCache(false)
                  .build());
    }

    @Override
    public int generate(int[] prompt, int seed, Runnable onToken) {
      SamplerParams sampler =
          SamplerParams.builder()
              .seed(seed)
              .logitBias(Map.of(0, Double.NEGATIVE_INFINITY, END_OF_TEXT, Double.NEGATIVE_INFINITY))
              .build();
      Iterator<Token> tokens =
          engine
              .generateStream(
                  GenerationRequest.builder(prompt).maxTokens(GENERATED).sampler(sampler).build())
              .tokens();
      int count = 0;
      while (tokens.hasNext()) {
        tokens.next();
        onToken.run();
        count++;
      }
      return count;
    }

    @Override
    public void close() {
      engine.close();
      model.close();
    }
  }

  private static final class Server implements Source {
    private static final URI URL = URI.create("http://127.0.0.1:" + PORT);
    private static final Pattern PREDICTED = Pattern.compile("\"tokens_predicted\":(\\d+)");
    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;

    Server(Path tools, Path model, int threads, int context, int streams) throws Exception {
      String line =
          String.format(
              Locale.ROOT,
              "%s/llama-server -m %s -t %d -tb %<d -c %d -np %d -fa auto --port %d",
              tools,
              model,
              threads,
              context,
              streams,
              PORT);
      process =
          new ProcessBuilder(line.split(" "))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.DISCARD)
              .start();
      HttpRequest health = HttpRequest.newBuilder(URL.resolve("/health")).build();
      while (true) {
        try {
          if (client.send(health, BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (ConnectException e) {
          // not yet
        }
        Thread.sleep(200);
      }
    }

    @Override
    public int generate(int[] prompt, int seed, Runnable onToken) throws Exception {
      String ids = Arrays.stream(prompt).mapToObj(String::valueOf).collect(Collectors.joining(","));
      String body =
          String.format(
              Locale.ROOT,
              """
          {"prompt": [%s], "n_predict": %d, "seed": %d, "stream": true, "ignore_eos": true,
          "cache_prompt": false, "temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.05}
          """,
              ids,
              GENERATED,
              seed);
      HttpRequest request =
          HttpRequest.newBuilder(URL.resolve("/completion"))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(client.send(request, BodyHandlers.ofInputStream()).body()))) {
        int count = 0;
        String line;
        while ((line = lines.readLine()) != null) {
          // it sends nothing for a token that is a part of a character: the last message counts
          Matcher predicted = PREDICTED.matcher(line);
          if (!predicted.find()) {
            continue;
          }
          onToken.run();
          if (line.contains("\"stop\":true")) {
            count = Integer.parseInt(predicted.group(1));
          }
        }
        return count;
      }
    }

    @Override
    public void close() {
      client.shutdownNow();
      process.destroy();
      process.onExit().join();
    }
  }
}
