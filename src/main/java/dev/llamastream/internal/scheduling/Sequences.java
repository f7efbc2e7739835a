package dev.llamastream.internal.scheduling;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.cache.CachedPrefix;
import dev.llamastream.internal.cache.CachedPrefix.Reuse;
import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedText;
import dev.llamastream.internal.scheduling.Step.Operation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All sequences of the KV cache, and the operations on them that are still to be executed. */
final class Sequences {

  private final SchedulerConfig config;
  // the lowest first, so that the ids in use are consecutive
  private final NavigableSet<Integer> ids = new TreeSet<>();
  private final List<Sequence> open = new ArrayList<>();
  // kept, and not taken yet by somebody who stores them
  private final SequencedSet<Sequence> fresh = new LinkedHashSet<>();
  private List<Operation> operations = new ArrayList<>();
  private KvCells cells;
  private long clock;

  Sequences(SchedulerConfig config) {
    this.config = config;
    cells = new KvCells(config.cells(), config.shared());
    reset();
  }

  /** The KV cache is new and empty. */
  void reset() {
    cells = new KvCells(config.cells(), config.shared());
    open.clear();
    fresh.clear();
    operations.clear();
    ids.clear();
    for (int id = 0; id < config.sequences(); id++) {
      ids.add(id);
    }
  }

  KvCells cells() {
    return cells;
  }

  boolean hasFreeId() {
    return !ids.isEmpty();
  }

  /** The operations to execute, in order, before the next decode. */
  List<Operation> takeOperations() {
    List<Operation> taken = operations;
    operations = new ArrayList<>();
    return taken;
  }

  /** The sequence that shares the longest prefix with this text. */
  Match bestMatch(EncodedText text) {
    Match best = Match.NONE;
    for (Sequence sequence : open) {
      int length = sequence.held.reusable(text);
      if (length > best.length()) {
        best = new Match(sequence, length);
      }
    }
    return best;
  }

  /** The sequence that would be dropped next, and the prefix that it shares with this text. */
  Match oldestMatch(EncodedText text) {
    Sequence oldest = oldest();
    return oldest == null ? Match.NONE : new Match(oldest, oldest.held.reusable(text));
  }

  record Match(@Nullable Sequence sequence, int length) {
    static final Match NONE = new Match(null, 0);
  }

  /** Opens an empty sequence. */
  Sequence open(Job owner) {
    Sequence sequence =
        new Sequence(requireNonNull(ids.pollFirst()), newHeld(owner.prompt().key()));
    sequence.owner = owner;
    open.add(sequence);
    return sequence;
  }

  private CachedPrefix newHeld(CacheKey key) {
    Reuse reuse = config.reproducible() ? Reuse.REPRODUCIBLE : Reuse.COMMON;
    return new CachedPrefix(key, reuse, config.microBatchSize());
  }

  /** How many of the stored cells this text can use. */
  int reusable(StoredCells stored, EncodedText text) {
    CachedPrefix held = newHeld(stored.text().key());
    held.replaced(stored.text(), stored.prefilled());
    return held.reusable(text);
  }

  /** Stored cells were loaded into an empty sequence. */
  void loaded(Sequence sequence, StoredCells stored) {
    cells.take(sequence, 0, stored.length());
    sequence.held.replaced(stored.text(), stored.prefilled());
  }

  /** The content of the sequence that was kept last, of the small ones that were not taken yet. */
  Optional<KeptCells> takeFresh(int most) {
    for (Sequence sequence : fresh.reversed()) {
      if (sequence.length() <= most) {
        fresh.remove(sequence);
        CachedPrefix held = sequence.held;
        StoredCells cells = new StoredCells(held.cells().copy(), held.prefilledLength());
        return Optional.of(new KeptCells(takeOperations(), sequence.id, cells));
      }
    }
    return Optional.empty();
  }

  /** Copies the prefix of a sequence into an empty one. */
  void copy(Sequence source, Sequence target, int length) {
    cells.copy(source, target, length);
    target.held.copy(source.held, length);
    source.lastUsed = ++clock;
    int position = source.held.cells().position(length);
    operations.add(new Operation.Copy(source.id, target.id, position));
  }

  /** Gives a sequence without a job a new owner, which reuses its first {@code length} cells. */
  void adopt(Sequence sequence, Job owner, int length) {
    cells.setOwner(sequence, owner);
    fresh.remove(sequence);
    truncate(sequence, length);
  }

  void append(Sequence sequence, Job job, int from, int to) {
    cells.take(sequence, from, to);
    int promptLength = job.prompt().length();
    int promptEnd = Math.clamp(promptLength, from, to);
    if (from < promptEnd) {
      sequence.held.prefilled(job.text(), promptLength, from, promptEnd);
    }
    for (int i = promptEnd; i < to; i++) {
      sequence.held.decoded(job.token(i));
    }
  }

  /** Truncates a sequence to this length, or to nothing if the memory cannot drop a part. */
  void truncate(Sequence sequence, int length) {
    if (length < sequence.length()) {
      forget(sequence, length);
    }
  }

  /** Like truncate, when the KV cache may hold more than was recorded. */
  void forget(Sequence sequence, int length) {
    int left = config.forgetsInPart() ? length : 0;
    int position = sequence.held.cells().position(left);
    cells.release(sequence, left, sequence.length());
    sequence.held.truncate(left);
    operations.add(new Operation.Truncate(sequence.id, position));
  }

  void close(Sequence sequence) {
    truncate(sequence, 0);
    open.remove(sequence);
    fresh.remove(sequence);
    ids.add(sequence.id);
  }

  /** Keeps the sequence of an ended job, and drops the kept ones that it makes redundant. */
  void keep(Sequence sequence) {
    cells.setOwner(sequence, null);
    sequence.lastUsed = ++clock;
    if (config.reproducible()) {
      truncate(sequence, sequence.held.prefilledLength());
    }
    if (sequence.length() == 0) {
      close(sequence);
      return;
    }
    for (Sequence other : List.copyOf(open)) {
      if (other != sequence && other.cached() && sequence.held.beginsWith(other.held)) {
        close(other);
      }
    }
    fresh.add(sequence);
  }

  /** Drops sequences without a job until they are within their share. */
  void limitKept() {
    while (cells.keptOnly() > config.keptCells() && evict(null)) {
      // the loop condition drops them one by one
    }
  }

  /** Drops the least recently used sequence without a job; returns false if there is none. */
  boolean evict(@Nullable Sequence protectedOne) {
    Sequence victim = oldest(protectedOne);
    if (victim != null) {
      close(victim);
    }
    return victim != null;
  }

  /** The least recently used sequence without a job; null if there is none. */
  @Nullable Sequence oldest() {
    return oldest(null);
  }

  private @Nullable Sequence oldest(@Nullable Sequence protectedOne) {
    Sequence oldest = null;
    for (Sequence sequence : open) {
      boolean may = sequence.cached() && sequence != protectedOne;
      if (may && (oldest == null || sequence.lastUsed < oldest.lastUsed)) {
        oldest = sequence;
      }
    }
    return oldest;
  }
}
