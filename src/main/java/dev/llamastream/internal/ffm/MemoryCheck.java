package dev.llamastream.internal.ffm;

import dev.llamastream.ContextCreationException;
import dev.llamastream.ContextParams;
import dev.llamastream.KvCacheType;
import dev.llamastream.internal.bindings.LibLlama;
import java.util.Locale;
import java.util.Map;

/**
 * Refuses a KV cache that does not fit into the machine's memory. The operating system would grant
 * the memory, and kill the process when libllama fills it with zeros. Linux only: on other systems
 * it refuses nothing.
 */
final class MemoryCheck {

  /**
   * What libllama keeps for each cell in addition to keys and values: position, shift, sequences.
   */
  private static final long CELL_BYTES = 20;

  private MemoryCheck() {}

  static void check(ModelHandle model, ContextParams params) {
    long cells = params.contextSize();
    if (cells == 0) {
      cells = LibLlama.llama_model_n_ctx_train(model.segment());
    }
    long needed = (long) (cells * (CELL_BYTES + keyAndValueBytes(model, params.kvCacheType())));
    require(cells, needed, "the KV cache");
  }

  static void require(long contextSize, long bytes, String what) {
    long available = AvailableMemory.ofThisProcess().bytes();
    if (bytes > available) {
      throw new ContextCreationException(
          String.format(
              Locale.ROOT,
              "contextSize: %d needs at least %d MiB for %s, but %d MiB are available",
              contextSize,
              bytes >> 20,
              what,
              available >> 20));
    }
  }

  /** The bytes per cell; a lower bound, and 0 if unknown. */
  private static double keyAndValueBytes(ModelHandle model, KvCacheType type) {
    if (Devices.all().stream().anyMatch(Devices::isGpu)) {
      return 0; // the cache may be in GPU memory
    }
    Map<String, String> metadata = model.metadata();
    String prefix = metadata.getOrDefault("general.architecture", "") + ".";
    for (String unusual : new String[] {"sliding_window", "kv_lora_rank", "ssm.", "wkv"}) {
      // kept for only some positions, compressed, or not at all
      if (metadata.keySet().stream().anyMatch(key -> key.contains(unusual))) {
        return 0;
      }
    }
    long heads = number(metadata, prefix + "attention.head_count", 0);
    long kvHeads = number(metadata, prefix + "attention.head_count_kv", heads);
    if (heads == 0 || kvHeads == 0) {
      return 0; // the number differs between layers
    }
    long headSize = LibLlama.llama_model_n_embd(model.segment()) / heads;
    long elements =
        number(metadata, prefix + "attention.key_length", headSize)
            + number(metadata, prefix + "attention.value_length", headSize);
    return (double) LibLlama.llama_model_n_layer(model.segment())
        * kvHeads
        * elements
        * bytesPerElement(type);
  }

  /** ggml's blocks of 32: scale, offset and the bits. */
  private static double bytesPerElement(KvCacheType type) {
    return switch (type) {
      case F32 -> 4;
      case F16, BF16 -> 2;
      case Q8_0 -> 34 / 32.0;
      case Q5_1 -> 24 / 32.0;
      case Q5_0 -> 22 / 32.0;
      case Q4_1 -> 20 / 32.0;
      case Q4_0, IQ4_NL -> 18 / 32.0;
    };
  }

  private static long number(Map<String, String> metadata, String key, long otherwise) {
    try {
      return Long.parseLong(metadata.getOrDefault(key, ""));
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
