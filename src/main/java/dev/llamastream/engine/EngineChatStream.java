package dev.llamastream.engine;

import static java.util.Objects.requireNonNull;

import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.internal.chat.ReadChatStream;
import dev.llamastream.internal.ffm.ChatFormat;
import java.util.Optional;

/** The consumer's view of an answer. */
final class EngineChatStream extends ReadChatStream implements PollableChatStream {

  private final EngineStream stream;

  EngineChatStream(EngineStream stream, ChatFormat format, boolean collect) {
    super(stream, format, collect);
    this.stream = stream;
  }

  @Override
  public Optional<ChatDelta> poll(Runnable ready) {
    requireNonNull(ready, "ready");
    Optional<ChatDelta> delta = take();
    while (delta.isEmpty() && !allRead()) {
      Optional<Token> token = stream.poll(ready);
      if (token.isEmpty()) {
        return Optional.empty();
      }
      read(token.get());
      delta = take();
    }
    return delta;
  }

  @Override
  public boolean ended() {
    return exhausted();
  }
}
