package dev.llamastream.server.internal.http;

import java.time.Instant;
import java.util.List;

/** One model for all requests, whatever name they use. Its owner keeps it open. */
public final class OneModel implements ServedModels {

  private final Lease lease;
  private final ModelCard card;

  /** Offers a model. */
  public OneModel(Served served, int contextSize) {
    lease =
        new Lease() {
          @Override
          public Served served() {
            return served;
          }

          @Override
          public void close() {}
        };
    card =
        new ModelCard(served.modelName(), served.model().info(), contextSize, Instant.now(), true);
  }

  @Override
  public Lease lease(String name) {
    return lease;
  }

  @Override
  public List<ModelCard> cards() {
    return List.of(card);
  }
}
