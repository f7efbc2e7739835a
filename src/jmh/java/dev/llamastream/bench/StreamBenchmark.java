package dev.llamastream.bench;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.TokenStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** {@code generateStream} on the default model: tokens per second, and time to the first token. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 3)
public class StreamBenchmark {
  private static final int TOKENS = 64;
  private static final String PROMPT = "Once upon a time";

  private Model model;
  private Context context;

  @Setup
  public void open() {
    model = Model.load(Path.of(System.getProperty("llamastream.test.model")));
    context = new Context(model, ContextParams.builder().contextSize(1024).build());
  }

  @TearDown
  public void close() {
    model.close();
  }

  @Setup(Level.Invocation)
  public void clear() {
    context.clearCache();
  }

  /** The score is in tokens per second. */
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @OperationsPerInvocation(TOKENS)
  public void generateStream(Blackhole blackhole) {
    context
        .generateStream(PROMPT, TOKENS, SamplerParams.greedy())
        .forEachRemaining(blackhole::consume);
  }

  /** With the default sampler chain. */
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @OperationsPerInvocation(TOKENS)
  public void generateStreamSampled(Blackhole blackhole) {
    context
        .generateStream(PROMPT, TOKENS, SamplerParams.builder().seed(1).build())
        .forEachRemaining(blackhole::consume);
  }

  /** From the call to the first piece, with an empty KV cache. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public String timeToFirstToken() {
    try (TokenStream stream = context.generateStream(PROMPT, TOKENS, SamplerParams.greedy())) {
      return stream.next();
    }
  }
}
