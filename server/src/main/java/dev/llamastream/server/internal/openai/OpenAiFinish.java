package dev.llamastream.server.internal.openai;

import dev.llamastream.FinishReason;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.streams.ServedStream;
import java.util.Optional;

/** How a choice ends. */
final class OpenAiFinish {

  /** The model was cut off. */
  static final String LENGTH = "length";

  private OpenAiFinish() {}

  /** OpenAI's name for the finish reason of a stream that has ended. */
  static String reason(ServedStream stream) {
    return switch (stream.finishReason().orElseThrow()) {
      case END_OF_TEXT, STOP_SEQUENCE -> stream.toolCalls().isEmpty() ? "stop" : "tool_calls";
      case MAX_TOKENS, CONTEXT_FULL, TIMEOUT -> LENGTH;
      case CANCELLED, SUPERSEDED, FAILED -> throw ApiError.ended();
    };
  }

  /** Whether tokens at the end are not part of the response, because they are a stop sequence. */
  static boolean stopped(ServedStream stream) {
    return stream.finishReason().equals(Optional.of(FinishReason.STOP_SEQUENCE));
  }
}
