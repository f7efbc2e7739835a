package dev.llamastream.spark;

import dev.llamastream.chat.ChatDelta;
import dev.llamastream.engine.PollableChatStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer in a chat that the engine generates for a row. */
final class ChatWork implements RowWork {

  private final PollableChatStream stream;
  private final boolean json;
  private final StringBuilder text = new StringBuilder();

  /**
   * For a stream that nobody else reads.
   *
   * @param json whether an answer that is cut off is of no use
   */
  ChatWork(PollableChatStream stream, boolean json) {
    this.stream = stream;
    this.json = json;
  }

  @Override
  public @Nullable RowAnswer poll(Runnable ready) {
    while (true) {
      Optional<ChatDelta> delta = stream.poll(ready);
      if (delta.isPresent()) {
        if (delta.get() instanceof ChatDelta.Text piece) {
          text.append(piece.text());
        }
      } else if (stream.ended()) {
        return Ending.of(
            text.toString(), stream.finishReason().orElseThrow(), stream.stats(), json);
      } else {
        return null;
      }
    }
  }

  @Override
  public boolean ended() {
    return stream.finishReason().isPresent();
  }

  @Override
  public void cancel() {
    stream.cancel();
  }
}
