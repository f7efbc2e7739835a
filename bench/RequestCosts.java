import dev.llamastream.Dry;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.internal.ffm.ModelAccess;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.ffm.SamplerHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the worst value of each field of a request costs before the request is admitted: time and
 * resident memory of the first and the second time. Arguments: models, also vocabularies alone.
 */
class RequestCosts {
  private static final int TOKENS = 8192;

  public static void main(String[] args) {
    for (String file : args) {
      ModelParams vocabulary = ModelParams.builder().vocabOnly(true).build();
      try (Model model = Model.load(Path.of(file), vocabulary)) {
        ModelHandle handle = ModelAccess.handle(model);
        int size = handle.vocab().size();
        System.out.printf(Locale.ROOT, "%s, %,d tokens%n", Path.of(file).getFileName(), size);
        prompts(model);
        sampler(handle, "all defaults", SamplerParams.builder());
        sampler(handle, "DRY, default breakers", SamplerParams.builder().dry(Dry.of(1)));
        sampler(
            handle,
            "DRY, 32 letters",
            dry(
                List.of(
                    "e", "a", "i", "o", "n", "t", "s", "r", "l", "d", "u", "c", "m", "p", "h", "g",
                    "b", "y", "f", "v", "k", "w", "x", "z", "j", "q", "E", "A", "I", "O", "N",
                    "T")));
        sampler(
            handle,
            "DRY, 32 of 40 bytes",
            dry(
                IntStream.range(0, 32)
                    .mapToObj(
                        i -> "eaiontsr".charAt(i % 8) + "abcdefghijklmnopqrstuvwxyz0123456789abc")
                    .toList()));
        sampler(
            handle,
            "DRY, 32 of 40 equal bytes",
            dry(
                IntStream.range(0, 32)
                    .mapToObj(
                        i ->
                            String.valueOf("eaiontsrlducmphgbyfvkwxzjqEAIONT".charAt(i)).repeat(40))
                    .toList()));
        sampler(
            handle,
            "DRY, lastN 2^20",
            SamplerParams.builder().dry(new Dry(1, 1.75, 2, 1 << 20, List.of())));
        sampler(
            handle,
            "penaltyLastN 2^20",
            SamplerParams.builder().penaltyLastN(1 << 20).repeatPenalty(1.1));
        Map<Integer, Double> biases = new HashMap<>();
        for (int token = 0; token < size; token++) {
          biases.put(token, 1.0);
        }
        sampler(handle, "logitBias of all tokens", SamplerParams.builder().logitBias(biases));
        grammar(
            handle,
            "grammar, one literal of 2^20",
            "root ::= \"" + "a".repeat((1 << 20) - 20) + "\"");
        grammar(
            handle,
            "grammar, 190,000 alternatives",
            "root ::= "
                + IntStream.range(0, 95_000)
                    .mapToObj(i -> "\"a\"")
                    .collect(Collectors.joining(" | ")));
        grammar(
            handle,
            "grammar, 20,000 rules",
            "root ::= r0\n"
                + IntStream.range(0, 20_000)
                    .mapToObj(i -> "r" + i + " ::= \"a\"\n")
                    .collect(Collectors.joining()));
      }
    }
  }

  private static void prompts(Model model) {
    time(
        "prompt of 1 MB of words",
        () -> model.tokenizer().encode("the quick brown fox ".repeat(50_000)).length);
    time("prompt of 1 MB, one word", () -> model.tokenizer().encode("a".repeat(1_000_000)).length);
    time("prompt of 1 MB of spaces", () -> model.tokenizer().encode(" ".repeat(1_000_000)).length);
    time("prompt of 1 MB of digits", () -> model.tokenizer().encode("7".repeat(1_000_000)).length);
    time(
        "prompt of 1 MB of special tokens",
        () -> model.tokenizer().encode("<|im_start|>".repeat(83_333)).length);
    time("prompt of 1 MB of <", () -> model.tokenizer().encode("<".repeat(1_000_000)).length);
    time(
        "100 stop sequences of 10,000",
        () ->
            GenerationRequest.builder("x")
                .stopSequences(
                    IntStream.range(0, 100).mapToObj(i -> "a".repeat(9_998) + i).toList())
                .build()
                .stopSequences()
                .size());
  }

  private static SamplerParams.Builder dry(List<String> breakers) {
    return SamplerParams.builder().dry(new Dry(1, 1.75, 2, 1024, breakers));
  }

  private static void grammar(ModelHandle model, String what, String grammar) {
    long start = System.nanoTime();
    sampler(model, what, () -> SamplerParams.builder().grammar(grammar));
    System.out.printf(
        Locale.ROOT, "  %-34s in all %,.1f ms%n", what, (System.nanoTime() - start) / 1e6);
  }

  private static void sampler(ModelHandle model, String what, SamplerParams.Builder params) {
    sampler(model, what, () -> params);
  }

  private static void sampler(
      ModelHandle model, String what, Supplier<SamplerParams.Builder> params) {
    try {
      measure(model, what, params.get().build());
    } catch (IllegalArgumentException e) {
      System.out.printf(Locale.ROOT, "  %-34s refused: %.100s%n", what, e.getMessage());
    }
  }

  private static void measure(ModelHandle model, String what, SamplerParams built) {
    long before = resident();
    long start = System.nanoTime();
    SamplerHandle first = model.newSampler(built, null, new int[0], TOKENS, Duration.ZERO);
    long between = System.nanoTime();
    long memory = resident();
    SamplerHandle second = model.newSampler(built, null, new int[0], TOKENS, Duration.ZERO);
    long end = System.nanoTime();
    System.out.printf(
        Locale.ROOT,
        "  %-34s %,9.2f ms %,8d kB, again %,9.2f ms %,8d kB%n",
        what,
        (between - start) / 1e6,
        memory - before,
        (end - between) / 1e6,
        resident() - memory);
    first.free();
    second.free();
  }

  private static void time(String what, Supplier<Integer> task) {
    long start = System.nanoTime();
    int result = task.get();
    System.out.printf(
        Locale.ROOT, "  %-34s %,9.2f ms (%,d)%n", what, (System.nanoTime() - start) / 1e6, result);
  }

  private static long resident() {
    try {
      return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4;
    } catch (IOException e) {
      return 0;
    }
  }
}
