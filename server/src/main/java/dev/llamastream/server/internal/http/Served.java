package dev.llamastream.server.internal.http;

import dev.llamastream.Model;
import dev.llamastream.server.internal.streams.Streams;
import org.jspecify.annotations.Nullable;

/**
 * What handlers respond with.
 *
 * @param name the model's name in responses; empty for its own description
 * @param streams null if the routes open none
 */
public record Served(Model model, String name, @Nullable Streams streams, Meters meters) {

  String modelName() {
    return name.isEmpty() ? model.info().description() : name;
  }

  Streams openStreams() {
    if (streams == null) {
      throw new IllegalStateException("no streams are served");
    }
    return streams;
  }
}
