package dev.llamastream.chat;

import dev.llamastream.InvalidValueException;
import dev.llamastream.internal.TextCheck;
import dev.llamastream.internal.ffm.JsonSchemaGrammar;
import dev.llamastream.internal.grammar.GrammarCheck;
import dev.llamastream.internal.json.SchemaCheck;

/**
 * JSON schemas for text that is no answer in a chat. In a chat, use {@link
 * ChatRequest#responseSchema()}.
 *
 * @since 0.1.0
 */
public final class JsonSchema {

  private JsonSchema() {}

  /**
   * Makes a grammar of a schema, for {@link dev.llamastream.SamplerParams#grammar()}. May be called
   * by any thread. A schema takes milliseconds, and 10 s at most.
   *
   * @param schema a JSON object, as text. At most 2^20 characters and 100 levels
   * @return in GBNF: JSON texts that follow the schema, without white space around them
   * @throws InvalidValueException if the text is no JSON object, or llama.cpp cannot make a grammar
   *     of it, or the grammar is too large
   * @throws java.util.concurrent.CancellationException if the thread is interrupted (its interrupt
   *     status stays set)
   */
  public static String toGrammar(String schema) {
    SchemaCheck.check("schema", TextCheck.check("schema", schema));
    String grammar = JsonSchemaGrammar.of("schema", schema);
    try {
      GrammarCheck.check(grammar);
    } catch (InvalidValueException e) {
      throw new InvalidValueException("schema", e);
    }
    return grammar;
  }
}
