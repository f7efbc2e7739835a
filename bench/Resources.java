import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.TokenStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/**
 * What a stream costs besides time: decoding from many threads in turns, heap per token, memory
 * that contexts leave behind. Linux only (/proc). Argument: the model.
 */
class Resources {
  private static final int CALLERS = 64;
  private static final int TOKENS = 128;
  private static final SamplerParams GREEDY = SamplerParams.greedy();
  private static final ContextParams PARAMS = ContextParams.builder().contextSize(1024).build();

  public static void main(String[] args) throws Exception {
    try (Model model = Model.load(Path.of(args[0]))) {
      callers(model, 8);
      callers(model, 1);
      heap(model);
      contexts(model);
    }
  }

  /** The same generation pulled by one thread, and by 64 in turns; pair by pair. */
  private static void callers(Model model, int tokensPerTurn) throws Exception {
    double[] ratios = new double[10];
    try (Context context = new Context(model, PARAMS)) {
      decode(context, CALLERS, tokensPerTurn);
      decode(context, 1, tokensPerTurn);
      int before = threads();
      for (int pair = 0; pair < ratios.length; pair++) {
        double alone = decode(context, 1, tokensPerTurn);
        ratios[pair] = decode(context, CALLERS, tokensPerTurn) / alone;
      }
      System.out.printf(
          Locale.ROOT,
          "callers: 64 in turns of %d tokens: median ratio %.3f %s, threads before %d, after %d%n",
          tokensPerTurn,
          median(ratios),
          Arrays.toString(ratios),
          before,
          threads());
    }
  }

  /** Tokens per second, the callers taking turns. */
  private static double decode(Context context, int callers, int tokensPerTurn)
      throws InterruptedException {
    context.clearCache();
    MeteredStream stream = context.streamWithStats("Once upon a time", TOKENS, GREEDY);
    Semaphore[] turns = new Semaphore[callers];
    Arrays.setAll(turns, i -> new Semaphore(i == 0 ? 1 : 0));
    Thread[] threads = new Thread[callers];
    for (int i = 0; i < callers; i++) {
      Semaphore own = turns[i];
      Semaphore next = turns[(i + 1) % callers];
      threads[i] = Thread.ofPlatform().start(() -> takeTurns(stream, own, next, tokensPerTurn));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return stream.stats().tokensPerSecond();
  }

  private static void takeTurns(TokenStream stream, Semaphore own, Semaphore next, int tokens) {
    while (stream.finishReason().isEmpty()) {
      own.acquireUninterruptibly();
      for (int i = 0; i < tokens && stream.hasNext(); i++) {
        stream.next();
      }
      next.release();
    }
  }

  private static void heap(Model model) {
    var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Context context = new Context(model, PARAMS)) {
      for (int round = 0; round < 6; round++) {
        TokenStream stream = context.generateStream("Once upon a time", TOKENS + 1, GREEDY);
        stream.next();
        long before = bean.getCurrentThreadAllocatedBytes();
        int pieces = 0;
        while (stream.hasNext()) {
          stream.next();
          pieces++;
        }
        long bytes = bean.getCurrentThreadAllocatedBytes() - before;
        System.out.printf(
            Locale.ROOT, "heap: round %d, %d bytes per token%n", round, bytes / pieces);
      }
    }
  }

  /** Medians, because the JVM's own compilers and the page cache come and go meanwhile. */
  private static void contexts(Model model) throws IOException {
    double[] resident = new double[1_000];
    for (int i = 0; i < resident.length; i++) {
      try (Context context = new Context(model, PARAMS)) {
        context.generate("Once", 1, GREEDY);
      }
      resident[i] = status("VmRSS:");
    }
    double second = median(Arrays.copyOfRange(resident, 100, 200));
    double last = median(Arrays.copyOfRange(resident, 900, 1_000));
    System.out.printf(
        Locale.ROOT,
        "contexts: resident %.0f kB at the second hundred, %.0f kB at the last: growth %.2f %%%n",
        second,
        last,
        100 * (last - second) / second);
  }

  private static int threads() throws IOException {
    return (int) status("Threads:");
  }

  private static long status(String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
  }
}
