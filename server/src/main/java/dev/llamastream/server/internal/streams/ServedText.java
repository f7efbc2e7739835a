package dev.llamastream.server.internal.streams;

import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.engine.PollableStream;
import java.util.List;
import java.util.function.Consumer;

/** A text that continues a prompt. */
public final class ServedText extends ServedStream {

  private final PollableStream stream;
  private final Polled<Token> tokens;
  private final boolean echoes;

  ServedText(PollableStream stream, boolean echoes, Origin origin) {
    this(stream, new Polled.Tokens(stream), echoes, origin);
  }

  private ServedText(PollableStream stream, Polled<Token> tokens, boolean echoes, Origin origin) {
    super(tokens, origin);
    this.stream = stream;
    this.tokens = tokens;
    this.echoes = echoes;
  }

  @Override
  public void forEachDelta(Credits credits, Consumer<ChatDelta> receiver) {
    if (echoes && stream.hasNext()) {
      // an echoed prompt is not a token
      spend(credits, receiver, new ChatDelta.Text(stream.next()));
    }
    pump(
        tokens,
        credits,
        token -> {
          if (!token.text().isEmpty()) {
            spend(credits, receiver, new ChatDelta.Text(token.text()));
          }
        });
  }

  /**
   * Passes on every token, including those without text, but not an echoed prompt. See {@link
   * #forEachDelta}.
   */
  public void forEachToken(Consumer<Token> receiver) {
    pump(
        tokens,
        new Credits(),
        token -> {
          begin();
          receiver.accept(token);
        });
  }

  @Override
  public int thinkingTokens() {
    return 0;
  }

  @Override
  public List<ToolCall> toolCalls() {
    return List.of();
  }
}
