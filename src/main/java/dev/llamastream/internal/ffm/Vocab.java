package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_CHAR;
import static dev.llamastream.internal.bindings.LibLlama.C_INT;

import dev.llamastream.FimTokens;
import dev.llamastream.GenerationException;
import dev.llamastream.InvalidValueException;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.Token;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * A {@code llama_vocab}. Thread-safe. The caller holds a lease of the model or of one of its
 * contexts.
 */
public final class Vocab {

  private final MemorySegment vocab;
  private final ModelHandle model;
  private final int size;
  private final FewestTokens fewest;

  /** Creates the vocabulary of a file with this {@code tokenizer.ggml.model}. */
  Vocab(MemorySegment vocab, String tokenizer, ModelHandle model) {
    this.vocab = vocab;
    this.model = model;
    this.size = LibLlama.llama_vocab_n_tokens(vocab);
    this.fewest = new FewestTokens(this, tokenizer);
  }

  /** Number of tokens. */
  public int size() {
    return size;
  }

  /** Checks a token id. */
  public int check(String field, int token) {
    if (token < 0 || token >= size) {
      throw new InvalidValueException(
          field, String.format(Locale.ROOT, "token %d, must be in [0, %d]", token, size - 1));
    }
    return token;
  }

  /** Whether a token ends a generation. */
  public boolean isEndOfGeneration(int token) {
    return LibLlama.llama_vocab_is_eog(vocab, token);
  }

  /**
   * Joins two texts as cross-encoders want them, with the tokens that the vocabulary says: begin,
   * first, end, separator, second, end (format_prompt_rerank in llama.cpp's server).
   */
  public int[] pair(int[] first, int[] second) {
    int end = LibLlama.llama_vocab_eos(vocab);
    int separator = LibLlama.llama_vocab_sep(vocab);
    int ended = end == Token.NONE ? separator : end;
    boolean endsTexts = LibLlama.llama_vocab_get_add_eos(vocab);
    IntStream.Builder tokens = IntStream.builder();
    addIf(LibLlama.llama_vocab_get_add_bos(vocab), LibLlama.llama_vocab_bos(vocab), tokens);
    IntStream.of(first).forEach(tokens);
    addIf(endsTexts, ended, tokens);
    addIf(LibLlama.llama_vocab_get_add_sep(vocab), separator, tokens);
    IntStream.of(second).forEach(tokens);
    addIf(endsTexts, ended, tokens);
    return tokens.build().toArray();
  }

  /** The tokens with which the model is told to fill in the middle of a text. */
  public FimTokens fimTokens() {
    return new FimTokens(
        LibLlama.llama_vocab_fim_pre(vocab),
        LibLlama.llama_vocab_fim_suf(vocab),
        LibLlama.llama_vocab_fim_mid(vocab),
        LibLlama.llama_vocab_fim_pad(vocab),
        LibLlama.llama_vocab_fim_rep(vocab),
        LibLlama.llama_vocab_fim_sep(vocab));
  }

  /**
   * Joins the texts around a gap as models that fill it in want them (format_prompt_infill in
   * llama.cpp's server).
   *
   * @throws UnsupportedOperationException if the vocabulary has no tokens for it
   */
  public int[] fillInMiddle(int[] before, int[] after) {
    FimTokens fim = fimTokens();
    if (!fim.canFillIn()) {
      throw new UnsupportedOperationException("this model cannot fill in the middle of a text");
    }
    IntStream.Builder tokens = IntStream.builder();
    addIf(LibLlama.llama_vocab_get_add_bos(vocab), LibLlama.llama_vocab_bos(vocab), tokens);
    tokens.add(fim.prefix());
    IntStream.of(before).forEach(token -> tokens.add(check("before", token)));
    tokens.add(fim.suffix());
    IntStream.of(after).forEach(token -> tokens.add(check("after", token)));
    tokens.add(fim.middle());
    return tokens.build().toArray();
  }

  /**
   * The first tokens of a text, and the token that the vocabulary puts at its end.
   *
   * @param most how many tokens in all, at least 1
   */
  public int[] cut(int[] tokens, int most) {
    if (tokens.length <= most) {
      return tokens;
    }
    int[] kept = Arrays.copyOf(tokens, most);
    int last = tokens[tokens.length - 1];
    // none is written in the text: special tokens there are text
    if (last == LibLlama.llama_vocab_eos(vocab) || last == LibLlama.llama_vocab_sep(vocab)) {
      kept[most - 1] = last;
    }
    return kept;
  }

