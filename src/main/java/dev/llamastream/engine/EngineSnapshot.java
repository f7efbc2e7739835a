package dev.llamastream.engine;

import org.jspecify.annotations.Nullable;

/**
 * An engine's activity at one moment. Immutable.
 *
 * @since 0.1.0
 */
public final class EngineSnapshot {

  private final Values values;

  private EngineSnapshot(Values values) {
    this.values = values;
  }

  /** A builder that starts from zeros. */
  public static Builder builder() {
    return new Builder();
  }

  /** How many streams can be decoded together: {@link EngineParams#slots()}. */
  public int slots() {
    return values.slots();
  }

  /** How many streams take part in the next decode. */
  public int running() {
    return values.running();
  }

  /** How many requests have not started, plus how many streams wait to resume. */
  public int waiting() {
    return values.waiting();
  }

  /** How many streams are parked because their consumers do not take the buffered tokens. */
  public int parked() {
    return values.parked();
  }

  /** How many tokens are in the KV cache, including cached prefixes. */
  public int kvCellsUsed() {
    return values.kvCellsUsed();
  }

  /** How many tokens the KV cache holds. */
  public int kvCells() {
    return values.kvCells();
  }

  /** How many tokens all streams together generated per second, over the last 10 seconds. */
  public double tokensPerSecond() {
    return values.tokensPerSecond();
  }

  /**
   * How many threads computed the last step; 0 before the first. See {@link
   * dev.llamastream.ContextParams#threads()}.
   */
  public int threads() {
    return values.threads();
  }

  /**
   * How often a stream has lost its tokens in the KV cache because others needed the room, in
   * total. They are computed again when it continues.
   */
  public long preemptions() {
    return values.preemptions();
  }

  /** How many prompt tokens were loaded from the prefix store instead of computed, in total. */
  public long storedTokensLoaded() {
    return values.storedTokensLoaded();
  }

  /**
   * The size of all files in the prefix store in bytes, when the engine last looked. 0 without a
   * store.
   */
  public long prefixStoreBytes() {
    return values.prefixStoreBytes();
  }

  /**
   * How many prefixes were not stored, in total: the disk was too slow or failed, or they were too
   * large.
   */
  public long prefixesNotStored() {
    return values.prefixesNotStored();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EngineSnapshot that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "EngineSnapshot");
  }

  private record Values(
      int slots,
      int running,
      int waiting,
      int parked,
      int kvCellsUsed,
      int kvCells,
      double tokensPerSecond,
      int threads,
      long preemptions,
      long storedTokensLoaded,
      long prefixStoreBytes,
      long prefixesNotStored) {}

  /** Builds {@link EngineSnapshot}. Not thread-safe. */
  public static final class Builder {
    private int slots;
    private int running;
    private int waiting;
    private int parked;
    private int kvCellsUsed;
    private int kvCells;
    private double tokensPerSecond;
    private int threads;
    private long preemptions;
    private long storedTokensLoaded;
    private long prefixStoreBytes;
    private long prefixesNotStored;

    private Builder() {}

    /** See {@link EngineSnapshot#slots()}. */
    public Builder slots(int value) {
      slots = value;
      return this;
    }

    /** See {@link EngineSnapshot#running()}. */
    public Builder running(int value) {
      running = value;
      return this;
    }

    /** See {@link EngineSnapshot#waiting()}. */
    public Builder waiting(int value) {
      waiting = value;
      return this;
    }

    /** See {@link EngineSnapshot#parked()}. */
    public Builder parked(int value) {
      parked = value;
      return this;
    }

    /** See {@link EngineSnapshot#kvCellsUsed()}. */
    public Builder kvCellsUsed(int value) {
      kvCellsUsed = value;
      return this;
    }

    /** See {@link EngineSnapshot#kvCells()}. */
    public Builder kvCells(int value) {
      kvCells = value;
      return this;
    }

    /** See {@link EngineSnapshot#tokensPerSecond()}. */
    public Builder tokensPerSecond(double value) {
      tokensPerSecond = value;
      return this;
    }

    /** See {@link EngineSnapshot#threads()}. */
    public Builder threads(int value) {
      threads = value;
      return this;
    }

    /** See {@link EngineSnapshot#preemptions()}. */
    public Builder preemptions(long value) {
      preemptions = value;
      return this;
    }

    /** See {@link EngineSnapshot#storedTokensLoaded()}. */
    public Builder storedTokensLoaded(long value) {
      storedTokensLoaded = value;
      return this;
    }

    /** See {@link EngineSnapshot#prefixStoreBytes()}. */
    public Builder prefixStoreBytes(long value) {
      prefixStoreBytes = value;
      return this;
    }

    /** See {@link EngineSnapshot#prefixesNotStored()}. */
    public Builder prefixesNotStored(long value) {
      prefixesNotStored = value;
      return this;
    }

    /** Builds the snapshot. */
    public EngineSnapshot build() {
      return new EngineSnapshot(
          new Values(
              slots,
              running,
              waiting,
              parked,
              kvCellsUsed,
              kvCells,
              tokensPerSecond,
              threads,
              preemptions,
              storedTokensLoaded,
              prefixStoreBytes,
              prefixesNotStored));
    }
  }
}
