package dev.llamastream.server.internal.llamacpp;

import dev.llamastream.FimTokens;
import dev.llamastream.Token;
import dev.llamastream.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the prompt of a model that fills in the middle: {@code format_prompt_infill} in llama.cpp's
 * server.
 *
 * <pre>
 * [repository]myproject
 * [file]name of another file
 * its text
 * [file]filename
 * [prefix]before, begun[suffix]after[middle]
 * </pre>
 */
record InfillPrompt(Tokenizer tokenizer) {

  /** llama.cpp's default batch, which it does not let the text around the gap exceed. */
  private static final int AROUND = 2048;

  /** Keeps files apart where the model has no token for that. */
  private static final String SNIPPET = "\n\n--- snippet ---\n\n";

  /** Another file that may help. */
  record File(String name, String text) {}

  /**
   * What the prompt is made of, as tokens.
   *
   * @param begun what has been written in the gap
   * @param extra other files
   */
  record Texts(
      List<Integer> before, List<Integer> begun, List<Integer> after, List<Integer> extra) {}

  /** The tokens of other files, and what announces the file with the gap. */
  List<Integer> tokens(List<File> files) {
    FimTokens fim = tokenizer.fimTokens();
    List<Integer> tokens = new ArrayList<>();
    if (fim.repository() != Token.NONE) {
      tokens.add(fim.repository());
      tokens.addAll(encode("myproject\n"));
    }
    for (File file : files) {
      if (fim.separator() == Token.NONE) {
        tokens.addAll(encode(SNIPPET));
      } else {
        addName(file.name(), fim, tokens);
      }
      tokens.addAll(encode(file.text()));
    }
    if (fim.separator() != Token.NONE) {
      addName("filename", fim, tokens);
    }
    return tokens;
  }

  private void addName(String name, FimTokens fim, List<Integer> tokens) {
    tokens.add(fim.separator());
    tokens.addAll(encode(name + "\n"));
  }

  private List<Integer> encode(String text) {
    return Arrays.stream(tokenizer.encode(text, false, false)).boxed().toList();
  }

  /**
   * The prompt. Where it does not fit, the text before the gap loses its beginning, the text after
   * it loses its end, and the other files lose their beginning.
   *
   * @param room how many tokens a stream may have
   * @param maxTokens how many of them may be generated
   */
  List<Integer> tokens(Texts texts, int room, int maxTokens) {
    int around = Math.min(AROUND, room / 2);
    List<Integer> before = new ArrayList<>(last(texts.before, around / 4 * 3));
    before.addAll(texts.begun);
    int after = Math.max(0, around / 4 - (2 + texts.begun.size()));
    long extra = (long) room - around - 2L * (maxTokens == Integer.MAX_VALUE ? 0 : maxTokens);
    List<Integer> prompt = new ArrayList<>(last(texts.extra, (int) Math.max(0, extra)));
    for (int token :
        tokenizer.fillInMiddle(
            ints(before), ints(texts.after.subList(0, Math.min(after, texts.after.size()))))) {
      prompt.add(token);
    }
    return prompt;
  }

  private static List<Integer> last(List<Integer> tokens, int count) {
    return tokens.subList(Math.max(0, tokens.size() - count), tokens.size());
  }

  private static int[] ints(List<Integer> tokens) {
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }
}