  private static void addIf(boolean wanted, int token, IntStream.Builder tokens) {
    if (wanted && token != Token.NONE) {
      tokens.add(token);
    }
  }

  /** All tokens that end a generation. */
  int[] endsOfGeneration() {
    return IntStream.range(0, size).filter(this::isEndOfGeneration).toArray();
  }

  /** Whether a token is a control token, which has no text. */
  public boolean isControl(int token) {
    return LibLlama.llama_vocab_is_control(vocab, token);
  }

  /**
   * Turns text into tokens, at most {@code room}. Refuses a text that is far too long before it
   * starts the slow tokenizer.
   *
   * @param timeout how long this may wait; zero for no limit
   * @throws PromptTooLongException if there are more
   * @throws CancellationException if the caller is interrupted or times out
   */
  public int[] tokenize(String text, boolean parseSpecial, int room, Duration timeout) {
    int atLeast = text.length() > room ? fewest.of(text) : 0;
    if (atLeast > room) {
      throw new PromptTooLongException(atLeast, room);
    }
    int[] tokens = tokenize(text, true, parseSpecial, timeout);
    if (tokens.length > room) {
      throw new PromptTooLongException(tokens.length, room);
    }
    return tokens;
  }

  /**
   * Turns a prompt into tokens, at most {@code room}, and control tokens written in it into control
   * tokens.
   *
   * @param protectedBytes which bytes of it, in ascending order, are part of none
   * @param timeout how long this may wait; zero for no limit
   * @throws PromptTooLongException if there are more
   * @throws CancellationException if the caller is interrupted or times out
   */
  public int[] tokenize(String text, int[] protectedBytes, int room, Duration timeout) {
    return protectedBytes.length == 0
        ? tokenize(text, true, room, timeout)
        : tokenizeProtected(text, protectedBytes, true, room, timeout);
  }

  /**
   * Turns a text with its own control tokens into tokens, at most {@code room}. Adds none.
   *
   * @param protectedBytes as {@link #tokenize(String, int[], int, Duration)}
   * @throws PromptTooLongException if there are more
   * @throws CancellationException if the caller is interrupted
   */
  public int[] tokenizeWhole(String text, int[] protectedBytes, int room) {
    return tokenizeProtected(text, protectedBytes, false, room, Duration.ZERO);
  }

