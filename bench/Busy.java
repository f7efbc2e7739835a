import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.PollableStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Our side of busy.sh: tokens per second, with a number of threads that the library chooses.
 * Arguments: model; the number of streams, where 1 is a context and more are an engine; and the
 * seconds to count, which begin after 64 tokens of each stream.
 */
class Busy {

  private static final int WARM_UP = 64;

  public static void main(String[] args) throws InterruptedException {
    int streams = Integer.parseInt(args[1]);
    double seconds = Double.parseDouble(args[2]);
    try (Model model = Model.load(Path.of(args[0]))) {
      int[] prompt = {model.tokenizer().encode("The")[0]};
      double speed =
          streams == 1 ? decode(model, prompt, seconds) : engine(model, prompt, streams, seconds);
      System.out.printf(Locale.ROOT, "%.2f%n", speed);
    }
  }

  private static GenerationRequest request(int[] prompt, int tokens) {
    return GenerationRequest.builder(prompt)
        .maxTokens(tokens)
        .sampler(SamplerParams.builder().temperature(0).ignoreEndOfText(true).build())
        .build();
  }

  /** As llama-bench does: 48 tokens after a prompt of one, again and again. */
  private static double decode(Model model, int[] prompt, double seconds) {
    try (Context context = new Context(model, ContextParams.builder().contextSize(512).build())) {
      run(context, prompt, WARM_UP);
      long begin = System.nanoTime();
      int tokens = 0;
      while (System.nanoTime() - begin < seconds * 1e9) {
        run(context, prompt, 48);
        tokens += 48;
      }
      return tokens * 1e9 / (System.nanoTime() - begin);
    }
  }

  private static void run(Context context, int[] prompt, int tokens) {
    context.clearCache();
    try (MeteredStream stream = context.streamWithStats(request(prompt, tokens))) {
      stream.forEachRemaining(piece -> {});
    }
  }

  private static double engine(Model model, int[] prompt, int streams, double seconds)
      throws InterruptedException {
    AtomicInteger tokens = new AtomicInteger();
    try (Engine engine = Engine.open(model)) {
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        PollableStream stream = engine.streamWithStats(request(prompt, 900));
        readers.add(
            Thread.startVirtualThread(
                () -> stream.forEachRemaining(_ -> tokens.getAndIncrement())));
      }
      while (tokens.get() < WARM_UP * streams) {
        Thread.sleep(10);
      }
      int before = tokens.get();
      long begin = System.nanoTime();
      Thread.sleep((long) (seconds * 1000));
      return (tokens.get() - before) * 1e9 / (System.nanoTime() - begin);
    }
  }
}
