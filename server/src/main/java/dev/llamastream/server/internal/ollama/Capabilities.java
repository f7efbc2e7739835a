package dev.llamastream.server.internal.ollama;

import dev.llamastream.Model;
import dev.llamastream.server.internal.http.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a model can do, as far as its description and its chat template show. */
final class Capabilities {

  private Capabilities() {}

  /** Ollama's names for them. */
  static List<String> of(Model model, String template) {
    if (!model.info().canGenerate()) {
      return List.of("embedding");
    }
    List<String> all = new ArrayList<>(List.of("completion"));
    if (template.contains("tools")) {
      all.add("tools");
    }
    if (thinks(template)) {
      all.add("thinking");
    }
    if (model.tokenizer().fimTokens().canFillIn()) {
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

  /** The chat template that a request gets; empty for none. */
  static String template(Request request) {
    String own = request.model().info().chatTemplate();
    return own.isEmpty() ? request.defaults().chatTemplate() : own;
  }
}
