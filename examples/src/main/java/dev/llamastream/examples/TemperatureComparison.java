package dev.llamastream.examples;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;

/** Continues one prompt at three temperatures. Higher temperatures give less predictable text. */
public final class TemperatureComparison {

  private TemperatureComparison() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    String prompt = "Once upon a time";
    try (Model model = Model.load(ModelFile.of(args));
        Context context = new Context(model, ContextParams.defaults())) {
      for (double temperature : new double[] {0.1, 0.7, 1.2}) {
        System.out.println("--- Temperature " + temperature + " ---");
        System.out.print(prompt);
        SamplerParams sampler = SamplerParams.builder().temperature(temperature).seed(42).build();
        // From the second run on, the prompt is in the KV cache and is not computed again
        context.generateStream(prompt, 30, sampler).forEachRemaining(System.out::print);
        System.out.println();
      }
    }
  }
}
