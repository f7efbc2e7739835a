package dev.llamastream.store.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Duration of(String name, String value) {
    HttpHeaders headers = HttpHeaders.of(Map.of(name, List.of(value)), (a, b) -> true);
    return RetryAfter.of(headers, NOW).orElse(null);
  }

  @ParameterizedTest
  @CsvSource({
    "Retry-After, 17, 17",
    "Retry-After, ' 0 ', 0",
    "retry-after, 999999999, 999999999",
    "Retry-After, 'Thu, 01 Jan 2026 00:01:40 GMT', 100",
    "Retry-After, 'Wed, 31 Dec 2025 00:00:00 GMT', 0",
    "RateLimit, '\"api\";r=0;t=55', 55",
    "RateLimit, '\"resolvers\"; r=0; t=7', 7",
  })
  void readsThePause(String name, String value, long seconds) {
    assertThat(of(name, value)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "Retry-After, soon",
    "Retry-After, -5",
    "Retry-After, 99999999999999999999",
    "Retry-After, 1.5",
    "Retry-After, ''",
    "RateLimit, t=5",
    "Other, 5"
  })
  void othersAreNone(String name, String value) {
    assertThat(of(name, value)).isNull();
  }

  @Test
  void aHeaderThatSaysNothingLeavesItToTheOther() {
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of("Retry-After", List.of("soon"), "RateLimit", List.of(";t=5")), (a, b) -> true);
    assertThat(RetryAfter.of(headers, NOW)).contains(Duration.ofSeconds(5));
  }
}