  private int[] tokenizeProtected(
      String text, int[] protectedBytes, boolean addSpecial, int room, Duration timeout) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int[] tokens =
        BigStackThread.call(
            model, utf8.length, timeout, () -> tokenizeProtected(utf8, protectedBytes, addSpecial));
    if (tokens.length > room) {
      throw new PromptTooLongException(tokens.length, room);
    }
    return tokens;
  }

  /**
   * Turns text into tokens.
   *
   * @throws CancellationException if the caller is interrupted
   */
  public int[] tokenize(String text, boolean addSpecial, boolean parseSpecial) {
    return tokenize(text, addSpecial, parseSpecial, Duration.ZERO);
  }

  private int[] tokenize(String text, boolean addSpecial, boolean parseSpecial, Duration timeout) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return BigStackThread.call(
        model, utf8.length, timeout, () -> tokenize(utf8, addSpecial, parseSpecial));
  }

  private int[] tokenize(byte[] utf8, boolean addSpecial, boolean parseSpecial) {
    return tokenize(
        utf8,
        (chars, tokens, capacity, error) ->
            LibLlama.ls_tokenize(
                vocab, chars, utf8.length, tokens, capacity, addSpecial, parseSpecial, error));
  }

  private int[] tokenizeProtected(byte[] utf8, int[] protectedBytes, boolean addSpecial) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment positions = arena.allocateFrom(C_INT, protectedBytes);
      return tokenize(
          utf8,
          (chars, tokens, capacity, error) ->
              LibLlama.ls_tokenize_protected(
                  vocab,
                  chars,
                  utf8.length,
                  positions,
                  protectedBytes.length,
                  tokens,
                  capacity,
                  addSpecial,
                  error));
    }
  }

  private interface NativeTokenizer {
    int tokenize(MemorySegment chars, MemorySegment tokens, int capacity, MemorySegment error);
  }

  private static int[] tokenize(byte[] utf8, NativeTokenizer tokenizer) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      MemorySegment chars = arena.allocate(Math.max(1, utf8.length));
      MemorySegment.copy(utf8, 0, chars, C_CHAR, 0, utf8.length);
      int capacity =
          Math.clamp(utf8.length + 16L, 16, Integer.MAX_VALUE); // most tokens have more bytes

      MemorySegment tokens = arena.allocate(C_INT, capacity);
      int count = tokenizer.tokenize(chars, tokens, capacity, error.segment());
      if (count < 0 && count != Integer.MIN_VALUE) {
        capacity = -count;
        tokens = arena.allocate(C_INT, capacity);
        count = tokenizer.tokenize(chars, tokens, capacity, error.segment());
      }
      if (count < 0) {
        throw error.generationFailure();
      }
      return tokens.asSlice(0, count * C_INT.byteSize()).toArray(C_INT);
    }
  }

  /** Turns tokens into text. The caller has checked the tokens. */
  public String detokenize(int[] tokens) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      MemorySegment ids = arena.allocateFrom(C_INT, tokens);
      int capacity = Math.clamp(tokens.length * 8L + 16, 16, Integer.MAX_VALUE);
      MemorySegment text = arena.allocate(capacity);
      int length = detokenize(ids, tokens.length, text, capacity, error);
      if (length < 0) {
        capacity = -length;
        text = arena.allocate(capacity);
        length = detokenize(ids, tokens.length, text, capacity, error);
      }
      return new String(text.asSlice(0, length).toArray(C_CHAR), StandardCharsets.UTF_8);
    }
  }

  private int detokenize(
      MemorySegment tokens, int count, MemorySegment text, int capacity, NativeError error) {
    int length =
        LibLlama.ls_detokenize(vocab, tokens, count, text, capacity, false, false, error.segment());
    if (length == Integer.MIN_VALUE) {
      throw error.generationFailure();
    }
    return length;
  }

  /** The bytes of a checked token; special tokens have none. */
  public byte[] bytes(int token) {
    return bytes(token, false);
  }

  /** The bytes of a checked token as it is written; special tokens have their names. */
  public byte[] piece(int token) {
    return bytes(token, true);
  }

  /** The text of {@link #piece}. */
  public String name(int token) {
    return new String(piece(token), StandardCharsets.UTF_8);
  }

  private byte[] bytes(int token, boolean special) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      MemorySegment buffer = arena.allocate(64);
      int length = piece(token, buffer, special, error);
      if (length < 0) {
        buffer = arena.allocate(-length);
        length = piece(token, buffer, special, error);
      }
      return buffer.asSlice(0, length).toArray(C_CHAR);
    }
  }

  private int piece(int token, MemorySegment buffer, boolean special, NativeError error) {
    int length =
        LibLlama.ls_token_to_piece(
            vocab, token, buffer, (int) buffer.byteSize(), special, error.segment());
    if (length == Integer.MIN_VALUE) {
      throw error.generationFailure();
    }
    return length;
  }

  /** Creates a buffer for {@link Pieces}, for one thread at a time. */
  public Pieces newPieces() {
    return new Pieces();
  }

  /** Reads the bytes of single tokens into a buffer that is reused. */
  public final class Pieces {
    private final Arena arena = Arena.ofAuto();
    private final NativeError error = new NativeError(arena);
    private MemorySegment buffer = arena.allocate(256);
    private byte[] bytes = new byte[256];

    /**
     * Puts a token's text into {@link #bytes()} and returns its length; special tokens have none.
     */
    public int read(int token) {
      int length = piece(token, buffer, false, error);
      if (length < 0) {
        buffer = arena.allocate(-length);
        bytes = new byte[-length];
        length = piece(token, buffer, false, error);
      }
      if (length < 0) {
        throw new GenerationException("token " + token + ": its length changed");
      }
      MemorySegment.copy(buffer, C_CHAR, 0, bytes, 0, length);
      return length;
    }

    /** The bytes of the last token read. The next read changes the array. */
    public byte[] bytes() {
      return bytes;
    }
  }
}
