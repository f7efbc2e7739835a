package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_CHAR;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.ls_buffer;
import dev.llamastream.internal.json.Json;
import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * An {@code ls_chat_format}: a chat as a prompt, and the parser of the answer. Thread-safe. It does
 * not need the model.
 */
public final class ChatFormat {

  private static final Cleaner CLEANER = Cleaner.create();

  /** By what ls_chat_parse returns. */
  private static final List<News> NEWS =
      List.of(News.NOTHING, News.TEXT, News.THINKING, News.SEVERAL);

  private final Json.Obj description;
  private final Native state;
  private final Cleaner.Cleanable cleanable;

  private ChatFormat(Native state, Json.Obj description) {
    this.state = state;
    this.description = description;
    this.cleanable = CLEANER.register(this, state);
  }

  static ChatFormat of(
      MemorySegment chat, String request, boolean trust, long nowSeconds, Duration limit) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      byte[] utf8 = request.getBytes(StandardCharsets.UTF_8);
      MemorySegment result = ls_buffer.allocate(arena);
      MemorySegment format =
          LibLlama.ls_chat_apply(
              chat,
              arena.allocateFrom(C_CHAR, utf8),
              utf8.length,
              nowSeconds,
              limit.toNanos(),
              trust,
              result,
              error.segment());
      if (format.equals(MemorySegment.NULL)) {
        throw error.failure(message -> new ChatTemplateException("chat template: " + message));
      }
      Native state = new Native(format);
      return new ChatFormat(state, (Json.Obj) Json.parse(take(result)));
    }
  }

  /** The text of an {@code ls_buffer}, which is freed. */
  static String take(MemorySegment buffer) {
    MemorySegment bytes = ls_buffer.data(buffer).reinterpret(ls_buffer.size(buffer));
    String text = new String(bytes.toArray(C_CHAR), StandardCharsets.UTF_8);
    LibLlama.ls_buffer_free(buffer);
    return text;
  }

  /** The prompt. */
  public String prompt() {
    return description.text("prompt");
  }

  /** Which bytes of the prompt, in ascending order, belong to no control token. */
  public int[] protectedBytes() {
    return description.list("protected").stream()
        .mapToInt(position -> ((Json.Num) position).intValue())
        .toArray();
  }

  /** The grammar that the answer obeys, perhaps not from its beginning; empty for none. */
  public String grammar() {
    return description.text("grammar");
  }

  /** What the template puts before the answer. */
  public String generationPrompt() {
    return description.text("generation_prompt");
  }

  /** Control tokens that the parser needs as text. */
  public List<String> preservedTokens() {
    return texts("preserved_tokens");
  }

  /** Texts that end the answer. */
  public List<String> stops() {
    return texts("stops");
  }

  private List<String> texts(String name) {
    return description.list(name).stream().map(text -> ((Json.Str) text).text()).toList();
  }

  /** Whether the model can think before it answers. */
  public boolean thinks() {
    return description.members().get("thinks") instanceof Json.Bool(boolean value) && value;
  }

  /** What the parser made of a piece of the answer. */
  public enum News {
    /** Nothing yet. */
    NOTHING,
    /** The piece is text. */
    TEXT,
    /** The piece is thinking. */
    THINKING,
    /** See the list. */
    SEVERAL
  }

  /**
   * Gives the parser the next piece of the answer.
   *
   * @param last whether nothing follows
   */
  public Parsed parse(String piece, boolean last) {
    return state.parse(piece, last);
  }

  /**
   * What the parser made of a piece.
   *
   * @param news the kind
   * @param list objects as llamastream.h describes them, if there are several
   */
  public record Parsed(News news, List<Json> list) {}

  MemorySegment segment() {
    return state.format;
  }

  /** Frees the parser, which then finds nothing more. Any number of times. */
  public void free() {
    cleanable.clean();
  }

  /** What is freed when the format is unreachable. */
  private static final class Native implements Runnable {
    private final MemorySegment format;
    private boolean freed;

    Native(MemorySegment format) {
      this.format = format;
    }

    synchronized Parsed parse(String piece, boolean last) {
      if (freed) {
        return new Parsed(News.NOTHING, List.of());
      }
      try (Arena arena = Arena.ofConfined()) {
        NativeError error = new NativeError(arena);
        byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
        MemorySegment buffer = ls_buffer.allocate(arena);
        int news =
            LibLlama.ls_chat_parse(
                format,
                arena.allocateFrom(C_CHAR, utf8),
                utf8.length,
                last,
                buffer,
                error.segment());
        if (news == LibLlama.LS_FAILED()) {
          throw error.generationFailure();
        }
        News kind = NEWS.get(news);
        List<Json> list =
            kind == News.SEVERAL ? ((Json.Arr) Json.parse(take(buffer))).elements() : List.of();
        return new Parsed(kind, list);
      }
    }

    @Override
    public synchronized void run() {
      freed = true;
      try (Arena arena = Arena.ofConfined()) {
        LibLlama.ls_chat_format_free(format, new NativeError(arena).segment());
      }
    }
  }
}
