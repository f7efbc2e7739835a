package dev.llamastream.server.internal.http;

import dev.llamastream.GenerationRequest;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.server.internal.json.ChatFields;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.GenerationFields;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.streams.ServedStream;
import dev.llamastream.server.internal.streams.Streams;

/** A request in the server's own form: a prompt to continue, or messages to answer. */
sealed interface Wanted {

  /** A text that continues a prompt. */
  record Text(GenerationRequest request) implements Wanted {}

  /** An answer in a chat. */
  record Answer(ChatRequest request) implements Wanted {}

  /**
   * Reads all fields that the caller has not read yet.
   *
   * @param defaults for what the request does not say
   * @throws dev.llamastream.server.internal.json.ApiError 400 for an unknown field or a wrong type
   * @throws dev.llamastream.InvalidValueException for a value that the library rejects
   */
  static Wanted read(RequestJson json, Defaults defaults) {
    return json.has("messages")
        ? new Answer(ChatFields.readAll(json, defaults))
        : new Text(GenerationFields.read(json, defaults));
  }

  /** Opens the stream: {@link Streams#open(GenerationRequest, Outbox, long)}. */
  default ServedStream open(Streams streams, Outbox peer, long arrived) {
    return switch (this) {
      case Text(GenerationRequest request) -> streams.open(request, peer, arrived);
      case Answer(ChatRequest request) -> streams.open(request, peer, arrived);
    };
  }
}
