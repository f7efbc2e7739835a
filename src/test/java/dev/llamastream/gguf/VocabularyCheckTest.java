package dev.llamastream.gguf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ModelLoadException;
import dev.llamastream.gguf.GgufValue.BooleanValue;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.gguf.GgufValue.StringValue;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyCheckTest {

  private final Map<String, GgufValue> metadata = new LinkedHashMap<>();

  VocabularyCheckTest() {
    metadata.put("general.architecture", new StringValue("llama"));
    tokenizer("llama");
    tokens("<unk>", "<s>", "</s>", "a");
  }

  @Test
  void textsMustBeDistinctForC() {
    passes();
    tokens("a", "b", "c", "b");
    refused("\"tokenizer.ggml.tokens\": element 3 is \"b\", must be a token that is not there yet");
    tokens("a", "b\0c", "c", "b\0d");
    refused("\"tokenizer.ggml.tokens\": element 3 is \"b\", must be a token that is not there yet");
    tokens("a", "b", "c", "ab", "ba", "Aa", "BB");
    passes();
  }

  /** llama.cpp gives each a name of its own. */
  @Test
  void textsMayBeEmpty() {
    tokens("a", "", "b", "", "\0x");
    passes();
  }

  @Test
  void textsMustBeShort() {
    tokens("a", "b", "x".repeat(4096));
    passes();
    tokens("a", "b", "x".repeat(4097));
    refused("\"tokenizer.ggml.tokens\": element 2 is 4097 bytes, must be at most 4096");
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "bert", "test", "rwkv"})
  void aVocabularyMustHaveTokens(String tokenizer) {
    tokenizer(tokenizer);
    tokens();
    refused("\"tokenizer.ggml.tokens\": empty, must be at least one token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "no_vocab"})
  void namelessTokensMustFitIntoMemory(String tokenizer) {
    tokenizer(tokenizer);
    tokens();
    passes();
    metadata.put("llama.vocab_size", new IntegerValue(GgufType.UINT32, 1 << 22));
    passes();
    metadata.put("llama.vocab_size", new IntegerValue(GgufType.UINT32, (1 << 22) + 1));
    refused("\"llama.vocab_size\": 4194305, must be at most 4194304");
  }

  @ParameterizedTest
  @CsvSource({
    "llama, 4, true, false",
    "llama, 1, true, true",
    "llama, 1, false, false",
    "gpt2, 12, true, false",
    "gpt2, 11, true, true",
    "gpt2, 11, false, false",
    "t5, 12, true, true",
    "t5, 12, false, false",
    "gemma4, 12, false, true",
    "bert, 102, false, true",
    "bert, 103, false, false",
    "plamo2, 1, true, false",
  })
  void aBeginTokenThatIsAddedMustExist(
      String tokenizer, int size, boolean added, boolean isRefused) {
    tokenizer(tokenizer);
    numberedTokens(size);
    metadata.put("tokenizer.ggml.add_bos_token", new BooleanValue(added));
    if (isRefused) {
      refused("must be below the number of tokens, " + size);
    } else {
      passes();
    }
  }

  @Test
  void aTokenThatIsNotThereIsReplacedByTheKnownOne() {
    metadata.put("tokenizer.ggml.bos_token_id", new IntegerValue(GgufType.UINT32, 4));
    passes();
    tokens("a");
    refused("\"tokenizer.ggml.bos_token_id\": 4, must be below the number of tokens, 1");
    metadata.put("tokenizer.ggml.bos_token_id", new IntegerValue(GgufType.UINT32, 0));
    passes();
    metadata.put("tokenizer.ggml.add_eos_token", new BooleanValue(true));
    refused("\"tokenizer.ggml.eos_token_id\": 2, must be below the number of tokens, 1");
  }

  @Test
  void aWordPieceVocabularyHasNoBytes() {
    tokenizer("bert");
    numberedTokens(200);
    metadata.put("tokenizer.ggml.token_type", types(1, 3, 1));
    passes();
    metadata.put("tokenizer.ggml.token_type", types(1, 3, 6));
    refused("\"tokenizer.ggml.token_type\": element 2 is 6, must be another type than BYTE");
  }

  @Test
  void whatBeginsATokenOfRwkvMustBeOneToo() {
    tokenizer("rwkv");
    tokens("a", "ab", "\\n", "\\n\\n", "\\x41", "AB", "\\\\", "\\\\x");
    passes();
    tokens("a", "ab", "\\n\\n");
    refused("\"tokenizer.ggml.tokens\": element 2 is \"\\n\\n\", must be in a vocabulary with");
    tokens("a", "\\xe4\\xb8");
    refused("element 1 is \"\\xe4\\xb8\"");
    tokens("a", "\\xe4", "\\xe4\\xb8", "\\", "\\x1");
    passes();
  }

  private void tokenizer(String name) {
    metadata.put("tokenizer.ggml.model", new StringValue(name));
  }

  private void numberedTokens(int size) {
    String[] tokens = new String[size];
    for (int i = 0; i < size; i++) {
      tokens[i] = "token " + i;
    }
    tokens(tokens);
  }

  private void tokens(String... texts) {
    int[] ends = new int[texts.length];
    int end = 0;
    for (int i = 0; i < texts.length; i++) {
      end += texts[i].length();
      ends[i] = end;
    }
    byte[] data = String.join("", texts).getBytes(ISO_8859_1);
    metadata.put("tokenizer.ggml.tokens", GgufArray.ofTexts(data, ends));
  }

  private static GgufArray types(int... types) {
    byte[] bytes = new byte[types.length * Integer.BYTES];
    GgufFiles.littleEndian(bytes).asIntBuffer().put(types);
    return GgufArray.ofNumbers(GgufType.INT32, types.length, bytes);
  }

  private GgufFile file() {
    return new GgufFile(Path.of("model.gguf"), 3, 0, 32, metadata, List.of(), "");
  }

  private void passes() {
    assertThatCode(() -> ModelCheck.check(List.of(file()), true)).doesNotThrowAnyException();
  }

  private void refused(String part) {
    assertThatThrownBy(() -> ModelCheck.check(List.of(file()), true))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith("model.gguf: metadata ")
        .hasMessageContaining(part);
  }
}
