package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.Dry;
import dev.llamastream.SamplerParams;
import dev.llamastream.Xtc;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code samplers}: the samplers that choose a token, in the library's order. All others are
 * off.
 */
final class SamplerOrder {

  private static final String FIELD = "samplers";

  /** The library's order, which is llama.cpp's default. */
  static final List<String> ALL =
      List.of(
          "penalties",
          "dry",
          "top_n_sigma",
          "top_k",
          "typ_p",
          "top_p",
          "min_p",
          "xtc",
          "temperature");

  /** llama.cpp's letters for {@link #ALL}. */
  private static final String LETTERS = "edskypmxt";

  private SamplerOrder() {}

  /**
   * Reads the field and switches off what it does not name.
   *
   * @return the names of the samplers that are on
   * @throws dev.llamastream.server.internal.json.ApiError 400 for an unknown name or another order
   */
  static List<String> apply(RequestJson json, SamplerParams.Builder sampler) {
    JsonNode node = json.node(FIELD);
    if (node == null) {
      return ALL;
    }
    List<String> names = node.isTextual() ? ofLetters(node.textValue()) : json.texts(FIELD);
    List<String> known = new ArrayList<>();
    int last = -1;
    for (String name : names) {
      int place = ALL.indexOf(canonical(name));
      if (place <= last) {
        throw json.error(
            FIELD, name + " here, must be some of these, in this order: " + String.join(", ", ALL));
      }
      last = place;
      known.add(ALL.get(place));
    }
    ALL.stream().filter(name -> !known.contains(name)).forEach(name -> switchOff(name, sampler));
    return known;
  }

  private static List<String> ofLetters(String letters) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < letters.length(); i++) {
      int place = LETTERS.indexOf(letters.charAt(i));
      names.add(place < 0 ? letters.substring(i, i + 1) : ALL.get(place));
    }
    return names;
  }

  /** The names that llama.cpp takes for a sampler. */
  private static String canonical(String name) {
    return switch (name.replace('-', '_')) {
      case "temp" -> "temperature";
      case "nucleus", "topp" -> "top_p";
      case "typ", "typp" -> "typ_p";
      case "topk" -> "top_k";
      case "minp" -> "min_p";
      case "topnsigma" -> "top_n_sigma";
      case String other -> other;
    };
  }

  private static void switchOff(String name, SamplerParams.Builder sampler) {
    switch (name) {
      case "penalties" -> sampler.repeatPenalty(1).frequencyPenalty(0).presencePenalty(0);
      case "dry" -> sampler.dry(Dry.OFF);
      case "top_n_sigma" -> sampler.topNSigma(0);
      case "top_k" -> sampler.topK(0);
      case "typ_p" -> sampler.typicalP(1);
      case "top_p" -> sampler.topP(1);
      case "min_p" -> sampler.minP(0);
      case "xtc" -> sampler.xtc(Xtc.OFF);
      default -> sampler.temperature(1);
    }
  }
}
