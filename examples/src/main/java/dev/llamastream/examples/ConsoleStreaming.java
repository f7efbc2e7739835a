package dev.llamastream.examples;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;

/** Prints the text while the model generates it. */
public final class ConsoleStreaming {

  private ConsoleStreaming() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    String prompt = "The future of AI is";
    try (Model model = Model.load(ModelFile.of(args));
        Context context = new Context(model, ContextParams.defaults())) {
      System.out.print(prompt);
      // Each piece is decoded when the loop asks for it
      for (String piece : context.generateStream(prompt, 60)) {
        System.out.print(piece);
        System.out.flush();
      }
      System.out.println();
    }
  }
}
