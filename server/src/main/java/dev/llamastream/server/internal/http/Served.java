package dev.llamastream.server.internal.http;

import static java.util.Objects.requireNonNull;

import dev.llamastream.Model;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.streams.Streams;
import org.jspecify.annotations.Nullable;

/**
 * What handlers respond with.
 *
 * @param name the model's name in responses; empty for its own description
 * @param defaults what a request gets where it says nothing
 * @param streams null if the routes open none
 */
public record Served(
    Model model, String name, Defaults defaults, @Nullable Streams streams, Meters meters) {

  /** Drops a template of the defaults that the model does not need. */
  public Served {
    requireNonNull(name, "modelName");
    requireNonNull(defaults, "defaults");
    if (!requireNonNull(model, "model").info().chatTemplate().isEmpty()) {
      defaults = defaults.withoutTemplate();
    }
  }

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
