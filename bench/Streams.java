import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.Token;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import java.io.BufferedReader;
import java.io.InputStreamReader;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Many streams at once, of an engine in this process or of a llama-server, with the same prompts
 * and token counts. Arguments: {@code engine <model> <threads>} or {@code server <url>}, then the
 * total context, the number of streams, and over how many milliseconds they arrive; an engine may
 * be {@code reproducible} at the end. Prints tokens per second of all together, and the median and
 * 99th percentile of the milliseconds to the first token.
 */
class Streams {
  private static final int PROMPT = 16;
  private static final int GENERATED = 128;
  private static final int ROUNDS = 2;
  private static final int END_OF_TEXT = 2;

  /** Where tokens come from. */
  private interface Source extends AutoCloseable {
    /** Calls when the first token is there; returns how many there were. */
    int generate(int[] prompt, int seed, Runnable onFirst) throws Exception;

    @Override
    void close();
  }

  public static void main(String[] args) throws Exception {
    boolean engine = args[0].equals("engine");
    int n = engine ? 3 : 2;
    int context = Integer.parseInt(args[n]);
    int streams = Integer.parseInt(args[n + 1]);
    int arrival = Integer.parseInt(args[n + 2]);
    try (Source source =
        engine
            ? new InProcess(
                Path.of(args[1]),
                Integer.parseInt(args[2]),
                context,
                streams,
                args[args.length - 1].equals("reproducible"))
            : new Http(URI.create(args[1]))) {
      double speed = 0;
      List<Double> first = new ArrayList<>();
      for (int round = 0; round <= ROUNDS; round++) {
        Round result = new Round(source, streams, arrival, round);
        result.run();
        if (round > 0) { // the first one warms up
          speed += result.tokensPerSecond() / ROUNDS;
          first.addAll(result.first);
        }
      }
      first.sort(null);
      System.out.printf(
          Locale.ROOT,
          "%.1f %.0f %.0f%n",
          speed,
          first.get(first.size() / 2),
          first.get((int) Math.ceil(first.size() * 0.99) - 1));
    }
  }

  private static final class Round {
    private final Source source;
    private final List<int[]> prompts;
    private final int arrival;
    private final List<Double> first = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private long nanos;

    Round(Source source, int streams, int arrival, int round) {
      this.source = source;
      this.arrival = arrival;
      Random random = new Random(round);
      prompts =
          IntStream.range(0, streams)
              .mapToObj(i -> random.ints(PROMPT, 1_000, 40_000).toArray())
              .toList();
    }

    void run() throws Exception {
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
      nanos = System.nanoTime() - start;
      if (!failures.isEmpty()) {
        throw new IllegalStateException(failures.getFirst());
      }
    }

    private void stream(int[] prompt, int seed) {
      long start = System.nanoTime();
      try {
        int tokens =
            source.generate(prompt, seed, () -> first.add((System.nanoTime() - start) / 1e6));
        if (tokens != GENERATED) {
          throw new IllegalStateException(tokens + " tokens");
        }
      } catch (Exception e) {
        failures.add(e);
      }
    }

    double tokensPerSecond() {
      return prompts.size() * GENERATED * 1e9 / nanos;
    }
  }

  private static final class InProcess implements Source {
    private final Model model;
    private final Engine engine;

    InProcess(Path path, int threads, int context, int streams, boolean reproducible) {
      model = Model.load(path, ModelParams.builder().repackWeights(!reproducible).build());
      engine =
          Engine.open(
              model,
              EngineParams.builder()
                  .slots(streams)
                  .contextSize(context)
                  .maxTokensPerStream(context / streams) // as llama-server has it
                  .threads(threads)
                  .batchThreads(threads)
                  .prefixCache(false)
                  .reproducible(reproducible)
                  .build());
    }

    @Override
    public int generate(int[] prompt, int seed, Runnable onFirst) {
      SamplerParams sampler =
          SamplerParams.builder()
              .seed(seed)
              .logitBias(Map.of(0, Float.NEGATIVE_INFINITY, END_OF_TEXT, Float.NEGATIVE_INFINITY))
              .build();
      Iterator<Token> tokens =
          engine
              .generateStream(
                  GenerationRequest.builder(prompt).maxTokens(GENERATED).sampler(sampler).build())
              .tokens();
      tokens.next();
      onFirst.run();
      int count = 1;
      while (tokens.hasNext()) {
        tokens.next();
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

  private static final class Http implements Source {
    private static final Pattern PREDICTED = Pattern.compile("\"tokens_predicted\":(\\d+)");
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI url;

    Http(URI url) {
      this.url = url;
    }

    @Override
    public int generate(int[] prompt, int seed, Runnable onFirst) throws Exception {
      String ids = Arrays.stream(prompt).mapToObj(String::valueOf).collect(Collectors.joining(","));
      String body =
          """
          {"prompt": [%s], "n_predict": %d, "seed": %d, "stream": true, "ignore_eos": true,
          "cache_prompt": false, "temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.05}
          """
              .formatted(ids, GENERATED, seed);
      HttpRequest request =
          HttpRequest.newBuilder(url.resolve("/completion"))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(client.send(request, BodyHandlers.ofInputStream()).body()))) {
        int count = 0;
        boolean first = true;
        String line;
        while ((line = lines.readLine()) != null) {
          // it sends nothing for a token that is a part of a character: the last message counts
          Matcher predicted = PREDICTED.matcher(line);
          if (first && predicted.find()) {
            first = false;
            onFirst.run();
          }
          if (line.contains("\"stop\":true") && predicted.find(0)) {
            count = Integer.parseInt(predicted.group(1));
          }
        }
        return count;
      }
    }

    @Override
    public void close() {
      client.shutdownNow();
    }
  }
}
