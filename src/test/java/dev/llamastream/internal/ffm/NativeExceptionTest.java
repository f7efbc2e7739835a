package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_CHAR;
import static dev.llamastream.internal.bindings.LibLlama.C_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.GenerationException;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.GgufWriter.ValueType;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_model_params;
import dev.llamastream.internal.bindings.ls_error;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativeLibrary;
import dev.llamastream.internal.natives.NativePath;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real exceptions that one native library throws and another catches by their type. Where each
 * library has a C++ runtime of its own, a type may get lost, and with it the message.
 */
class NativeExceptionTest {

  private static final int TOKENS = 300;

  private final Arena arena = Arena.ofConfined();
  private final NativeError error = new NativeError(arena);
  private MemorySegment model = MemorySegment.NULL;

  @TempDir private Path directory;

  @BeforeEach
  void loadLibraries() {
    NativeLibrary.load();
  }

  @AfterEach
  void free() {
    LibLlama.ls_model_free(model, error.segment());
    arena.close();
  }

  private void load(Path file, boolean vocabOnly) {
    MemorySegment params = LibLlama.llama_model_default_params(arena);
    llama_model_params.vocab_only(params, vocabOnly);
    model = LibLlama.ls_model_load(NativePath.allocate(arena, file), params, error.segment());
  }

  /** A vocabulary that Java's own checks would refuse. */
  private void loadVocabulary(String tokenizer, GgufWriter gguf) {
    List<String> texts = IntStream.range(0, TOKENS).mapToObj(i -> "token" + i).toList();
    gguf.put("general.architecture", "llama")
        .put("tokenizer.ggml.model", tokenizer)
        .put("tokenizer.ggml.tokens", ValueType.STRING, texts);
    load(gguf.write(directory.resolve("vocabulary.gguf")), true);
  }

  private void assertException(String message) {
    assertThat(ls_error.kind(error.segment())).isEqualTo(LibLlama.LS_ERROR_EXCEPTION());
    assertThat(error.generationFailure())
        .isExactlyInstanceOf(GenerationException.class)
        .hasMessageContaining(message);
  }

  private int tokenize(byte[] text) {
    return LibLlama.ls_tokenize(
        LibLlama.llama_model_get_vocab(model),
        arena.allocateFrom(C_CHAR, text),
        text.length,
        arena.allocate(C_INT, 64),
        64,
        false,
        false,
        error.segment());
  }

  @Test
  void outOfRange() {
    load(TinyModel.defaultPath(), false);
    assertThat(
            LibLlama.ls_detokenize(
                LibLlama.llama_model_get_vocab(model),
                arena.allocateFrom(C_INT, 1 << 30),
                1,
                arena.allocate(64),
                64,
                false,
                false,
                error.segment()))
        .isEqualTo(Integer.MIN_VALUE);
    assertException("vector");
  }

  @Test
  void invalidArgument() {
    loadVocabulary("bert", new GgufWriter());
    assertThat(tokenize(new byte[] {(byte) 0xf7, (byte) 0xbf, (byte) 0xbf, (byte) 0xbf}))
        .isEqualTo(Integer.MIN_VALUE);
    assertException("invalid codepoint");
  }

  @Test
  void runtimeError() {
    // a table of 64 entries, after its length: "a" would be the 97th
    List<Integer> table = new ArrayList<>(Collections.nCopies(4 + 64 * 4 + 1, 0));
    table.set(1, 1);
    loadVocabulary(
        "t5", new GgufWriter().put("tokenizer.ggml.precompiled_charsmap", ValueType.UINT8, table));
    assertThat(tokenize("a".getBytes(StandardCharsets.US_ASCII))).isEqualTo(Integer.MIN_VALUE);
    assertException("Index out of array bounds in XCDA array!");
  }

  /** Ours, which libllama catches as any other and logs. */
  @Test
  void assertionThatLibllamaCatches() throws IOException {
    byte[] gguf = TinyModel.defaults().gguf().toByteArray();
    String latin = new String(gguf, StandardCharsets.ISO_8859_1);
    gguf[latin.indexOf("<0x41>") + 4] = '2'; // now two tokens have this text
    load(Files.write(directory.resolve("same.gguf"), gguf), false);
    assertThat(model).isEqualTo(MemorySegment.NULL);
    assertThat(ls_error.kind(error.segment())).isEqualTo(LibLlama.LS_ERROR_REFUSED());
    assertThat(error.message()).contains("GGML_ASSERT", "token_to_id", "failed to load model");
  }
}
