package dev.llamastream.bench;

import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.NativeInfo;
import dev.llamastream.Tokenizer;
import dev.llamastream.internal.bindings.LibLlama;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the way into native code costs: one downcall, and the tokenizer. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class CallBenchmark {
  private static final String TEXT =
      "It was the best of times, it was the worst of times, it was the age of wisdom. ".repeat(10);

  private Model model;
  private Tokenizer tokenizer;
  private int[] tokens;

  @Setup
  public void load() {
    NativeInfo.load();
    model =
        Model.load(
            Path.of(System.getProperty("llamastream.test.model")),
            ModelParams.builder().vocabOnly(true).build());
    tokenizer = model.tokenizer();
    tokens = tokenizer.encode(TEXT);
  }

  @TearDown
  public void close() {
    model.close();
  }

  /** A function that returns a constant. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  public int downcall() {
    return LibLlama.ls_abi_version();
  }

  /** Some 800 characters to tokens. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public int[] encode() {
    return tokenizer.encode(TEXT);
  }

  /** The same back to text. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public String decode() {
    return tokenizer.decode(tokens);
  }
}
