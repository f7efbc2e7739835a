package dev.llamastream.server.internal.models;

import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.server.internal.http.Meters;
import dev.llamastream.server.internal.http.ModelMeters;
import dev.llamastream.server.internal.http.ModelParts;
import dev.llamastream.server.internal.http.Served;
import dev.llamastream.server.internal.streams.Streams;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A model in memory.
 *
 * @param engine null if the model cannot generate
 */
record LoadedModel(Model model, @Nullable Engine engine, Served served) implements AutoCloseable {

  /**
   * Loads a model.
   *
   * @param maxStreams how many of its streams may be open
   * @param growing called before a context for embeddings is opened; throws if it may not be
   * @param stopped whether to stop the load
   * @throws RuntimeException the library's exception if it cannot be loaded
   */
  static LoadedModel load(
      ModelSpec spec,
      int maxStreams,
      Meters all,
      ModelMeters own,
      Runnable growing,
      BooleanSupplier stopped) {
    ModelParams params =
        spec.model().toBuilder()
            .progressListener(
                fraction ->
                    !stopped.getAsBoolean() && spec.model().progressListener().onProgress(fraction))
            .build();
    Model model = Model.load(spec.file(), params);
    LoadedModel loaded = null;
    try {
      Engine engine = model.info().canGenerate() ? open(model, spec.engine(), all, own) : null;
      Streams streams = engine == null ? null : new Streams(engine, maxStreams, all::firstToken);
      ModelParts parts = new ModelParts(growing);
      Served served = new Served(model, spec.name(), spec.defaults(), streams, all, parts);
      loaded = new LoadedModel(model, engine, served);
      return loaded;
    } finally {
      if (loaded == null) {
        model.close();
      }
    }
  }

  private static Engine open(Model model, EngineParams params, Meters all, ModelMeters own) {
    return Engine.open(
        model,
        params.toBuilder()
            .listener(new EngineListeners(List.of(params.listener(), all, own)))
            .build());
  }

  /** Ends what still runs, and frees the memory. */
  @Override
  public void close() {
    served.evict();
    if (engine != null) {
      engine.close();
    }
    model.close();
  }
}
