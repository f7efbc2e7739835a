package dev.llamastream.server.internal.models;

import dev.llamastream.InvalidValueException;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.server.internal.http.Meters;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.Served;
import dev.llamastream.server.internal.http.ServedModels;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.models.OfferedModel.Wanted;
import java.io.File;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Several models, each loaded when a request needs it. One thread loads and unloads them, one after
 * the other, as {@link Residency} decides.
 */
public final class ModelPool implements ServedModels {

  private static final Logger LOGGER = System.getLogger(ModelPool.class.getName());

  private final PoolParams params;
  private final Meters meters;
  private final List<OfferedModel> models;
  private final ModelNames<OfferedModel> names;
  private final Residency<Wanted> residency;
  private final long epoch = System.nanoTime();
  private final Thread worker;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile boolean evicted;
  private boolean closed;
  private EngineSnapshot past = EngineSnapshot.builder().build();

  /**
   * Offers models. The first is the default. Reads their headers.
   *
   * @throws InvalidValueException if there are none, a name occurs twice, or one needs more than
   *     the budget
   * @throws dev.llamastream.ModelLoadException if a file is missing or damaged
   */
  public ModelPool(List<ModelSpec> specs, PoolParams params, Meters meters) {
    this.params = params;
    this.meters = meters;
    ModelNames.check(specs);
    models =
        specs.stream()
            .map(spec -> new OfferedModel(spec, meters.model(spec.name()), this::lease))
            .toList();
    models.forEach(this::checkFits);
    names = new ModelNames<>(specs, models);
    residency =
        new Residency<>(
            params.budget(),
            params.minStay().toNanos(),
            params.idleUnload().isZero() ? Residency.NEVER : params.idleUnload().toNanos(),
            models.stream().map(OfferedModel::place).toList(),
            this::grant);
    meters.watch(this::snapshot);
    worker = Thread.ofPlatform().daemon().name("llamastream-models").start(this::work);
  }

  private void checkFits(OfferedModel model) {
    if (model.place().need > params.budget()) {
      throw new InvalidValueException(
          "memoryBudget",
          String.format(
              Locale.ROOT,
              "%d bytes are too few: the model %s takes %d",
              params.budget(),
              model.name(),
              model.place().need));
    }
  }

  private long now() {
    return System.nanoTime() - epoch;
  }

  @Override
  public Offer find(String name) {
    return names.find(name);
  }

  @Override
  public List<ModelCard> cards() {
    return models.stream().map(OfferedModel::card).toList();
  }

  @Override
  public Meters meters() {
    return meters;
  }

  @Override
  public boolean ended() {
    return false; // an engine that has ended is replaced when its model is loaded again
  }

  private CompletableFuture<Lease> lease(OfferedModel model) {
    Wanted wanted = new Wanted(model, new CompletableFuture<>());
    lock.lock();
    try {
      if (evicted) {
        throw ApiError.stopping();
      }
      if (residency.fails(model.place(), now())) {
        throw model.failure();
      }
      residency.enter(model.place(), wanted, now());
      changed.signal();
    } finally {
      lock.unlock();
    }
    CompletableFuture<Lease> _ =
        wanted
            .lease()
            .whenComplete(
                (_, _) -> {
                  if (wanted.lease().isCancelled()) {
                    giveUp(wanted);
                  }
                });
    return wanted.lease();
  }

