package dev.llamastream.store.internal.ollama;

import java.util.List;
import java.util.function.Consumer;

/**
 * Translates the Go templates of Ollama's models to chat templates in Jinja, which llama.cpp runs.
 *
 * <p>Such a template is for models whose GGUF file has none of its own. A file's own is what the
 * model was trained with, while Ollama's is written after it, often by hand.
 *
 * <p>What the result writes of messages and tools is what Ollama would write, character by
 * character, but for two things. Numbers with a fraction or an exponent among the arguments of
 * tools look as llama.cpp writes them. And {@code {{ .Function }}} of a tool is JSON as in the
 * versions of Ollama for which templates were written; newer ones print the fields without names.
 */
final class GoTemplate {

  /** As in {@link dev.llamastream.chat.ChatRequest#template()}. */
  static final int MAX_LENGTH = 1 << 18;

  private GoTemplate() {}

  /**
   * A template in Jinja; empty if there is a construct that has no counterpart.
   *
   * @param source any text
   * @param untranslatable is told what the construct is
   */
  static String translate(String source, Consumer<String> untranslatable) {
    try {
      return translate(source);
    } catch (UntranslatableException e) {
      untranslatable.accept(String.valueOf(e.getMessage()));
      return "";
    }
  }

  private static String translate(String source) {
    if (source.indexOf(0) >= 0) {
      throw new UntranslatableException("the character NUL");
    }
    List<GoNode> nodes = GoParser.parse(source);
    boolean messages = GoNames.of(nodes).contains("messages");
    GoRoot root = new GoRoot(messages);
    String body = messages ? messages(nodes, root) : LegacyTemplate.translate(nodes, root);
    String jinja =
        MessagesPrelude.text(root.messageFields()) + JinjaMacros.text(root.macros()) + body;
    if (jinja.length() > MAX_LENGTH) {
      throw new UntranslatableException("so many nodes that the translation is too long");
    }
    return jinja;
  }

  /**
   * Ollama's templates always end with the beginning of an answer. Where it is a text after all
   * messages, it becomes optional, as in templates of others.
   */
  private static String messages(List<GoNode> nodes, GoRoot root) {
    int end = nodes.size();
    while (end > 0 && nodes.get(end - 1) instanceof GoNode.Text) {
      end--;
    }
    boolean answer = end > 0 && end < nodes.size() && nodes.get(end - 1) instanceof GoNode.Range;
    int body = answer ? end : nodes.size();
    String before = GoStatements.translate(nodes.subList(0, body), root);
    return answer
        ? before
            + "{%- if add_generation_prompt -%}\n"
            + GoStatements.translate(nodes.subList(body, nodes.size()), root)
            + "{%- endif -%}\n"
        : before;
  }
}
