package dev.llamastream.server.internal.models;

import dev.llamastream.gguf.GgufArray;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.server.internal.http.SpecialTokens;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds the special tokens in a file's header, as libllama does when it loads the model. */
final class HeaderTokens {

  /**
   * A token to fill in with: the names of the keys that may say its id, and what it may look like.
   */
  private record FillIn(List<String> keys, Set<String> looks) {}

  private static final List<FillIn> FILL_IN =
      List.of(
          new FillIn(
              List.of("fim_pre", "prefix"),
              Set.of(
                  "<|fim_prefix|>",
                  "<fim-prefix>",
                  "<fim_prefix>",
                  "<｜fim▁begin｜>",
                  "<PRE>",
                  "▁<PRE>",
                  "<|code_prefix|>",
                  "<|prefix|>")),
          new FillIn(
              List.of("fim_suf", "suffix"),
              Set.of(
                  "<|fim_suffix|>",
                  "<fim-suffix>",
                  "<fim_suffix>",
                  "<｜fim▁hole｜>",
                  "<SUF>",
                  "▁<SUF>",
                  "<|code_suffix|>",
                  "<|suffix|>")),
          new FillIn(
              List.of("fim_mid", "middle"),
              Set.of(
                  "<|fim_middle|>",
                  "<fim-middle>",
                  "<fim_middle>",
                  "<｜fim▁end｜>",
                  "<MID>",
                  "▁<MID>",
                  "<|code_middle|>",
                  "<|middle|>")));

  private HeaderTokens() {}

  /**
   * Finds them.
   *
   * @param texts the metadata of the file
   */
  static SpecialTokens of(GgufFile file, Map<String, String> texts) {
    List<String> vocabulary = vocabulary(file);
    return new SpecialTokens(
        written("bos", texts, vocabulary),
        written("eos", texts, vocabulary),
        FILL_IN.stream().allMatch(token -> has(token, texts, vocabulary)));
  }

  private static List<String> vocabulary(GgufFile file) {
    return file.metadata().get("tokenizer.ggml.tokens") instanceof GgufArray tokens
        ? IntStream.range(0, tokens.size()).mapToObj(i -> tokens.get(i).toString()).toList()
        : List.of();
  }

  private static boolean has(FillIn token, Map<String, String> texts, List<String> vocabulary) {
    return token.keys.stream().anyMatch(key -> !written(key, texts, vocabulary).isEmpty())
        || vocabulary.stream().anyMatch(token.looks::contains);
  }

  private static String written(String name, Map<String, String> texts, List<String> vocabulary) {
    String id = texts.getOrDefault("tokenizer.ggml." + name + "_token_id", "");
    boolean known = id.matches("\\d{1,9}") && Integer.parseInt(id) < vocabulary.size();
    return known ? vocabulary.get(Integer.parseInt(id)) : "";
  }
}
