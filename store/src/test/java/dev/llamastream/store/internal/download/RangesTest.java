package dev.llamastream.store.internal.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangesTest {

  /** A bit for each position is slow, and plainly right. */
  @Test
  void isTheSetOfItsPositions() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      Ranges ranges = new Ranges();
      BitSet bits = new BitSet();
      for (int i = 0; i < 30; i++) {
        int from = random.nextInt(100);
        int end = from + random.nextInt(12);
        ranges.add(from, end);
        bits.set(from, end);
        assertThat(ranges.total()).as("seed %d", seed).isEqualTo(bits.cardinality());
        assertThat(ranges.end()).isEqualTo(bits.length());
        int at = random.nextInt(110);
        assertThat(ranges.firstMissing(at)).isEqualTo(bits.nextClearBit(at));
        long missing = ranges.firstMissing(at);
        int present = bits.nextSetBit((int) missing);
        assertThat(ranges.nextPresent(missing)).isEqualTo(present < 0 ? Long.MAX_VALUE : present);
      }
    }
  }

  @Test
  void rangesThatTouchAreOne() {
    Ranges ranges = new Ranges();
    ranges.add(0, 5);
    ranges.add(10, 15);
    ranges.add(5, 10);

    assertThat(ranges.asMap()).hasSize(1).containsEntry(0L, 15L);
  }
}
