package dev.llamastream.server.internal.ollama;

import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.UnreadFields;
import java.util.Map;
import java.util.Set;

/** The fields that clients of Ollama send but this server does not read. */
final class OtherFields {

  private static final UnreadFields UNREAD =
      new UnreadFields(
          Set.of(
              "insecure", // the store decides whom it trusts
              // how the model is loaded and computed
              "options.draft_num_predict",
              "options.f16_kv",
              "options.low_vram",
              "options.main_gpu",
              "options.num_batch",
              "options.num_gpu",
              "options.num_thread",
              "options.numa",
              "options.use_mlock",
              "options.use_mmap",
              // what a context that is full would keep; here the answer ends
              "options.num_keep"),
          Map.of(
              "options.penalize_newline", Set.of("true"),
              "options.tfs_z", Set.of("1", "1.0")));

  private OtherFields() {}

  /**
   * Checks the unread fields, and those that change nothing here: a prompt that is too long is an
   * error, and an answer ends where the context is full.
   *
   * @throws dev.llamastream.server.internal.json.ApiError 400 for a field that asks for an
   *     unsupported feature
   */
  static void check(RequestJson json) {
    json.bool("truncate", true);
    json.bool("shift", true);
    UNREAD.check(json);
  }
}
