package dev.llamastream.server.internal.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.server.internal.streams.TokenShares.Share;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenSharesTest {

  private final TokenShares shares = new TokenShares();

  @Test
  void theQueueOfOneClientStaysInOrder() {
    List<Share> queue = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      queue.add(shares.enter("a", 300));
    }

    assertThat(queue).isSortedAccordingTo(Comparator.comparingInt(share -> -share.priority()));
  }

  @Test
  void aClientWithOneRequestGoesBeforeTheManyOfAnother() {
    List<Share> flood = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      flood.add(shares.enter("flood", 300));
    }
    shares.begun(flood.get(0));
    shares.begun(flood.get(1));

    Share single = shares.enter("single", 300);

    assertThat(single.priority()).isGreaterThanOrEqualTo(flood.get(2).priority());
    assertThat(single.priority()).isGreaterThan(flood.get(3).priority());
  }

  @Test
  void aClientThatUsedMoreThanItSeemedGoesLater() {
    Share running = shares.enter("other", 300);
    Share big = shares.enter("big", 300);
    Share small = shares.enter("small", 300);
    shares.begun(running);
    shares.ended(big, 100_000);
    shares.ended(small, 300);

    assertThat(shares.enter("small", 300).priority())
        .isGreaterThan(shares.enter("big", 300).priority());
  }

  @Test
  void idleTimeEarnsNothing() {
    Share first = shares.enter("busy", 100_000);
    Share second = shares.enter("busy", 300);
    shares.ended(first, 100_000);
    shares.begun(second);
    Share late = shares.enter("idle until now", 300);

    // not 100,000 tokens of its own first
    assertThat(late.start()).isEqualTo(second.start());
  }

  @Test
  void longLivesDoNotOverflow() {
    Share huge = shares.enter("a", Long.MAX_VALUE / 2);
    assertThat(shares.enter("a", 1).priority()).isEqualTo(-Integer.MAX_VALUE);
    shares.ended(huge, 0);
  }

  @Test
  void startsAnewWhenNothingIsOpen() {
    Share only = shares.enter("a", 1_000_000);
    shares.begun(only);
    shares.ended(only, 1_000_000);

    assertThat(shares.enter("a", 1).priority()).isZero();
  }
}
