package dev.llamastream.server.internal.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.server.internal.streams.ServedStream;
import java.util.List;
import java.util.Locale;

/** The final part of a stream in the server's own format. */
final class StreamEnd {

  private StreamEnd() {}

  /** Adds {@code finish_reason}, {@code tool_calls} if there are any, and {@code stats}. */
  static void put(ObjectNode target, ServedStream stream) {
    putReason(target, stream);
    putStats(target, stream.stats());
  }

  /** The same for a stream that was cancelled before it began. */
  static void putCancelled(ObjectNode target) {
    target.put("finish_reason", name(FinishReason.CANCELLED));
    putStats(target, StreamStats.builder().build());
  }

  private static void putStats(ObjectNode target, StreamStats stats) {
    target
        .putObject("stats")
        .put("prompt_tokens", stats.promptTokens())
        .put("cached_prompt_tokens", stats.cachedPromptTokens())
        .put("generated_tokens", stats.generatedTokens())
        .put("characters", stats.characters())
        .put("time_to_first_token_ms", stats.timeToFirstToken().toNanos() / 1e6)
        .put("prompt_tokens_per_second", stats.promptTokensPerSecond())
        .put("tokens_per_second", stats.tokensPerSecond())
        .put("elapsed_ms", stats.elapsed().toNanos() / 1e6);
  }

  /** Adds {@code finish_reason}, and {@code tool_calls} if there are any. */
  static void putReason(ObjectNode target, ServedStream stream) {
    target.put("finish_reason", name(stream.finishReason().orElse(FinishReason.CANCELLED)));
    List<ToolCall> calls = stream.toolCalls();
    if (!calls.isEmpty()) {
      ArrayNode list = target.putArray("tool_calls");
      calls.forEach(
          call ->
              list.addObject()
                  .put("id", call.id())
                  .put("name", call.name())
                  .put("arguments", call.arguments()));
    }
  }

  private static String name(FinishReason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }
}
