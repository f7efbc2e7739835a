package dev.llamastream.server.internal.http;

import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.server.internal.json.Defaults;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** One model for all requests, whatever name they use. Its owner keeps it open. */
public final class OneModel implements ServedModels {

  private final Served served;
  private final ModelCard card;
  private final BooleanSupplier ended;

  /**
   * Offers a model.
   *
   * @param ended whether the model's engine has ended
   */
  public OneModel(Served served, BooleanSupplier ended) {
    this.served = served;
    this.ended = ended;
    Instant now = Instant.now();
    card =
        new ModelCard(
            served.modelName(),
            List.of(),
            served.model().info(),
            ModelFacts.of(served.model(), now),
            served.contextSize(),
            now,
            true);
  }

  private final class Always implements Offer, Lease {

    @Override
    public String name() {
      return served.modelName();
    }

    @Override
    public ModelCard card() {
      return card;
    }

    @Override
    public EngineSnapshot engine() {
      return served.engine();
    }

    @Override
    public Defaults defaults() {
      return served.defaults();
    }

    @Override
    public CompletableFuture<Lease> lease() {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public Served served() {
      return served;
    }

    @Override
    public void close() {}
  }

  @Override
  public Offer find(String name) {
    return new Always();
  }

  @Override
  public List<ModelCard> cards() {
    return List.of(card);
  }

  @Override
  public Meters meters() {
    return served.meters();
  }

  @Override
  public boolean ended() {
    return ended.getAsBoolean();
  }

  @Override
  public void evict() {
    served.evict();
  }

  @Override
  public void close() {
    served.evict();
  }
}
