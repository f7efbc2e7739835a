package dev.llamastream.server.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.llamastream.server.internal.json.ApiError;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {

  private long now = Long.MAX_VALUE - 5; // nanoTime may overflow
  private final RateLimit limit = new RateLimit(6, () -> now);

  @Test
  void aMinutesRequestsMayComeAtOnce() {
    for (int i = 0; i < 6; i++) {
      limit.take("a");
    }

    assertThatExceptionOfType(ApiError.class)
        .isThrownBy(() -> limit.take("a"))
        .satisfies(
            error -> {
              assertThat(error.status()).isEqualTo(429);
              assertThat(error.code()).isEqualTo("rate_limit_exceeded");
              assertThat(error.headers()).containsEntry("Retry-After", "10");
              assertThat(error.message()).isEqualTo("6 requests per minute are allowed");
            });
  }

  @Test
  void oneMoreComesWithEachPartOfAMinute() {
    for (int i = 0; i < 6; i++) {
      limit.take("a");
    }
    now += Duration.ofSeconds(10).toNanos();

    limit.take("a");
    assertThatExceptionOfType(ApiError.class).isThrownBy(() -> limit.take("a"));
  }

  @Test
  void aRefusedRequestCountsNothing() {
    for (int i = 0; i < 6; i++) {
      limit.take("a");
    }
    for (int i = 0; i < 100; i++) {
      assertThatExceptionOfType(ApiError.class).isThrownBy(() -> limit.take("a"));
    }
    now += Duration.ofSeconds(10).toNanos();

    assertThatNoException().isThrownBy(() -> limit.take("a"));
  }

  @Test
  void clientsDoNotShareALimit() {
    for (int client = 0; client < 5_000; client++) {
      for (int i = 0; i < 6; i++) {
        limit.take("client " + client);
      }
    }
    assertThatExceptionOfType(ApiError.class).isThrownBy(() -> limit.take("client 0"));
  }

  @Test
  void zeroIsNoLimit() {
    RateLimit none = new RateLimit(0, () -> now);
    for (int i = 0; i < 100_000; i++) {
      none.take("a");
    }
  }
}
