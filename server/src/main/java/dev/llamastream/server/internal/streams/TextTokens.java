package dev.llamastream.server.internal.streams;

import dev.llamastream.FinishReason;
import java.util.Optional;

/** Which tokens of a stream are part of its text. */
final class TextTokens {

  private TextTokens() {}

  /** Whether tokens at the end are not part of the response, because they are a stop sequence. */
  static boolean stopped(ServedStream stream) {
    return stream.finishReason().equals(Optional.of(FinishReason.STOP_SEQUENCE));
  }
}
