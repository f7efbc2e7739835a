package dev.llamastream.examples;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.TokenStream;

/** Cancels a stream from another thread, as a stop button would. */
public final class Cancellation {

  private Cancellation() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    String prompt = "Once upon a time";
    int pieces = 0;
    try (Model model = Model.load(ModelFile.of(args));
        Context context = new Context(model, ContextParams.defaults());
        TokenStream stream = context.generateStream(prompt, 2000, SamplerParams.greedy())) {
      System.out.print(prompt);
      for (String piece : stream) {
        System.out.print(piece);
        if (++pieces == 20) {
          // Takes effect within one token, or at once inside a long prompt.
          Thread.startVirtualThread(stream::cancel);
        }
      }
      System.out.println();
      System.out.println("[" + stream.finishReason().orElseThrow() + "]");
    }
  }
}
