package dev.llamastream.internal.store;

import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedText;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stored prefixes that have the right key, in memory. Thread-safe. Its lock is never held while
 * the disk is used.
 */
final class PrefixIndex {

  private static final System.Logger LOGGER = System.getLogger("dev.llamastream.engine");

  /** How long the clock of a file system may stand still. */
  private static final long CLOCK_MILLIS = 2_000;

  private final StoreFolder folder;
  private final String key;
  private final CacheKey cacheKey;
  private final Map<String, StoredPrefix> prefixes = new HashMap<>();
  // what is written but not in the folder yet
  private final Set<StoredCells> pending = Collections.newSetFromMap(new IdentityHashMap<>());
  // added since the last listing began
  private final Set<String> recent = new HashSet<>();
  // of another key or version, or unreadable; for the thread that refreshes
  private final Set<String> others = new HashSet<>();
  private @Nullable FileTime listed;

  PrefixIndex(StoreFolder folder, String key, CacheKey cacheKey) {
    this.folder = folder;
    this.key = key;
    this.cacheKey = cacheKey;
  }

  /** The key of its prefixes. */
  String key() {
    return key;
  }

  /** Looks for files that other processes have added or removed. One thread at a time. */
  void refresh() throws IOException {
    FileTime changed = folder.changed();
    if (changed.equals(listed)) {
      return;
    }
    boolean settled = System.currentTimeMillis() - changed.toMillis() > CLOCK_MILLIS;
    synchronized (this) {
      recent.clear();
    }
    Set<String> names = folder.names();
    List<StoredPrefix> found = new ArrayList<>();
    for (String name : names) {
      if (!knows(name)) {
        read(name, found);
      }
    }
    others.retainAll(names);
    synchronized (this) {
      prefixes.keySet().removeIf(name -> !names.contains(name) && !recent.contains(name));
      found.forEach(prefix -> prefixes.put(prefix.name(), prefix));
    }
    listed = settled ? changed : null;
  }

  private boolean knows(String name) {
    synchronized (this) {
      return others.contains(name) || prefixes.containsKey(name);
    }
  }

  private void read(String name, List<StoredPrefix> found) {
    try {
      Optional<PrefixHeader> header = PrefixFile.readHeader(folder.file(name));
      if (header.isEmpty() || !header.get().key().equals(key)) {
        others.add(name);
        return;
      }
      StoredPrefix prefix = StoredPrefix.of(header.get(), cacheKey);
      if (!prefix.name().equals(name)) {
        throw new DamagedFileException("another prefix than its name says");
      }
      found.add(prefix);
    } catch (DamagedFileException e) {
      removeDamaged(name, e);
    } catch (IOException e) {
      others.add(name); // another process may have removed it
    }
  }

  /** Forgets a damaged file, and removes it if that is possible. */
  void removeDamaged(String name, DamagedFileException damage) {
    LOGGER.log(
        Level.WARNING, "the prefix store removes {0}: {1}", folder.file(name), damage.getMessage());
    forget(name);
    try {
      folder.remove(name);
    } catch (IOException e) {
      others.add(name);
    }
  }

  /** Forgets a file. */
  synchronized void forget(String name) {
    prefixes.remove(name);
  }

  /**
   * The prefix that saves this text the most.
   *
   * @param known how much of it the text has already
   */
  synchronized Optional<StoredPrefix> best(EncodedText text, int known) {
    StoredPrefix best = null;
    int most = 0;
    for (StoredPrefix prefix : prefixes.values()) {
      int usable = prefix.cells().text().common(text, text.length() - 1);
      boolean better =
          best == null
              || usable > most
              || (usable == most && prefix.cells().length() < best.cells().length());
      if (better && prefix.cells().worthLoading(usable, known)) {
        best = prefix;
        most = usable;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Whether the cells are worth storing, and are not about to be. */
  synchronized boolean wants(StoredCells cells) {
    int known = 0;
    for (StoredPrefix prefix : prefixes.values()) {
      known = Math.max(known, prefix.cells().text().common(cells.text(), cells.length()));
    }
    for (StoredCells other : pending) {
      known = Math.max(known, other.text().common(cells.text(), cells.length()));
    }
    return cells.worthStoring(known);
  }

  /** The cells are about to be written. */
  synchronized void writing(StoredCells cells) {
    pending.add(cells);
  }

  /** The cells have been written, or not. */
  synchronized void wrote(StoredCells cells) {
    pending.remove(cells);
  }

  /** Adds a prefix that has been written. Returns those that it makes superfluous. */
  synchronized List<StoredPrefix> add(StoredPrefix added) {
    List<StoredPrefix> superfluous =
        prefixes.values().stream()
            .filter(prefix -> !prefix.name().equals(added.name()))
            .filter(prefix -> added.cells().beginsWith(prefix.cells()))
            .toList();
    superfluous.forEach(prefix -> prefixes.remove(prefix.name()));
    prefixes.put(added.name(), added);
    recent.add(added.name());
    return superfluous;
  }
}
