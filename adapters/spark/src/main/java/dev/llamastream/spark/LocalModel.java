package dev.llamastream.spark;

import static java.util.Objects.requireNonNull;

import dev.llamastream.Embedder;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import org.jspecify.annotations.Nullable;

/** A model that is open in this JVM, with its engine or its embedder. Thread-safe. */
final class LocalModel implements AutoCloseable {

  private final Model model;
  private final @Nullable Engine engine;
  private final @Nullable Embedder embedder;

  private LocalModel(Model model, @Nullable Engine engine, @Nullable Embedder embedder) {
    this.model = model;
    this.engine = engine;
    this.embedder = embedder;
  }

  /**
   * Opens it, which takes as long as loading the model.
   *
   * @throws dev.llamastream.LlamaException if that fails
   */
  static LocalModel open(EngineSettings settings) {
    Model model =
        Model.load(ModelFile.find(settings.model(), settings.sha256()), settings.modelParams());
    boolean opened = false;
    try {
      LocalModel local =
          settings.embeds()
              ? new LocalModel(model, null, Embedder.open(model, settings.embedderParams()))
              : new LocalModel(model, Engine.open(model, settings.engineParams()), null);
      opened = true;
      return local;
    } finally {
      if (!opened) {
        model.close();
      }
    }
  }

  Engine engine() {
    return requireNonNull(engine, "engine");
  }

  Embedder embedder() {
    return requireNonNull(embedder, "embedder");
  }

  /** Whether it can no longer be used. */
  boolean failed() {
    return engine != null && engine.isClosed();
  }

  @Override
  public void close() {
    if (engine != null) {
      engine.close();
    }
    if (embedder != null) {
      embedder.close();
    }
    model.close();
  }
}
