package dev.llamastream.internal.ffm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.Symbols;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Long texts are tokenized in parts, into the very tokens that llama.cpp makes of the whole. */
class TokenizeInPartsTest {

  private static final Path VOCABULARIES = Path.of("target", "native", "llama.cpp", "models");

  /** llama.cpp looks for specials in a list, from its beginning for each one that it finds. */
  @Test
  @Timeout(120)
  void manySpecialTokensAreNotSlow() {
    try (Model model = load(Path.of("models", "SmolLM2-135M-Instruct.Q4_1.gguf"))) {
      int specials = 300_000;
      int[] tokens = model.tokenizer().encode("<|im_start|>".repeat(specials), true, true);
      assertThat(tokens).hasSize(specials).containsOnly(model.tokenizer().encode("<|im_start|>"));
    }
  }

  static List<Path> vocabularies() throws IOException {
    try (Stream<Path> files = Files.list(VOCABULARIES)) {
      return files
          .filter(file -> file.getFileName().toString().matches("ggml-vocab-.*\\.gguf"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("vocabularies")
  void tokensAreThoseOfTheWhole(Path file) throws Throwable {
    try (Model model = load(file)) {
      ModelHandle handle = ModelAccess.handle(model);
      Random random = new Random(file.getFileName().toString().hashCode());
      List<String> words = words(model, handle);
      for (int i = 0; i < 3; i++) {
        String text = text(words, random);
        for (int flags = 0; flags < 4; flags++) {
          boolean add = (flags & 1) != 0;
          boolean parse = (flags & 2) != 0;
          assertThat(model.tokenizer().encode(text, add, parse))
              .as("add %s, parse %s", add, parse)
              .containsExactly(whole(handle, text, add, parse));
        }
      }
    }
  }

  private static Model load(Path file) {
    return Model.load(file, ModelParams.builder().vocabOnly(true).build());
  }

  /** Many special tokens, parts of them, and what they may swallow or overlap with. */
  private static List<String> words(Model model, ModelHandle handle) {
    List<String> words =
        new ArrayList<>(
            List.of(" ", "  ", "\n", "\t", "a", "Hello", " world", "é", "日本", "<", "12"));
    Vocab vocab = handle.vocab();
    for (int token = 0; token < vocab.size(); token++) {
      String name = vocab.name(token);
      boolean likely = name.startsWith("<") || name.startsWith("[") || vocab.isControl(token);
      if (words.size() < 100
          && likely
          && name.length() > 2
          && model.tokenizer().encode(name, false, true).length == 1) {
        words.add(name);
        words.add(name);
        words.add(name.substring(0, name.length() - 1));
      }
    }
    return words;
  }

  private static String text(List<String> words, Random random) {
    StringBuilder text = new StringBuilder();
    while (text.length() < 40_000) {
      text.append(words.get(random.nextInt(words.size())));
    }
    return text.toString();
  }

  private static int[] whole(ModelHandle model, String text, boolean add, boolean parse)
      throws Throwable {
    MethodHandle tokenize =
        Linker.nativeLinker()
            .downcallHandle(
                Symbols.find("llama_tokenize").orElseThrow(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_BOOLEAN,
                    ValueLayout.JAVA_BOOLEAN));
    byte[] utf8 = text.getBytes(UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment chars = arena.allocateFrom(ValueLayout.JAVA_BYTE, utf8);
      int room = 2 * utf8.length;
      MemorySegment tokens = arena.allocate(ValueLayout.JAVA_INT, room);
      MemorySegment vocab = LibLlama.llama_model_get_vocab(model.segment());
      int count = (int) tokenize.invokeExact(vocab, chars, utf8.length, tokens, room, add, parse);
      return Arrays.copyOf(tokens.toArray(ValueLayout.JAVA_INT), count);
    }
  }
}
