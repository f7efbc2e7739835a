package dev.llamastream.server.internal.http;

import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Defaults;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The models that requests can name. Thread-safe. */
public interface ServedModels extends AutoCloseable {

  /**
   * Finds a model. Loads nothing.
   *
   * @param name as in a request; empty for the default
   * @throws ApiError 404 if there is no such model
   */
  Offer find(String name);

  /** All models, the default first. Loads none. */
  List<ModelCard> cards();

  /** The metrics of all models together. */
  Meters meters();

  /** Whether the engine has ended. No request can be served then. */
  boolean ended();

  /** Ends all streams, those opened later too. Requests that wait for a model fail. */
  void evict();

  /** Frees what was loaded. Call after the last lease was closed. */
  @Override
  void close();

  /** A model that may not be loaded yet. */
  interface Offer {

    /** The model's name in responses. */
    String name();

    /** What is known of the model. Loads nothing. */
    ModelCard card();

    /** What its engine does now; nothing, with no slots, while it is not loaded. Loads nothing. */
    EngineSnapshot engine();

    /** The values of fields that a request leaves out. */
    Defaults defaults();

    /**
     * The loaded model; it stays open until the lease is closed. Cancel the future to give up the
     * wait. It fails with an {@link ApiError} if the model cannot be loaded.
     */
    CompletableFuture<Lease> lease();
  }

  /** A model in use. */
  interface Lease extends AutoCloseable {

    /** The model and its streams. */
    Served served();

    /** Ends the use. */
    @Override
    void close();
  }
}
