package dev.llamastream.soak;

import dev.llamastream.ContextParams;
import dev.llamastream.Dry;
import dev.llamastream.FlashAttention;
import dev.llamastream.GenerationRequest;
import dev.llamastream.KvCacheType;
import dev.llamastream.Mirostat;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.Xtc;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Arguments, mostly valid, sometimes not. What takes much time or memory by its meaning is left
 * out: a context of millions of tokens is what it says.
 */
final class Arbitrary {

  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "Once upon a time",
          "<s></s><unk>",
          "\0",
          "a\0b",
          "😀 emoji 👩‍👩‍👧‍👦",
          "\ud83d",
          "x\ude00y",
          "\uffff\ufffe",
          "\n\n\r\n",
          "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
          "مرحبا",
          "ａ".repeat(50),
          "word ".repeat(30),
          "x".repeat(300),
          "long ".repeat(1_000));

  private static final List<String> GRAMMARS =
      List.of(
          "root ::= [a-z]+",
          "root ::= \"yes\" | \"no\"",
          "root ::= (\"a\" | \"😀\")* [^\\x00-\\x1f]",
          "root ::= item{2,5}\nitem ::= [0-9] \",\" # digits",
          "root ::= root \"a\" | \"b\"",
          "root ::= x\nx ::= y | \"\"\ny ::= x",
          "root ::= \"a\"{5,3}",
          "root ::= .{0,100}",
          "root ::= <[65]> | !<[66]>",
          "root",
          "root ::=",
          "::= \"a\"",
          "other ::= \"a\"",
          "root ::= \"" + "a".repeat(2_000) + "\"",
          "root ::= " + "(".repeat(150) + "\"a\"" + ")".repeat(150),
          "root ::= " + "(".repeat(5_000));

  private static final String GRAMMAR_CHARACTERS =
      "root ::= \"a\" | [a-z] ( b ) * + ? {2,} {3} \\ # \n ^ . x ::= <[1]> \\x41";

  private final Random random;

  Arbitrary(Random random) {
    this.random = random;
  }

  /** True once in so many times. */
  boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  <T> T of(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  String text() {
    if (once(5)) {
      char[] chars = new char[random.nextInt(40)];
      for (int i = 0; i < chars.length; i++) {
        chars[i] = (char) random.nextInt(1 << (1 + random.nextInt(16)));
      }
      return new String(chars);
    }
    return of(TEXTS);
  }

  /** Of these, or seldom one that is surely out of place. */
  int integer(int min, int max) {
    return switch (random.nextInt(200)) {
      case 0 -> Integer.MIN_VALUE;
      case 1 -> -1;
      case 2 -> min - 1;
      case 3 -> min;
      case 4, 5, 6, 7 -> max;
      default -> min + random.nextInt(max - min + 1);
    };
  }

  double number(double min, double max) {
    return switch (random.nextInt(400)) {
      case 0 -> Double.NaN;
      case 1 -> Double.NEGATIVE_INFINITY;
      case 2 -> Double.POSITIVE_INFINITY;
      case 3 -> Double.MIN_VALUE;
      case 4 -> Double.MAX_VALUE;
      case 5 -> -1;
      case 6, 7, 8, 9, 10, 11, 12, 13, 14 -> min;
      case 15, 16, 17, 18, 19, 20, 21, 22, 23, 24 -> max;
      default -> min + (max - min) * random.nextDouble();
    };
  }

  int[] tokens() {
    int[] tokens = new int[random.nextInt(once(10) ? 400 : 12)];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = once(50) ? integer(0, 100_000) : random.nextInt(259);
    }
    return tokens;
  }

  byte[] bytes(int max) {
    byte[] bytes = new byte[random.nextInt(max)];
    random.nextBytes(bytes);
    return bytes;
  }

  ModelParams modelParams() {
    ModelParams.Builder builder =
        ModelParams.builder()
            .memoryMap(random.nextBoolean())
            .vocabOnly(once(10))
            .checkTensors(random.nextBoolean())
            .repackWeights(random.nextBoolean());
    if (once(4)) {
      builder.gpuLayers(integer(-1, 100));
    }
    if (once(8)) {
      builder.memoryLock(true);
    }
    if (once(10)) {
      builder.devices(once(2) ? List.of("CPU") : List.of(text()));
    }
    if (once(20)) {
      builder.mainGpu(integer(-1, 3));
    }
    if (once(10)) {
      builder.tensorSplit(Stream.generate(() -> number(0, 1)).limit(random.nextInt(40)).toList());
    }
    if (once(8)) {
      int kind = random.nextInt(3);
      builder.progressListener(
          fraction -> {
            if (kind == 0) {
              throw new IllegalStateException("the listener's own");
            }
            return kind == 1;
          });
    }
    return builder.build();
  }

  ContextParams contextParams() {
    ContextParams.Builder builder =
        ContextParams.builder()
            .contextSize(once(20) ? integer(0, 2_000) : 1 + random.nextInt(500))
            .threads(once(8) ? 2 : 1)
            .batchThreads(once(8) ? 2 : 1);
    if (once(2)) {
      int batch = integer(1, 600);
      builder.batchSize(batch).microBatchSize(once(3) ? integer(1, 600) : Math.max(1, batch / 2));
    }
    if (once(30)) {
      builder.threads(integer(0, 3)).batchThreads(integer(0, 3));
    }
    if (once(3)) {
      builder.flashAttention(of(List.of(FlashAttention.values())));
    }
    if (once(3)) {
      builder.kvCacheType(of(List.of(KvCacheType.values())));
    }
    if (once(3)) {
      builder.contextShift(true).keepTokens(integer(0, 600));
    }
    return builder.reproducible(once(5)).build();
  }

  SamplerParams sampler() {
    if (once(4)) {
      return of(List.of(SamplerParams.greedy(), SamplerParams.creative(), SamplerParams.precise()));
    }
    SamplerParams.Builder builder = SamplerParams.builder();
    if (once(2)) {
      builder.temperature(number(0, 2)).topK(integer(0, 300)).topP(number(0, 1));
    }
    if (once(2)) {
      builder.minP(number(0, 1)).seed(integer(0, 1_000));
    }
    if (once(3)) {
      builder.typicalP(number(0, 1)).topNSigma(number(0, 3));
    }
    if (once(3)) {
      builder
          .repeatPenalty(number(0.5, 2))
          .frequencyPenalty(number(-2, 2))
          .presencePenalty(number(-2, 2))
          .penaltyLastN(integer(0, 100));
    }
    if (once(5)) {
      builder.mirostat(new Mirostat(integer(0, 2), number(0, 10), number(0, 1)));
    }
    if (once(5)) {
      builder.xtc(new Xtc(number(0, 1), number(0, 1)));
    }
    if (once(5)) {
      builder.dry(
          new Dry(
              number(0, 5),
              number(1, 3),
              integer(0, 10),
              integer(0, 500),
              Stream.generate(this::text).limit(random.nextInt(4)).toList()));
    }
    if (once(5)) {
      builder.logitBias(logitBias());
    }
    if (once(5)) {
      builder.grammar(grammar());
    }
    return builder.build();
  }

  private Map<Integer, Double> logitBias() {
    Map<Integer, Double> bias = new HashMap<>();
    int count = random.nextInt(once(10) ? 400 : 5);
    for (int i = 0; i < count; i++) {
      bias.put(
          once(20) ? integer(0, 100_000) : random.nextInt(259),
          once(3) ? Double.NEGATIVE_INFINITY : number(-100, 100));
    }
    return bias;
  }

  private String grammar() {
    if (once(2)) {
      return of(GRAMMARS);
    }
    StringBuilder text = new StringBuilder("root ::= ");
    String[] parts = GRAMMAR_CHARACTERS.split("(?<= )");
    for (int i = random.nextInt(12); i >= 0; i--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  GenerationRequest request() {
    GenerationRequest.Builder builder =
        once(4) ? GenerationRequest.builder(tokens()) : GenerationRequest.builder(text());
    builder.maxTokens(once(10) ? integer(1, 500) : 1 + random.nextInt(12)).sampler(sampler());
    if (once(4)) {
      builder.stopSequences(
          Stream.generate(this::text).limit(random.nextInt(5)).toArray(String[]::new));
    }
    if (once(6)) {
      builder.timeout(Duration.ofNanos((long) integer(0, 5_000) * 1_000));
    }
    if (once(6)) {
      builder.logprobs(true).topLogprobs(integer(0, 400));
    }
    return builder.echo(once(6)).reusePrefix(!once(6)).build();
  }
}
