package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A model that counts up to its last number. Each token has the model's name and its own number, so
 * a token that is lost, repeated or another model's is seen.
 */
record CountingModel(String name, ScriptedModel script, Path file) {

  /**
   * A model.
   *
   * @param tokens how far it counts
   */
  static CountingModel of(String name, int tokens) {
    ScriptedModel script =
        new ScriptedModel(
            IntStream.range(0, tokens).mapToObj(i -> text(name, i).getBytes(UTF_8)).toList(),
            false);
    Path file =
        script.gguf().put(ChatTemplate.KEY, ChatTemplate.CHATML).writeShared("counting-" + name);
    return new CountingModel(name, script, file);
  }

  private static String text(String name, int number) {
    return name + number + ";";
  }

  int tokens() {
    return script.pieces().size();
  }

  /** The token of a number. */
  int token(int number) {
    return script.token(number);
  }

  /**
   * A prompt behind which the model begins with a number.
   *
   * @param length how many tokens without a meaning are in front
   */
  List<Integer> prompt(int length, int number) {
    int nothing = ByteVocabulary.byteToken((byte) 'x');
    int last = number == 0 ? nothing : token(number - 1);
    return IntStream.rangeClosed(0, length).mapToObj(i -> i == length ? last : nothing).toList();
  }

  /** What it says. */
  String text(int from, int maxTokens) {
    return IntStream.range(from, Math.min(tokens(), from + maxTokens))
        .mapToObj(i -> text(name, i))
        .collect(Collectors.joining());
  }

  /** Whether it ends by itself. */
  boolean ends(int from, int maxTokens) {
    return from + maxTokens > tokens();
  }

  /** The place of the 1 in the embedding of a number's token. All other values are 0. */
  int embeddedAt(int number) {
    return number + 1;
  }

  /** The length of an embedding. */
  int dimensions() {
    return (tokens() / 64 + 1) * 64;
  }
}
