package dev.llamastream.spark;

import dev.llamastream.Token;
import dev.llamastream.engine.PollableStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A text that the engine generates for a row. */
final class TextWork implements RowWork {

  private final PollableStream stream;
  private final StringBuilder text = new StringBuilder();

  TextWork(PollableStream stream) {
    this.stream = stream;
  }

  @Override
  public @Nullable RowAnswer poll(Runnable ready) {
    while (true) {
      Optional<Token> token = stream.poll(ready);
      if (token.isEmpty()) {
        return null;
      }
      text.append(token.get().text());
      if (token.get().last()) {
        return Ending.of(
            text.toString(), stream.finishReason().orElseThrow(), stream.stats(), false);
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
