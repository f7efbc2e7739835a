package dev.llamastream.cli;

import dev.llamastream.server.spi.ModelLibrary;
import dev.llamastream.store.ModelName;
import dev.llamastream.store.ModelName.Alias;
import dev.llamastream.store.ModelName.LocalFile;
import dev.llamastream.store.ModelStore;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.PullListener;
import dev.llamastream.store.PullProgress;
import java.io.IOException;

/** The models of a store, for clients that pull and delete some over HTTP. */
record StoreLibrary(ModelStore store) implements ModelLibrary {

  private static final String LATEST = ":latest";

  @Override
  public void pull(String name, Listener listener) throws IOException {
    try {
      store.pull(storeName(name), new Forwarded(listener));
    } catch (ModelStoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public boolean delete(String name) throws IOException {
    try {
      store.remove(storeName(name));
      return true;
    } catch (ModelStoreException e) {
      if (e.reason() == ModelStoreException.Reason.NOT_FOUND) {
        return false;
      }
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * The store's name of a model. An alias of this machine stays one. Any other name that Ollama
   * could have is taken as Ollama's, so no client can name a file of this machine by its path.
   */
  private String storeName(String name) {
    ModelName parsed = ModelName.parse(name);
    return switch (parsed) {
      case Alias alias -> {
        String known = alias.toString();
        String untagged =
            known.endsWith(LATEST) ? known.substring(0, known.length() - LATEST.length()) : known;
        yield isAlias(known) ? known : isAlias(untagged) ? untagged : "ollama:" + known;
      }
      case LocalFile _ -> "ollama:" + name;
      default -> name;
    };
  }

  private boolean isAlias(String name) {
    return store.aliases().stream().anyMatch(alias -> alias.name().equals(name));
  }

  /** Passes on what the store says about a pull. */
  private record Forwarded(Listener listener) implements PullListener {
    @Override
    public boolean onProgress(PullProgress progress) {
      return listener.onProgress(progress.doneBytes(), progress.totalBytes());
    }

    @Override
    public void onWait(String reason) {
      listener.onWait(reason);
    }
  }
}
