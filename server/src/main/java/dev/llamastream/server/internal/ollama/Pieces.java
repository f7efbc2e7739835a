package dev.llamastream.server.internal.ollama;

import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.server.internal.streams.ChatChoice;
import dev.llamastream.server.internal.streams.ServedChat;
import dev.llamastream.server.internal.streams.ServedStream;
import dev.llamastream.server.internal.streams.ServedText;
import dev.llamastream.server.internal.streams.TextChoice;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * An answer while it is generated.
 *
 * @param source waits for the end; until then, passes on what is new with the tokens that it was
 *     made of
 */
record Pieces(ServedStream stream, Consumer<BiConsumer<ChatDelta, List<Token>>> source) {

  /** An answer in a chat. It has its tokens if its request collects them. */
  static Pieces of(ServedChat stream) {
    return new Pieces(stream, new ChatChoice(stream)::forEachDelta);
  }

  /** A text that continues a prompt. */
  static Pieces of(ServedText stream) {
    TextChoice text = new TextChoice(stream, true);
    return new Pieces(
        stream,
        receiver ->
            text.forEachPiece(
                piece -> receiver.accept(new ChatDelta.Text(piece.text()), piece.tokens())));
  }
}
