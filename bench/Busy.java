import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Our side of busy.sh: the decode speed with a number of threads that the library chooses, over 3
 * times 48 tokens, after 64 to find it. Prints tokens per second. Argument: model.
 */
class Busy {
  public static void main(String[] args) {
    try (Model model = Model.load(Path.of(args[0]));
        Context context =
            new Context(model, ContextParams.builder().contextSize(1024).threads(0).build())) {
      int[] prompt = {model.tokenizer().encode("The")[0]};
      nanos(context, prompt, 64);
      long nanos = 0;
      for (int i = 0; i < 3; i++) {
        nanos += nanos(context, prompt, 48);
      }
      System.out.printf(Locale.ROOT, "%.2f%n", 3 * 48 * 1e9 / nanos);
    }
  }

  private static long nanos(Context context, int[] prompt, int tokens) {
    context.clearCache();
    SamplerParams greedy = SamplerParams.builder().temperature(0).ignoreEndOfText(true).build();
    try (MeteredStream stream =
        context.streamWithStats(
            GenerationRequest.builder(prompt).maxTokens(tokens).sampler(greedy).build())) {
      long begin = System.nanoTime();
      stream.forEachRemaining(piece -> {});
      return System.nanoTime() - begin;
    }
  }
}
