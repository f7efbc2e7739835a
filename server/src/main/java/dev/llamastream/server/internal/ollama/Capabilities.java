package dev.llamastream.server.internal.ollama;

import dev.llamastream.server.internal.http.ModelCard;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a model can do, as far as its description and its chat template show. */
final class Capabilities {

  private Capabilities() {}

  /** Ollama's names for them. */
  static List<String> of(ModelCard card, String template) {
    if (!card.info().canGenerate()) {
      return List.of("embedding");
    }
    List<String> all = new ArrayList<>(List.of("completion"));
    if (template.contains("tools")) {
      all.add("tools");
    }
    if (thinks(template)) {
      all.add("thinking");
    }
    if (card.facts().tokens().canFillIn()) {
      all.add("insert");
    }
    return all;
  }

  /** Whether a template has places for what a model thinks. */
  static boolean thinks(String template) {
    return Stream.of(
            "enable_thinking", "<think>", "reasoning_content", "reasoning_effort", "thinking")
        .anyMatch(template::contains);
  }
}
