package dev.llamastream.soak;

import dev.llamastream.Context;
import dev.llamastream.ContextCreationException;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationException;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.ModelLoadException;
import dev.llamastream.ModelParams;
import dev.llamastream.NativeAssertionException;
import dev.llamastream.Token;
import dev.llamastream.TokenStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

/** The program of {@link GgufFuzzTest}: loads the file of each seed, and generates with it. */
final class GgufFuzz {

  /** How far a file got. */
  enum Outcome {
    REFUSED,
    NO_CONTEXT,
    NO_TOKENS,
    GENERATED
  }

  private static final ContextParams PARAMS =
      ContextParams.builder().contextSize(256).threads(1).batchThreads(1).build();

  private GgufFuzz() {}

  public static void main(String[] args) throws Exception {
    GgufMutation mutation = new GgufMutation();
    Path file = Files.createTempFile("fuzz", ".gguf");
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (long seed = Long.parseLong(args[0]); seed < Long.parseLong(args[1]); seed++) {
      System.out.println("seed " + seed);
      Files.write(file, mutation.bytes(seed));
      try {
        outcomes.merge(use(file, seed % 2 == 0), 1, Integer::sum);
      } catch (RuntimeException e) {
        e.printStackTrace(System.out);
        System.out.println("failed threw " + e);
      }
    }
    Files.delete(file);
    System.out.println("total " + outcomes);
  }

  /** Does with a file what one does; anything but an exception of these types is a finding. */
  static Outcome use(Path file, boolean memoryMap) {
    try (Model model = Model.load(file, ModelParams.builder().memoryMap(memoryMap).build())) {
      int vocabulary = model.info().vocabularySize();
      model.tokenizer().decode(IntStream.range(0, Math.min(vocabulary, 300)).toArray());
      try {
        model.tokenizer().encode("Once \u00e9 \ud83d\ude00 <s>");
      } catch (GenerationException e) {
        return Outcome.NO_TOKENS; // a byte that the damaged vocabulary has lost
      }
      try (Context context = new Context(model, PARAMS)) {
        return generate(context, vocabulary);
      } catch (ContextCreationException e) {
        return Outcome.NO_CONTEXT;
      }
    } catch (ModelLoadException e) {
      return Outcome.REFUSED;
    }
  }

  private static Outcome generate(Context context, int vocabulary) {
    int[] prompt = {Math.min(1, vocabulary - 1), vocabulary - 1, 0};
    try {
      TokenStream stream =
          context.generateStream(GenerationRequest.builder(prompt).maxTokens(2).build());
      stream.tokens().forEachRemaining(Token::text);
      return Outcome.GENERATED;
    } catch (NativeAssertionException e) {
      throw e;
    } catch (GenerationException e) {
      return Outcome.NO_TOKENS; // logits that are not finite
    }
  }
}
