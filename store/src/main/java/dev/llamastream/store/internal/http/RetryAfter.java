package dev.llamastream.store.internal.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pause that a server asks for. */
final class RetryAfter {

  /** Hugging Face's: {@code "api";r=0;t=55}. */
  private static final Pattern RATE_LIMIT = Pattern.compile(";\\s*t=(\\d{1,9})\\b");

  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  private RetryAfter() {}

  /** Never negative; empty if the server does not say. */
  static Optional<Duration> of(HttpHeaders headers, Instant now) {
    String value = headers.firstValue("Retry-After").orElse("").strip();
    if (SECONDS.matcher(value).matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
    }
    if (!value.isEmpty()) {
      try {
        Instant until =
            ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        return Optional.of(until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO);
      } catch (DateTimeException e) {
        // Neither form: the next header may say it.
      }
    }
    Matcher matcher = RATE_LIMIT.matcher(headers.firstValue("RateLimit").orElse(""));
    return matcher.find()
        ? Optional.of(Duration.ofSeconds(Long.parseLong(matcher.group(1))))
        : Optional.empty();
  }
}
