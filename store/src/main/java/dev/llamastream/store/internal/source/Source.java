package dev.llamastream.store.internal.source;

import dev.llamastream.store.ModelName;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.util.List;
import java.util.Optional;

/**
 * Where models of one kind of name come from, and where they are kept. Thread-safe.
 *
 * @param <N> the kind of name
 */
public interface Source<N extends ModelName> {

  /** Looks on this machine only. */
  Optional<Kept> find(N name);

  /**
   * Finds what was just pulled.
   *
   * @throws ModelStoreException if somebody has removed it meanwhile
   */
  default Kept pulled(N name) {
    return find(name)
        .orElseThrow(
            () ->
                new ModelStoreException(
                    Reason.STORAGE, name + " was removed while it was pulled: pull it again"));
  }

  /** Downloads what is missing, and returns the whole model. */
  Kept pull(N name, PullRun run);

  /** All models on this machine. */
  List<Kept> list();

  /**
   * Removes a model that {@link #find} or {@link #list} has returned. Files that another model
   * shares stay.
   *
   * @return the bytes that this freed
   * @throws ModelStoreException if a file cannot be removed
   */
  long remove(Kept model);

  /**
   * Removes what no model needs: parts of downloads that nobody continues, files that no name leads
   * to.
   *
   * @return the bytes that this freed
   */
  long prune();
}
