package dev.llamastream.server.internal.http;

import static java.util.Objects.requireNonNull;

import dev.llamastream.Model;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.streams.Streams;
import org.jspecify.annotations.Nullable;

/**
 * What handlers respond with.
 *
 * @param name the model's name in responses; empty for its own description
 * @param defaults the values of fields that a request leaves out
 * @param streams null if the model, or the routes, generate nothing
 * @param parts what handlers have opened for the model
 */
public record Served(
    Model model,
    String name,
    Defaults defaults,
    @Nullable Streams streams,
    Meters meters,
    ModelParts parts) {

  /** Drops a template of the defaults that the model does not need. */
  public Served {
    requireNonNull(name, "modelName");
    requireNonNull(defaults, "defaults");
    if (!requireNonNull(model, "model").info().chatTemplate().isEmpty()) {
      defaults = defaults.withoutTemplate();
    }
  }

  /** A model for which handlers have opened nothing yet. */
  public Served(
      Model model, String name, Defaults defaults, @Nullable Streams streams, Meters meters) {
    this(model, name, defaults, streams, meters, new ModelParts(() -> {}));
  }

  /** The model's name in responses. */
  public String modelName() {
    return name.isEmpty() ? model.info().description() : name;
  }

  /**
   * The open streams.
   *
   * @throws ApiError 400 if the model generates nothing
   */
  Streams openStreams() {
    if (streams == null) {
      throw ApiError.badField("model", modelName() + " cannot generate text");
    }
    return streams;
  }

  /** What the engine does now; nothing if the model generates nothing. */
  public EngineSnapshot engine() {
    return streams == null ? EngineSnapshot.builder().build() : streams.snapshot();
  }

  /** Room for the tokens of one stream; 0 if the model generates nothing. */
  public int contextSize() {
    return streams == null ? 0 : streams.tokensPerStream();
  }

  /** Ends all streams, those opened later too, and closes what handlers have opened. */
  public void evict() {
    if (streams != null) {
      streams.evict();
    }
    parts.close();
  }
}
