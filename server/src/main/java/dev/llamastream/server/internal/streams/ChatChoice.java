package dev.llamastream.server.internal.streams;

import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** One answer of a response while it is generated. */
public final class ChatChoice {

  private final ServedChat stream;
  private List<Token> taken = new ArrayList<>();

  /** Reads this stream. */
  public ChatChoice(ServedChat stream) {
    this.stream = stream;
  }

  /**
   * Waits for the end. Until then, passes on what is new with the tokens that it was made of, if
   * the request collects them. Tokens that made nothing go along with what follows.
   */
  public void forEachDelta(BiConsumer<ChatDelta, List<Token>> receiver) {
    stream.forEachDelta(
        new Credits(),
        delta -> {
          take();
          receiver.accept(delta, taken);
          taken = new ArrayList<>();
        });
    take();
    if (!taken.isEmpty() && !TextTokens.stopped(stream)) {
      receiver.accept(new ChatDelta.Text(""), taken);
    }
  }

  private void take() {
    for (Token token : stream.takeTokens()) {
      if (stream.isText(token)) {
        taken.add(token);
      }
    }
  }

  /** Waits for the end. Returns all tokens of the answer. */
  public List<Token> tokens() {
    List<Token> all = new ArrayList<>();
    forEachDelta((_, tokens) -> all.addAll(tokens));
    return all;
  }
}