  private void giveUp(Wanted wanted) {
    lock.lock();
    try {
      residency.giveUp(wanted.model().place(), wanted);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private boolean grant(Place<Wanted> place, Wanted wanted) {
    LoadedModel loaded = Objects.requireNonNull(wanted.model().loaded());
    return wanted.lease().complete(new Use(place, loaded.served()));
  }

  private final class Use implements Lease {

    private final Place<Wanted> place;
    private final Served served;
    private final AtomicBoolean ended = new AtomicBoolean();

    Use(Place<Wanted> place, Served served) {
      this.place = place;
      this.served = served;
    }

    @Override
    public Served served() {
      return served;
    }

    @Override
    public void close() {
      if (ended.compareAndSet(false, true)) {
        lock.lock();
        try {
          residency.leave(place, now());
          changed.signal();
        } finally {
          lock.unlock();
        }
      }
    }
  }

  private void work() {
    for (Residency.Step<Wanted> step; (step = next()) != null; ) {
      switch (step) {
        case Residency.Step.Load<Wanted>(Place<Wanted> place) -> load(at(place));
        case Residency.Step.Unload<Wanted>(Place<Wanted> place) -> unload(at(place));
        case Residency.Step.Await<Wanted> _ -> throw new IllegalStateException("waited already");
      }
    }
  }

  private OfferedModel at(Place<Wanted> place) {
    return models.stream().filter(model -> model.place().equals(place)).findFirst().orElseThrow();
  }

  /** Waits until a model must be loaded or unloaded; null when the pool is closed. */
  private Residency.@Nullable Step<Wanted> next() {
    lock.lock();
    try {
      while (!closed) {
        Residency.Step<Wanted> step =
            evicted ? new Residency.Step.Await<>(Residency.NEVER) : residency.next(now());
        if (!(step instanceof Residency.Step.Await<Wanted>(long until))) {
          return step;
        }
        if (until == Residency.NEVER) {
          changed.await();
        } else {
          var _ = changed.awaitNanos(until - now());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // no code interrupts this thread
    } finally {
      lock.unlock();
    }
    return null;
  }

  @SuppressWarnings("CatchThrowable") // whatever fails, requests wait for it
  private void load(OfferedModel model) {
    long begun = now();
    try {
      LoadedModel loaded =
          LoadedModel.load(
              model.spec(),
              params.maxStreams(),
              meters,
              model.meters(),
              () -> grow(model),
              () -> evicted);
      Duration took = Duration.ofNanos(now() - begun);
      LOGGER.log(Level.INFO, "loaded model {0} in {1} ms", model.name(), took.toMillis());
      model.meters().loaded(took);
      loaded(model, loaded, took);
    } catch (Throwable e) {
      failed(model, e);
    }
  }

  /** A model in use is about to open a context for embeddings. */
  private void grow(OfferedModel model) {
    long need = saturatedSum(model.place().needAtLoad, model.spec().embeddingMemory());
    lock.lock();
    try {
      if (!residency.grow(model.place(), need)) {
        throw ApiError.badField(
            "model",
            String.format(
                Locale.ROOT,
                "with embeddings, %s takes %d bytes, more than the %d that this server may use",
                model.name(),
                need,
                params.budget()));
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private static long saturatedSum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  private void loaded(OfferedModel model, LoadedModel loaded, Duration took) {
    lock.lock();
    try {
      model.set(loaded);
      residency.loaded(model.place(), took.toNanos(), now());
    } finally {
      lock.unlock();
    }
    if (evicted) {
      loaded.served().evict();
    }
  }

  private void failed(OfferedModel model, Throwable cause) {
    if (!evicted) {
      LOGGER.log(Level.ERROR, "model " + model.name() + " cannot be loaded", cause);
      model.meters().failed();
    }
    ApiError failure = evicted ? ApiError.stopping() : failure(model, cause);
    List<Wanted> waited;
    lock.lock();
    try {
      model.fail(failure);
      waited = residency.failed(model.place(), now());
    } finally {
      lock.unlock();
    }
    waited.forEach(wanted -> wanted.lease().completeExceptionally(failure));
  }

  /** Clients need not know where the server keeps its files. */
  private static ApiError failure(OfferedModel model, Throwable cause) {
    Path folder = model.spec().file().toAbsolutePath().getParent();
    String reason =
        String.valueOf(cause.getMessage())
            .replace(folder == null ? File.separator : folder + File.separator, "");
    return ApiError.notLoaded(
        String.format(Locale.ROOT, "the model %s cannot be loaded: %s", model.name(), reason));
  }

  private void unload(OfferedModel model) {
    LoadedModel loaded;
    lock.lock();
    try {
      loaded = Objects.requireNonNull(model.take());
      past = Snapshots.counted(past, loaded.served().engine());
    } finally {
      lock.unlock();
    }
    loaded.close();
    LOGGER.log(Level.INFO, "unloaded model {0}", model.name());
    model.meters().unloaded();
    lock.lock();
    try {
      residency.unloaded(model.place());
    } finally {
      lock.unlock();
    }
  }

  /** What all engines do together, and have counted since the start. */
  private EngineSnapshot snapshot() {
    lock.lock();
    try {
      EngineSnapshot sum = past;
      for (OfferedModel model : models) {
        sum = Snapshots.sum(sum, model.engine());
      }
      return sum;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void evict() {
    List<Wanted> waiting = new ArrayList<>();
    List<LoadedModel> loaded;
    lock.lock();
    try {
      evicted = true;
      models.forEach(model -> waiting.addAll(residency.takeWaiting(model.place())));
      loaded = models.stream().map(OfferedModel::loaded).filter(Objects::nonNull).toList();
    } finally {
      lock.unlock();
    }
    waiting.forEach(wanted -> wanted.lease().completeExceptionally(ApiError.stopping()));
    loaded.forEach(model -> model.served().evict());
  }

  @Override
  public void close() {
    evict();
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      worker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (OfferedModel model : models) {
      LoadedModel loaded = model.take();
      if (loaded != null) {
        loaded.close();
      }
    }
  }
}
