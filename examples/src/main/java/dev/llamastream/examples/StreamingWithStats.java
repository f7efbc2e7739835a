package dev.llamastream.examples;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import java.time.Duration;

/** Measures the time to the first token and the speed of the others. */
public final class StreamingWithStats {

  private StreamingWithStats() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    String prompt = "Gravity is the force that";
    GenerationRequest request =
        GenerationRequest.builder(prompt)
            .maxTokens(80)
            .sampler(SamplerParams.builder().temperature(0.7).seed(42).build())
            .stopSequences("\n\n")
            .timeout(Duration.ofMinutes(2))
            .build();
    try (Model model = Model.load(ModelFile.of(args));
        Context context = new Context(model, ContextParams.defaults());
        MeteredStream stream = context.streamWithStats(request)) {
      System.out.print(prompt);
      stream.forEachRemaining(System.out::print);
      System.out.println();
      System.out.println();
      System.out.println(stream.stats());
    }
  }
}
