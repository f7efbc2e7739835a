package dev.llamastream.server.internal.streams;

import dev.llamastream.Token;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.engine.PollableChatStream;
import java.util.List;
import java.util.function.Consumer;

/** An answer in a chat. */
public final class ServedChat extends ServedStream {

  private final PollableChatStream stream;
  private final Polled<ChatDelta> deltas;

  ServedChat(PollableChatStream stream, Origin origin) {
    this(stream, new Polled.Answer(stream), origin);
  }

  private ServedChat(PollableChatStream stream, Polled<ChatDelta> deltas, Origin origin) {
    super(deltas, origin);
    this.stream = stream;
    this.deltas = deltas;
  }

  /** Does not pass on the ends of tool calls: the client has had all of the call. */
  @Override
  public void forEachDelta(Credits credits, Consumer<ChatDelta> receiver) {
    pump(
        deltas,
        credits,
        delta -> {
          if (!(delta instanceof ChatDelta.ToolCallDone)) {
            spend(credits, receiver, delta);
          }
        });
  }

  /** The tokens since the last call, if the request collects them. For the receiver. */
  public List<Token> takeTokens() {
    return stream.takeTokens();
  }

  /** The whole answer, once all of it has been received. */
  public ChatAnswer answer() {
    return stream.answer();
  }

  @Override
  public int thinkingTokens() {
    return stream.ended() ? answer().thinkingTokens() : 0;
  }

  /** The tools to call, once all of the answer has been received; none if it was cut short. */
  @Override
  public List<ToolCall> toolCalls() {
    return stream.ended() ? answer().toolCalls() : List.of();
  }
}
