package dev.gsig.ehr.internal;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** Times that a cohort has as text, on one clock. */
public final class UtcTime {
  /** A date, perhaps with a time behind T or a space, perhaps with an offset from UTC. */
  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("[['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[XXX]]")
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT); // 30 February is no other day

  private UtcTime() {}

  /**
   * Reads a date and time of ISO 8601. With an offset it is that of UTC, without one as it is
   * written; a date without a time of day is its first second.
   *
   * @param text the time; null for none
   * @return the moment; null if there is none or the text is no such time
   */
  public static LocalDateTime parse(String text) {
    if (text == null || text.length() < 10) {
      return null;
    }
    try {
      TemporalAccessor time =
          ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      return time instanceof OffsetDateTime offset
          ? offset.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime()
          : time instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) time;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
