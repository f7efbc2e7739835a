package dev.llamastream.internal.generation;

import dev.llamastream.PromptTooLongException;
import dev.llamastream.internal.ffm.EmbeddingHandle;
import dev.llamastream.internal.ffm.Vocab;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A query and a document as a ranking model reads them: in the model's own template, or one after
 * the other. As format_prompt_rerank in llama.cpp's server, but control tokens that are written in
 * a query or a document stay text.
 */
public final class RankedPair {

  private static final Pattern PLACE = Pattern.compile("\\{(query|document)}");

  private final Vocab vocab;
  private final @Nullable String template;
  private final int room;
  private final String query;
  private final int[] queryTokens;

  /**
   * Starts with the query.
   *
   * @throws PromptTooLongException if it alone has more tokens than fit
   */
  public RankedPair(EmbeddingHandle handle, String query) {
    vocab = handle.vocab();
    template = handle.rankTemplate();
    room = handle.contextSize();
    this.query = query;
    queryTokens = template == null ? plain(query) : new int[0];
  }

  /**
   * The tokens of the query with this document.
   *
   * @throws PromptTooLongException if there are more than fit
   */
  public int[] with(String document) {
    if (template != null) {
      return templated(template, document, room);
    }
    int[] tokens = vocab.pair(queryTokens, plain(document));
    if (tokens.length > room) {
      throw new PromptTooLongException(tokens.length, room);
    }
    return tokens;
  }

  /**
   * The tokens of the query with the beginning of this document, as much as fits.
   *
   * @param most how many tokens in all, at most as many as fit
   * @throws PromptTooLongException if the query leaves no room
   */
  public int[] with(String document, int most) {
    if (template != null) {
      return templatedToFit(template, document, most);
    }
    int around = vocab.pair(queryTokens, new int[0]).length;
    if (around >= most) {
      throw new PromptTooLongException(around + 1, most);
    }
    int[] tokens = vocab.tokenize(document, false, false);
    return vocab.pair(queryTokens, Arrays.copyOf(tokens, Math.min(tokens.length, most - around)));
  }

  /** Text that is cut between two tokens may become others, so this may take several attempts. */
  private int[] templatedToFit(String places, String document, int most) {
    int[] whole = templated(places, document, Integer.MAX_VALUE);
    if (whole.length <= most) {
      return whole;
    }
    int[] tokens = vocab.tokenize(document, false, false);
    int kept = tokens.length;
    while (whole.length > most) {
      kept -= whole.length - most;
      if (kept < 1) {
        throw new PromptTooLongException(whole.length, most);
      }
      String beginning = vocab.detokenize(Arrays.copyOf(tokens, kept));
      whole = templated(places, beginning, Integer.MAX_VALUE);
    }
    return whole;
  }

  private int[] plain(String text) {
    int[] tokens = vocab.tokenize(text, false, false);
    if (tokens.length > room) {
      throw new PromptTooLongException(tokens.length, room);
    }
    return tokens;
  }

  private int[] templated(String places, String document, int most) {
    StringBuilder text = new StringBuilder();
    IntStream.Builder protectedBytes = IntStream.builder();
    int bytes = 0;
    int from = 0;
    Matcher matcher = PLACE.matcher(places);
    while (matcher.find()) {
      String before = places.substring(from, matcher.start());
      String value = matcher.group(1).equals("query") ? query : document;
      text.append(before).append(value);
      bytes += length(before);
      int end = bytes + length(value);
      IntStream.range(bytes, end).forEach(protectedBytes);
      bytes = end;
      from = matcher.end();
    }
    text.append(places, from, places.length());
    return vocab.tokenizeWhole(text.toString(), protectedBytes.build().toArray(), most);
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
