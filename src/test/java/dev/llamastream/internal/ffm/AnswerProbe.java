package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_FLOAT;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.fixture.ByteVocabulary;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Finds out which answers a chat's format allows, byte by byte: with a model of a {@link
 * ByteVocabulary}.
 */
final class AnswerProbe implements AutoCloseable {

  private static final float FORBIDDEN = -100;

  private final Arena arena = Arena.ofConfined();
  private final SamplerHandle sampler;
  private final MemorySegment logits;
  private final int tokens;

  AnswerProbe(Model model, ChatFormat format, int thinkingBudget) {
    ModelHandle handle = ModelAccess.handle(model);
    tokens = handle.vocab().size();
    logits = arena.allocate(C_FLOAT, tokens);
    ChatRules rules = new ChatRules(format, thinkingBudget, Set.of());
    SamplerParams greedy = SamplerParams.builder().temperature(0).build();
    sampler = handle.newSampler(greedy, rules, new int[0], 64, Duration.ZERO);
  }

  /** Whether the whole text may come, and then the end. */
  static boolean allows(Model model, ChatFormat format, String text) {
    try (AnswerProbe probe = new AnswerProbe(model, format, -1)) {
      return probe.accepts(text) && probe.accepts(ByteVocabulary.END);
    }
  }

  /** Whether this text may come, and then more. */
  static boolean allowsMore(Model model, ChatFormat format, String text) {
    try (AnswerProbe probe = new AnswerProbe(model, format, -1)) {
      return probe.accepts(text) && !probe.accepts(ByteVocabulary.END);
    }
  }

  /** Whether this text may come next, which it then has. */
  boolean accepts(String text) {
    for (byte value : text.getBytes(UTF_8)) {
      if (!accepts(token(value))) {
        return false;
      }
    }
    return true;
  }

  private boolean accepts(int token) {
    logits.fill((byte) 0);
    logits.setAtIndex(C_FLOAT, token, 1);
    return Probe.sample(sampler, logits) == token;
  }

  /**
   * A random answer.
   *
   * @param ended whether it came to its end
   */
  record Answer(String text, boolean ended) {}

  /**
   * Writes a random answer that the format allows. What begins like a tag becomes one, so that
   * thoughts end.
   *
   * @param most how many bytes
   */
  Answer write(List<String> tags, Random random, int most) {
    List<byte[]> bytes = tags.stream().map(tag -> tag.getBytes(UTF_8)).toList();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    while (text.size() < most) {
      byte[] written = text.toByteArray();
      for (int token = 0; token < tokens; token++) {
        logits.setAtIndex(C_FLOAT, token, FORBIDDEN + random.nextFloat());
      }
      for (int c = ' ' + 1; c < 0x7f; c++) {
        logits.setAtIndex(C_FLOAT, ByteVocabulary.byteToken((byte) c), random.nextFloat());
      }
      // a grammar allows escapes that a parser does not
      logits.setAtIndex(C_FLOAT, token((byte) '\\'), FORBIDDEN);
      logits.setAtIndex(C_FLOAT, ByteVocabulary.SPACE, random.nextFloat());
      logits.setAtIndex(C_FLOAT, ByteVocabulary.END, 2 * random.nextFloat());
      for (byte[] word : bytes) {
        int begun = begun(word, written);
        if (begun > 0) {
          logits.setAtIndex(C_FLOAT, token(word[begun]), 2 + random.nextFloat());
        }
      }
      int token = Probe.sample(sampler, logits);
      if (token == ByteVocabulary.END) {
        return new Answer(text.toString(UTF_8), true);
      }
      text.write(token == ByteVocabulary.SPACE ? ' ' : token - ByteVocabulary.byteToken((byte) 0));
    }
    return new Answer(text.toString(UTF_8), false);
  }

  private static int token(byte value) {
    return value == ' ' ? ByteVocabulary.SPACE : ByteVocabulary.byteToken(value);
  }

  /** How much of a word is at the end of a text, unless it is all of the word. */
  private static int begun(byte[] word, byte[] text) {
    for (int length = Math.min(word.length - 1, text.length); length > 0; length--) {
      boolean found = true;
      for (int i = 0; i < length && found; i++) {
        found = text[text.length - length + i] == word[i];
      }
      if (found) {
        return length;
      }
    }
    return 0;
  }

  /** The tags of a grammar: the first lines of texts in quotes that begin like a tag. */
  static List<String> tags(String grammar) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < grammar.length(); i++) {
      char open = grammar.charAt(i);
      if (open != '"' && open != '[') {
        continue;
      }
      StringBuilder word = new StringBuilder();
      char close = open == '"' ? '"' : ']';
      for (i++; grammar.charAt(i) != close; i++) {
        char c = grammar.charAt(i);
        if (c == '\\') {
          i++;
          c = grammar.charAt(i) == 'n' ? '\n' : grammar.charAt(i);
        }
        word.append(c);
      }
      if (open == '"' && word.length() > 1 && "<[`".indexOf(word.charAt(0)) >= 0) {
        words.add(word.toString().lines().findFirst().orElseThrow());
      }
    }
    return words.stream().distinct().toList();
  }

  @Override
  public void close() {
    sampler.free();
    arena.close();
  }
}
