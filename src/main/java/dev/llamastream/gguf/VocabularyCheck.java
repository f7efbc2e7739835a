package dev.llamastream.gguf;

import dev.llamastream.ModelLoadException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.BitSet;

/** Checks what llama-vocab.cpp assumes about a vocabulary. */
final class VocabularyCheck {

  private static final String TOKENIZER = "tokenizer.ggml.model";
  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String BEGIN = "tokenizer.ggml.bos_token_id";
  private static final String END = "tokenizer.ggml.eos_token_id";
  private static final String ADD_BEGIN = "tokenizer.ggml.add_bos_token";
  private static final String ADD_END = "tokenizer.ggml.add_eos_token";
  private static final String TYPES = "tokenizer.ggml.token_type";

  /** LLAMA_TOKEN_NULL, in the range of an unsigned 32-bit integer. */
  private static final long NONE = 0xffffffffL;

  /** LLAMA_TOKEN_TYPE_BYTE. */
  private static final int BYTE = 6;

  /**
   * The limit for tokens without texts, which take 40 bytes each: twenty times the largest known
   * vocabulary.
   */
  private static final int MAX_NAMELESS_TOKENS = 1 << 22;

  /**
   * In bytes. naive_trie recurses once per byte, up to the end of the stack, and llama_decode_text
   * produces a text of quadratic length.
   */
  private static final int MAX_TEXT_LENGTH = 4096;

  private final ModelMetadata metadata;
  private final String tokenizer;

  VocabularyCheck(ModelMetadata metadata) {
    this.metadata = metadata;
    this.tokenizer = metadata.text(TOKENIZER);
  }

  void run() {
    if (tokenizer.equals("none") || tokenizer.equals("no_vocab")) {
      String key = metadata.key("vocab_size");
      long size = metadata.uint32(key, 0);
      if (size > MAX_NAMELESS_TOKENS) {
        throw metadata.failure(key, size, "at most " + MAX_NAMELESS_TOKENS);
      }
      return;
    }
    GgufArray tokens = metadata.array(TOKENS, GgufType.STRING);
    if (tokens == null) {
      return;
    }
    if (tokens.size() == 0) {
      // the tokenizer named "test" divides by it
      throw metadata.failure(TOKENS, "empty", "at least one token");
    }
    checkTexts(tokens);
    checkSpecialTokens(tokens.size());
    if (tokenizer.equals("bert")) {
      checkNoBytes();
    }
    if (tokenizer.equals("rwkv")) {
      checkFirstBytes(tokens);
    }
  }

  private void checkTexts(GgufArray tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.length(i) > MAX_TEXT_LENGTH) {
        throw failure(TOKENS, i, tokens.length(i) + " bytes", "at most " + MAX_TEXT_LENGTH);
      }
    }
    // load asserts that id_to_token and token_to_id have the same size
    int duplicate = tokens.firstDuplicate();
    if (duplicate >= 0) {
      throw failure(
          TOKENS,
          duplicate,
          GgufInput.quoted(tokens.cString(duplicate)),
          "a token that is not there yet");
    }
  }

  /** tokenize asserts that the special tokens it adds to each text exist. */
  private void checkSpecialTokens(int size) {
    switch (tokenizer) {
      case "llama" -> {
        checkAdded(ADD_BEGIN, true, BEGIN, 1, size);
        checkAdded(ADD_END, false, END, 2, size);
      }
      case "gpt2", "hybriddna", "whitespace" -> {
        checkAdded(ADD_BEGIN, false, BEGIN, 11, size);
        checkAdded(ADD_END, false, END, 11, size);
      }
      case "gemma4" -> {
        checkExists(BEGIN, NONE, size);
        checkAdded(ADD_END, false, END, NONE, size);
      }
      case "t5" -> {
        checkAdded(ADD_BEGIN, false, BEGIN, NONE, size);
        checkAdded(ADD_END, true, END, 1, size);
      }
      case "bert" -> {
        checkExists(BEGIN, 101, size);
        checkExists("tokenizer.ggml.seperator_token_id", 102, size);
      }
      default -> {}
    }
  }

  private void checkAdded(String flag, boolean added, String key, long otherwise, int size) {
    if (metadata.bool(flag, added)) {
      checkExists(key, otherwise, size);
    }
  }

  /** If the file names no token, or one that does not exist, llama.cpp uses its default token. */
  private void checkExists(String key, long otherwise, int size) {
    long token = metadata.uint32(key, otherwise);
    if (token >= size && otherwise >= size) {
      throw metadata.failure(
          key, token == NONE ? "absent" : token, "below the number of tokens, " + size);
    }
  }

  /** token_to_byte aborts: a WordPiece vocabulary has no bytes. */
  private void checkNoBytes() {
    GgufArray types = metadata.array(TYPES, GgufType.INT32);
    for (int i = 0; types != null && i < types.size(); i++) {
      if (types.integer(i) == BYTE) {
        throw failure(TYPES, i, BYTE, "another type than BYTE");
      }
    }
  }

  /**
   * llm_tokenizer_rwkv_session restarts at the beginning of the text, endlessly, if a token begins
   * with a byte but no token consists of that byte.
   */
  private void checkFirstBytes(GgufArray tokens) {
    BitSet single = new BitSet();
    int[] first = new int[256];
    Arrays.fill(first, -1);
    for (int i = 0; i < tokens.size(); i++) {
      byte[] text = unescaped(tokens.cString(i));
      if (text.length == 1) {
        single.set(Byte.toUnsignedInt(text[0]));
      }
      if (text.length > 0) {
        first[Byte.toUnsignedInt(text[0])] = i;
      }
    }
    for (int value = 0; value < 256; value++) {
      if (first[value] >= 0 && !single.get(value)) {
        throw failure(
            TOKENS,
            first[value],
            GgufInput.quoted(tokens.cString(first[value])),
            "in a vocabulary with a token of its first byte alone");
      }
    }
  }

  /** Mirrors llama_unescape_rwkv_token. */
  private static byte[] unescaped(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        bytes.write(c);
      } else if (++i < text.length()) {
        switch (text.charAt(i)) {
          case 't' -> bytes.write('\t');
          case 'n' -> bytes.write('\n');
          case 'r' -> bytes.write('\r');
          case 'x' -> {
            if (i + 2 < text.length()) {
              bytes.write(digit(text.charAt(i + 1)) << 4 | digit(text.charAt(i + 2)));
            }
            i += 2;
          }
          default -> bytes.write(text.charAt(i));
        }
      }
    }
    return bytes.toByteArray();
  }

  /** The value of any character in the place of a hexadecimal digit. */
  private static int digit(char c) {
    byte signed = (byte) c;
    return signed >= 'a' ? signed - 'a' + 10 : signed - '0';
  }

  private ModelLoadException failure(String key, int index, Object value, String must) {
    return metadata.failure(key, "element " + index + " is " + value, must);
  }
}
