package dev.llamastream.store.internal.download;

import dev.llamastream.store.internal.http.Fault;
import dev.llamastream.store.internal.http.Fault.Kind;
import dev.llamastream.store.internal.http.FaultyRequest;
import dev.llamastream.store.internal.http.FaultyServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All that goes wrong with one download, made from a seed. The fault of a request depends on the
 * seed, the request's range and how often it was asked for, so that the order in which several
 * connections ask does not matter.
 */
final class FaultSchedule implements FaultyServer.Schedule {

  final int size;
  final int connections;
  final boolean hashKnown;
  final boolean sizeKnown;
  final boolean etag;
  final boolean changes;

  /** The listener stops the download from this byte on. */
  final int stopAt;

  /** What happens to the files between two downloads: 0 to 5. */
  final int damage;

  private final long seed;
  private final double often;
  private final List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();

  FaultSchedule(long seed) {
    this.seed = seed;
    Random random = new Random(seed);
    size = random.nextInt(10) == 0 ? random.nextInt(300_000) : random.nextInt(40_000);
    connections = random.nextBoolean() ? 4 : 1;
    hashKnown = random.nextInt(4) > 0;
    sizeKnown = random.nextInt(5) > 0;
    etag = random.nextInt(5) > 0;
    changes = !hashKnown && etag && random.nextBoolean();
    stopAt = random.nextInt(6) == 0 ? random.nextInt(size + 1) : Integer.MAX_VALUE;
    damage = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0;
    often = new double[] {0.2, 0.5, 0.8}[random.nextInt(3)];
    if (!hashKnown) {
      kinds.remove(Kind.WRONG_BYTE); // nobody could see these
    }
    if (!sizeKnown && !hashKnown) {
      kinds.remove(Kind.SHORT_LENGTH);
    }
    if (random.nextInt(8) > 0) {
      kinds.remove(Kind.STALL); // takes real time
    }
    kinds.remove(random.nextBoolean() ? Kind.HTML : Kind.NONE); // ends most downloads
    kinds.remove(random.nextBoolean() ? Kind.LOOP : Kind.NONE);
  }

  @Override
  public Fault of(FaultyRequest request) {
    String range = request.header("Range");
    int times = asked.merge(range, 1, Integer::sum);
    Random random = new Random(seed * 1_000_003 + range.hashCode() * 31L + times);
    random.nextInt(); // the first numbers of neighbouring seeds are alike
    if (random.nextDouble() > often) {
      return Fault.NONE;
    }
    Kind kind = kinds.get(random.nextInt(kinds.size()));
    return switch (kind) {
      case SLOW -> Fault.of(kind, 0);
      case SHORT_LENGTH, LONG_LENGTH -> Fault.of(kind, 1 + random.nextInt(5_000));
      case TOO_MANY_SECONDS, TOO_MANY_DATE -> Fault.of(kind, random.nextInt(130));
      default -> Fault.of(kind, random.nextInt(random.nextBoolean() ? 100 : size + 1));
    };
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "seed %d: size %d (known: %s), hash known: %s, ETag: %s, changes: %s, connections %d, stop"
            + " at %d, damage %d, faults %s of %s",
        seed,
        size,
        sizeKnown,
        hashKnown,
        etag,
        changes,
        connections,
        stopAt,
        damage,
        often,
        kinds);
  }
}
