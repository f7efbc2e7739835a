import dev.llamastream.Completion;
import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.CpuKernels;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.QuantizationType;
import dev.llamastream.QuantizeParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.gguf.GgmlType;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A model as each type of weights: its size, how fast it is, and how well it predicts a text.
 * Prints a table. The types take turns, and the speeds are medians.
 *
 * <p>Arguments: model, text, threads, rounds, and types (all of those with at most 8 bits if there
 * are none). A model that is quantized already is quantized again, so that all types have lost what
 * it has lost.
 */
class Types {
  private static final int DECODED = 64;
  private static final int PREFILLED = 512;
  private static final int WINDOW = 256;
  private static final int WINDOWS = 4;

  private final int threads;
  private final String text;

  private Types(int threads, String text) {
    this.threads = threads;
    this.text = text;
  }

  /** What was found of a file. */
  private record Row(
      String name, Path file, List<Double> prefill, List<Double> decode, List<Double> perplexity) {
    Row(String name, Path file) {
      this(name, file, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  public static void main(String[] args) throws Exception {
    Path source = Path.of(args[0]);
    Types types = new Types(Integer.parseInt(args[2]), Files.readString(Path.of(args[1])));
    List<QuantizationType> wanted =
        args.length > 4
            ? Arrays.stream(args).skip(4).map(QuantizationType::valueOf).toList()
            : Arrays.stream(QuantizationType.values())
                .filter(type -> type.tensorType().isQuantized())
                .toList();
    Path directory = Files.createTempDirectory("types");
    List<Row> rows = new ArrayList<>();
    try {
      rows.add(new Row("the source", source));
      for (QuantizationType type : wanted) {
        Path file = directory.resolve(type + ".gguf");
        Model.quantize(
            source, file, QuantizeParams.builder().type(type).allowRequantize(true).build());
        rows.add(new Row(type.name(), file));
      }
      for (Row row : rows) {
        row.perplexity.add(types.perplexity(row.file));
      }
      for (int round = 0; round < Integer.parseInt(args[3]); round++) {
        for (Row row : rows) {
          types.measure(row);
        }
        print(rows); // a long run that is ended early has said something
      }
    } finally {
      for (Row row : rows.subList(1, rows.size())) {
        Files.delete(row.file);
      }
      Files.delete(directory);
    }
  }

  private void measure(Row row) {
    ContextParams params =
        ContextParams.builder().contextSize(1024).threads(threads).batchThreads(threads).build();
    try (Model model = Model.load(row.file);
        Context context = new Context(model, params)) {
      int[] many =
          RandomGenerator.of("L64X128MixRandom")
              .ints(PREFILLED, 0, model.info().vocabularySize())
              .toArray();
      int[] one = {many[0]};
      run(context, one, 8);
      row.decode.add(run(context, one, DECODED).tokensPerSecond());
      row.prefill.add(run(context, many, 1).promptTokensPerSecond());
    }
  }

  private static StreamStats run(Context context, int[] prompt, int maxTokens) {
    context.clearCache();
    return context
        .complete(
            GenerationRequest.builder(prompt)
                .maxTokens(maxTokens)
                .sampler(SamplerParams.builder().temperature(0).ignoreEndOfText(true).build())
                .build())
        .stats();
  }

  /** Of the text's first tokens, in windows that are independent of each other. */
  private double perplexity(Path file) throws Exception {
    EngineParams params =
        EngineParams.builder()
            .context(
                ContextParams.builder()
                    .contextSize(8 * 2 * WINDOW)
                    .threads(threads)
                    .batchThreads(threads)
                    .build())
            .build();
    try (Model model = Model.load(file);
        Engine engine = Engine.open(model, params);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      int[] tokens = model.tokenizer().encode(text);
      List<Future<Completion>> windows = new ArrayList<>();
      for (int from = 0;
          from + WINDOW <= tokens.length && windows.size() < WINDOWS;
          from += WINDOW) {
        int[] window = Arrays.copyOfRange(tokens, from, from + WINDOW);
        GenerationRequest request =
            GenerationRequest.builder(window)
                .scorePrompt(true)
                .collectTokens(true)
                .logprobs(true)
                .maxTokens(0)
                .build();
        windows.add(executor.submit(() -> engine.complete(request)));
      }
      double sum = 0;
      long count = 0;
      for (Future<Completion> window : windows) {
        for (Token token : window.get().tokens()) {
          if (!Float.isNaN(token.logprob())) {
            sum += token.logprob();
            count++;
          }
        }
      }
      return Math.exp(-sum / count);
    }
  }

  private static void print(List<Row> rows) throws IOException {
    System.out.println(
        "| type | most weights are | repacked | MB | prefill | decode | perplexity |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
    for (Row row : rows) {
      List<GgufFile> files = GgufFile.readAll(row.file);
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %.1f | %.0f | %.1f | %.2f |%n",
          row.name,
          most(files),
          CpuKernels.of(files).slowType().isEmpty() ? "yes" : "no",
          Files.size(row.file) / 1e6,
          median(row, Row::prefill),
          median(row, Row::decode),
          median(row, Row::perplexity));
    }
  }

  private static double median(Row row, Function<Row, List<Double>> values) {
    List<Double> sorted = new ArrayList<>(values.apply(row));
    Collections.sort(sorted);
    return (sorted.get(sorted.size() / 2) + sorted.get((sorted.size() - 1) / 2)) / 2;
  }

  /** The type of most weights in the layers. */
  private static GgmlType most(List<GgufFile> files) {
    Map<GgmlType, Long> elements = new EnumMap<>(GgmlType.class);
    for (GgufFile file : files) {
      for (GgufTensor tensor : file.tensors()) {
        if (tensor.name().startsWith("blk.") && tensor.dimensions().size() > 1) {
          elements.merge(tensor.type(), tensor.elements(), Long::sum);
        }
      }
    }
    return elements.entrySet().stream()
        .max(Comparator.comparing(Map.Entry::getValue))
        .orElseThrow()
        .getKey();
  }
}
