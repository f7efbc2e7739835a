package dev.llamastream.examples;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.structured.Partial;
import dev.llamastream.structured.PartialStream;
import dev.llamastream.structured.Structured;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Asks for a Java record, and shows it while it grows. */
public final class StructuredAnswer {

  private StructuredAnswer() {}

  /** What the answer is about. */
  public enum Kind {
    /** Mostly water. */
    SOUP,
    /** Mostly leaves. */
    SALAD,
    /** Sweet. */
    CAKE
  }

  /** The answer. */
  public record Recipe(
      @Size(max = 40) String title,
      Kind kind,
      @Min(1) @Max(120) int minutes,
      @Size(min = 2, max = 4) List<@Size(max = 20) String> ingredients) {}

  /** Takes the path of a model; without it, uses the default model. */
  public static void main(String... args) {
    ChatRequest request =
        ChatRequest.builder(ChatMessage.user("Write a recipe with carrots."))
            .maxTokens(300)
            .sampler(SamplerParams.greedy())
            .build();
    try (Model model = Model.load(ModelFile.of(args));
        Context context = new Context(model, ContextParams.defaults());
        PartialStream<Recipe> stream = Structured.of(context).stream(request, Recipe.class)) {
      // The schema of the record keeps the model from answering anything else
      for (Partial<Recipe> partial : stream) {
        System.out.println(partial.whole() ? partial.value().orElseThrow() : partial.json());
      }
    }
  }
}
