package dev.llamastream.server.internal.models;

import dev.llamastream.ModelInfo;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.ModelMeters;
import dev.llamastream.server.internal.http.ServedModels.Lease;
import dev.llamastream.server.internal.http.ServedModels.Offer;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Defaults;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One model of a {@link ModelPool}. Thread-safe; the pool changes it under its lock. */
final class OfferedModel implements Offer {

  private final ModelSpec spec;
  private final ModelHeader header;
  private final Defaults defaults;
  private final Place<Wanted> place;
  private final ModelMeters meters;
  private final Instant created = Instant.now();
  private final Function<OfferedModel, CompletableFuture<Lease>> pool;
  private volatile ModelInfo info;
  private volatile @Nullable LoadedModel loaded;
  private ApiError failure = ApiError.stopping();

  /**
   * A request for the model.
   *
   * @param lease what the request gets
   */
  record Wanted(OfferedModel model, CompletableFuture<Lease> lease) {}

  OfferedModel(
      ModelSpec spec, ModelMeters meters, Function<OfferedModel, CompletableFuture<Lease>> pool) {
    this.spec = spec;
    this.meters = meters;
    this.pool = pool;
    header = ModelHeader.read(spec.file());
    info = header.info();
    defaults = info.chatTemplate().isEmpty() ? spec.defaults() : spec.defaults().withoutTemplate();
    place = new Place<>(spec.memory() == 0 ? header.facts().sizeInBytes() : spec.memory());
    meters.watch(this::engine, () -> loaded == null ? 0 : place.need, () -> place.waiting.size());
  }

  ModelSpec spec() {
    return spec;
  }

  Place<Wanted> place() {
    return place;
  }

  ModelMeters meters() {
    return meters;
  }

  @Override
  public String name() {
    return spec.name();
  }

  @Override
  public EngineSnapshot engine() {
    LoadedModel now = loaded;
    return now == null ? EngineSnapshot.builder().build() : now.served().engine();
  }

  @Override
  public Defaults defaults() {
    return defaults;
  }

  @Override
  public CompletableFuture<Lease> lease() {
    return pool.apply(this);
  }

  @Nullable LoadedModel loaded() {
    return loaded;
  }

  void set(LoadedModel model) {
    loaded = model;
    info = model.model().info();
  }

  /** Takes the model out, to be closed. */
  @Nullable LoadedModel take() {
    LoadedModel taken = loaded;
    loaded = null;
    return taken;
  }

  /** Why the last load failed. */
  ApiError failure() {
    return failure;
  }

  void fail(ApiError reason) {
    failure = reason;
  }

  @Override
  public ModelCard card() {
    LoadedModel now = loaded;
    return new ModelCard(
        spec.name(),
        spec.aliases(),
        info,
        header.facts(),
        now == null ? 0 : now.served().contextSize(),
        created,
        now != null);
  }
}
