package dev.llamastream.server.internal.embeddings;

import dev.llamastream.server.internal.json.RequestJson;

/**
 * The fields that say what happens to texts that are too long: {@code truncate}, as in
 * text-embeddings-inference, or {@code truncate_prompt_tokens}, as in vLLM.
 */
public final class Truncation {

  /** Cuts texts to what the model takes. */
  public static final int TO_FIT = Integer.MAX_VALUE;

  private Truncation() {}

  /**
   * Reads the number of tokens to which longer texts are cut.
   *
   * @return {@link #TO_FIT} for as many as the model takes; 0 if longer texts are refused
   */
  public static int read(RequestJson json) {
    boolean cut = json.bool("truncate", false);
    String side = json.text("truncation_direction", "right");
    if (!side.equalsIgnoreCase("right")) {
      throw json.error("truncation_direction", "must be right: texts are cut at their end");
    }
    int most = json.integer("truncate_prompt_tokens", 0, -1, Integer.MAX_VALUE);
    return most == -1 || (most == 0 && cut) ? TO_FIT : most;
  }
}
