package dev.llamastream.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimePatternsTest {

  private static boolean matches(Class<?> type, String text) {
    return Pattern.compile(TimePatterns.BY_TYPE.get(type)).matcher(text).matches();
  }

  @Test
  void dayByDay() {
    for (LocalDate day = LocalDate.of(1896, 1, 1);
        day.isBefore(LocalDate.of(2105, 1, 1));
        day = day.plusDays(1)) {
      boolean leapDay = day.getMonthValue() == 2 && day.getDayOfMonth() == 29;
      assertThat(matches(LocalDate.class, day.toString())).as(day.toString()).isTrue();
      assertThat(matches(LocalDate.class, day.getYear() + "-02-29"))
          .isEqualTo(day.isLeapYear() || leapDay);
    }
    assertThat(matches(LocalDate.class, "2023-04-31")).isFalse();
    assertThat(matches(LocalDate.class, "2023-13-01")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "java.time.LocalTime,23:59:59.123",
    "java.time.LocalDateTime,2024-02-29T00:00:00",
    "java.time.Instant,2024-02-29T23:59:59Z",
    "java.time.OffsetTime,10:00:00+17:59",
    "java.time.OffsetDateTime,2001-01-01T10:00:00-05:30",
    "java.time.ZonedDateTime,2001-01-01T10:00:00Z",
    "java.time.YearMonth,2001-12",
    "java.time.MonthDay,--02-28",
    "java.time.Duration,PT1H30M5S",
    "java.time.Duration,PT99999M",
    "java.time.Period,P1Y2M3D",
    "java.time.Period,P30D",
  })
  void whatMatchesIsRead(Class<?> type, String text) throws Exception {
    ObjectMapper mapper = Structured.defaultMapper();

    assertThat(matches(type, text)).isTrue();
    assertThat(mapper.readValue(mapper.writeValueAsString(text), type)).isInstanceOf(type);
  }

  /** Numbers in the places of numbers, often out of their range. */
  @Test
  void whateverMatchesIsRead() throws Exception {
    ObjectMapper mapper = Structured.defaultMapper();
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      String text =
          String.format(
              Locale.ROOT,
              "%04d-%02d-%02d",
              random.nextInt(10_000),
              random.nextInt(14),
              random.nextInt(33));
      if (matches(LocalDate.class, text)) {
        assertThat(mapper.readValue("\"" + text + "\"", LocalDate.class)).hasToString(text);
      }
    }
  }
}
