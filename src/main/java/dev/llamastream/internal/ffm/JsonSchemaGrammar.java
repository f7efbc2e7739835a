package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_CHAR;

import dev.llamastream.InvalidValueException;
import dev.llamastream.NativeAssertionException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.ls_buffer;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Grammars that llama.cpp makes of JSON schemas. */
public final class JsonSchemaGrammar {

  private static final Duration LONGEST = Duration.ofSeconds(10);

  private JsonSchemaGrammar() {}

  /**
   * The grammar of a schema that was checked.
   *
   * @param field what the schema is called in exceptions
   * @throws InvalidValueException if llama.cpp refuses the schema
   * @throws java.util.concurrent.CancellationException if the caller is interrupted
   */
  public static String of(String field, String schema) {
    NativeLibrary.load();
    return BigStackThread.interpret(() -> convert(field, schema));
  }

  private static String convert(String field, String schema) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      byte[] utf8 = schema.getBytes(StandardCharsets.UTF_8);
      MemorySegment grammar = ls_buffer.allocate(arena);
      int result =
          LibLlama.ls_json_schema_to_grammar(
              arena.allocateFrom(C_CHAR, utf8),
              utf8.length,
              LONGEST.toNanos(),
              grammar,
              error.segment());
      if (result == LibLlama.LS_FAILED()) {
        if (error.generationFailure() instanceof NativeAssertionException failure) {
          throw failure;
        }
        throw new InvalidValueException(field, error.message().strip());
      }
      return ChatFormat.take(grammar);
    }
  }
}
