package dev.llamastream.structured;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.Map;

/**
 * What the java.time types read. The formats of JSON schema allow more: a 31st of February, or an
 * offset where the type has none.
 */
final class TimePatterns {

  private static final String MONTH = "(0[1-9]|1[0-2])";
  private static final String MONTH_AND_DAY =
      "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
          + "|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
          + "|02-(0[1-9]|1[0-9]|2[0-8]))";
  private static final String LEAP_DAY =
      "([0-9][0-9](0[48]|[2468][048]|[13579][26])|2000|2400)-02-29";
  private static final String DATE = "([0-9]{4}-" + MONTH_AND_DAY + "|" + LEAP_DAY + ")";
  private static final String TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{3})?";
  private static final String OFFSET = "(Z|[+-](0[0-9]|1[0-7]):[0-5][0-9])";

  /** Anchored. */
  static final Map<Class<?>, String> BY_TYPE =
      Map.ofEntries(
          Map.entry(LocalDate.class, "^" + DATE + "$"),
          Map.entry(LocalTime.class, "^" + TIME + "$"),
          Map.entry(LocalDateTime.class, "^" + DATE + "T" + TIME + "$"),
          Map.entry(Instant.class, "^" + DATE + "T" + TIME + "Z$"),
          Map.entry(OffsetTime.class, "^" + TIME + OFFSET + "$"),
          Map.entry(OffsetDateTime.class, "^" + DATE + "T" + TIME + OFFSET + "$"),
          Map.entry(ZonedDateTime.class, "^" + DATE + "T" + TIME + OFFSET + "$"),
          Map.entry(YearMonth.class, "^[0-9]{4}-" + MONTH + "$"),
          Map.entry(MonthDay.class, "^--" + MONTH_AND_DAY + "$"),
          Map.entry(
              Duration.class,
              "^PT([0-9]{1,5}H([0-9]{1,2}M)?([0-9]{1,2}S)?|[0-9]{1,5}M([0-9]{1,2}S)?|[0-9]{1,6}S)$"),
          Map.entry(
              Period.class,
              "^P([0-9]{1,4}Y([0-9]{1,2}M)?([0-9]{1,3}D)?|[0-9]{1,4}M([0-9]{1,3}D)?|[0-9]{1,5}D)$"));

  private TimePatterns() {}
}
