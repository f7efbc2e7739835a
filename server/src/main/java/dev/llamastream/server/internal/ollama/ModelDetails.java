package dev.llamastream.server.internal.ollama;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.ModelInfo;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.json.Json;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the listings say about a model, in Ollama's form. */
final class ModelDetails {

  private static final double THOUSAND = 1e3;
  private static final double MILLION = 1e6;
  private static final double BILLION = 1e9;

  /** llama.cpp's description: the architecture, the size, and how the weights are stored. */
  private static final Pattern DESCRIPTION =
      Pattern.compile("\\S+ \\S+ (?:\\(guessed\\) )?(?:all )?(\\S+)(?: - ([SML])\\w+)?.*");

  private ModelDetails() {}

  /** Puts the names, the size and the digest of a model. */
  static void put(ObjectNode target, ModelCard card) {
    target
        .put("name", card.name())
        .put("model", card.name())
        .put("size", card.info().sizeInBytes())
        .put("digest", sha256(card.name() + card.info()))
        .set("details", details(card.info()));
  }

  static ObjectNode details(ModelInfo info) {
    ObjectNode details = Json.object();
    details
        .put("parent_model", "")
        .put("format", "gguf")
        .put("family", info.architecture())
        .putArray("families")
        .add(info.architecture());
    return details
        .put("parameter_size", parameters(info.parameters()))
        .put("quantization_level", quantization(info));
  }

  /** As Ollama writes it: {@code 134.52M}, {@code 7.6B}. */
  static String parameters(long number) {
    if (number >= BILLION) {
      return scaled(number / BILLION, "%.1fB");
    }
    if (number >= MILLION) {
      return scaled(number / MILLION, "%.2fM");
    }
    return number >= THOUSAND
        ? String.format(Locale.ROOT, "%.0fK", number / THOUSAND)
        : Long.toString(number);
  }

  private static String scaled(double number, String format) {
    return number == Math.floor(number)
        ? String.format(Locale.ROOT, "%.0f", number) + format.charAt(format.length() - 1)
        : String.format(Locale.ROOT, format, number);
  }

  /** Such as {@code Q4_K_M}, where llama.cpp says {@code Q4_K - Medium}. */
  static String quantization(ModelInfo info) {
    Matcher matcher = DESCRIPTION.matcher(info.description());
    if (!matcher.matches()) {
      return "unknown";
    }
    return matcher.group(2) == null ? matcher.group(1) : matcher.group(1) + "_" + matcher.group(2);
  }

  /** Clients tell models apart by a hash. This is the hash of a description, not of a file. */
  static String sha256(String description) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(description.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
