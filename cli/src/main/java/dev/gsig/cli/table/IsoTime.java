package dev.gsig.cli.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** Times of visits, which a cohort has as text. */
final class IsoTime {
  /** A date, perhaps with a time behind T or a space, perhaps with an offset from UTC. */
  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("[['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[XXX]]")
          .toFormatter(Locale.ROOT);

  private IsoTime() {}

  /**
   * Microseconds since 1970 on the clock of the place; with an offset, in UTC.
   *
   * @throws InvalidInputException if the text is no time
   */
  static long micros(String text) {
    try {
      TemporalAccessor time =
          ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      LocalDateTime local =
          time instanceof OffsetDateTime offset
              ? offset.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime()
              : time instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) time;
      return ChronoUnit.MICROS.between(LocalDateTime.of(1970, 1, 1, 0, 0), local);
    } catch (DateTimeException | ArithmeticException e) {
      throw new InvalidInputException(
          "the time "
              + Json.quote(text)
              + " is no date and time of ISO 8601, which Parquet needs; mend the cohort, or write"
              + " csv or jsonl",
          e);
    }
  }
}
