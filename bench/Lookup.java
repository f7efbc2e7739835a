import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.Speculation;
import dev.llamastream.StreamStats;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Decode with prompt lookup against without, in turns: of a text that is given back with one word
 * changed, greedy; and of prose, sampled with a seed, because this model repeats its greedy prose.
 * 300 tokens. Prints medians of tokens per second, and the median of the ratios. Arguments: model,
 * pairs.
 */
class Lookup {

  private static final String TEXT =
      """
      The old man walked down to the river every morning before sunrise. He carried a small wooden \
      box, a folded blanket and a lantern that his grandfather had given him many years ago. Nobody \
      in the village knew what he kept in the box, and nobody dared to ask him. Some said that it \
      held letters from a woman he had loved, others believed that it was full of gold coins from \
      the war. When he reached the water he sat down on the flat stone, opened the box and took out \
      a wooden flute. He played three songs, always the same three, and then he packed everything \
      and went home. The children hid behind the trees and listened, and when they were grown up \
      they still remembered every note of those songs. One winter the man did not come, and the \
      stone stayed empty until the spring, when a young girl came down the path with a small wooden \
      box, a folded blanket and a lantern. She sat down on the stone, looked at the water for a \
      long time, and then she began to play the first of the three songs. The people came out of \
      their houses, one after the other, and nobody said a word until the last note was over. Then \
      an old woman, who had never told anybody what the letters said, began to laugh and to cry at \
      the same time.""";

  private static final String COPY =
      chat("Repeat the following text, but write \"lake\" in place of \"river\".\n\n" + TEXT);

  private static final String PROSE =
      chat("Tell me a long story about a sailor who finds an island that is on no map.");

  private static String chat(String words) {
    return "<|im_start|>user\n" + words + "<|im_end|>\n<|im_start|>assistant\n";
  }

  public static void main(String[] args) {
    int pairs = Integer.parseInt(args[1]);
    try (Model model = Model.load(Path.of(args[0]));
        Context context = new Context(model, ContextParams.builder().contextSize(2048).build())) {
      System.out.println("| 300 tokens | without | with | ratio | drafted | came true |");
      System.out.println("| --- | --- | --- | --- | --- | --- |");
      run("copy with one word changed", context, COPY, 0, pairs);
      run("prose", context, PROSE, 0.8, pairs);
    }
  }

  private static void run(
      String name, Context context, String prompt, double temperature, int pairs) {
    double[] without = new double[pairs];
    double[] with = new double[pairs];
    double[] ratios = new double[pairs];
    StreamStats stats = generate(context, prompt, temperature, Speculation.promptLookup());
    for (int i = 0; i < pairs; i++) {
      if (i % 2 == 0) {
        without[i] = generate(context, prompt, temperature, Speculation.none()).tokensPerSecond();
      }
      with[i] =
          generate(context, prompt, temperature, Speculation.promptLookup()).tokensPerSecond();
      if (i % 2 != 0) {
        without[i] = generate(context, prompt, temperature, Speculation.none()).tokensPerSecond();
      }
      ratios[i] = with[i] / without[i];
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %.1f | %.1f | %.2f | %d | %d |%n",
        name,
        median(without),
        median(with),
        median(ratios),
        stats.draftedTokens(),
        stats.acceptedTokens());
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  private static StreamStats generate(
      Context context, String prompt, double temperature, Speculation speculation) {
    GenerationRequest request =
        GenerationRequest.builder(prompt)
            .maxTokens(300)
            .sampler(
                SamplerParams.builder()
                    .temperature(temperature)
                    .seed(1)
                    .ignoreEndOfText(true)
                    .build())
            .speculation(speculation)
            .build();
    try (MeteredStream stream = context.streamWithStats(request)) {
      stream.forEachRemaining(piece -> {});
      return stream.stats();
    }
  }
}
