package dev.llamastream.examples;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.TokenStream;

/** Stops when the text is good enough. A stream that is not pulled decodes nothing. */
public final class EarlyStopping {

  private EarlyStopping() {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    String prompt = "Water boils when";
    StringBuilder text = new StringBuilder();
    System.out.print(prompt);
    try (Model model = Model.load(ModelFile.of(args));
        Context context = new Context(model, ContextParams.defaults());
        TokenStream stream = context.generateStream(prompt, 200, SamplerParams.greedy())) {
      for (String piece : stream) {
        System.out.print(piece);
        text.append(piece);
        if (text.indexOf(".") >= 0 && text.length() > 50) {
          break;
        }
      }
    }
    System.out.println();
    System.out.println("[Stopped after " + text.length() + " characters]");
  }
}
