package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;
import java.util.List;

/** The models that requests can name. Thread-safe. */
public interface ServedModels {

  /**
   * Finds a model. It stays open until the lease is closed. May wait until the model is loaded.
   *
   * @param name as in a request; empty for the default
   * @throws ApiError 404 if there is no such model
   */
  Lease lease(String name);

  /** All models, the default first. Loads none. */
  List<ModelCard> cards();

  /** A model in use. */
  interface Lease extends AutoCloseable {

    /** The model and its streams. */
    Served served();

    /** Ends the use. */
    @Override
    void close();
  }
}
