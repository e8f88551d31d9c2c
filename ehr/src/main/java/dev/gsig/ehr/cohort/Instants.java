package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.table.Table;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/**
 * Moments as microseconds since 1970-01-01T00:00:00, as MEDS has them, on one clock: UTC where a
 * source writes offsets from it, whatever the zone of this machine, else the clock that the source
 * uses. Dates without a time of day are their first moment, and midnight sharp is taken for such a
 * date.
 */
final class Instants {
  /** No moment is known. */
  static final long UNKNOWN = Long.MIN_VALUE;

  static final long SECOND = 1_000_000;

  static final long DAY = 86_400 * SECOND;

  /** The end of what goes on. */
  static final long OPEN = 1L << 60;

  /** Where the time of day begins. */
  private static final int TIME = 11;

  private static final Pattern REST =
      Pattern.compile("(\\.[0-9]+)?(Z|[+-](0[0-9]|1[0-8])(:?[0-5][0-9])?)?");

  private Instants() {}

  /**
   * A moment in a table's current row: {@code 2180-05-06}, {@code 2180-05-06 22:23:00} or {@code
   * 2180-05-06T22:23:00.125Z}; what is below a microsecond is dropped.
   *
   * @param absent the result where the value is empty
   * @throws InvalidInputException if it is something else
   */
  static long of(Table row, int column, long absent) {
    String text = row.text(column);
    if (text == null) {
      return absent;
    }
    long time = parse(text);
    if (time == UNKNOWN) {
      throw new InvalidInputException(
          row.where()
              + ": "
              + row.name(column)
              + " must be a time such as 2180-05-06 22:23:00, but is "
              + Json.quote(text));
    }
    return time;
  }

  /** A moment that must be there. */
  static long required(Table row, int column) {
    row.required(column);
    return of(row, column, UNKNOWN);
  }

  /** In UTC if the text has an offset from it; {@link #UNKNOWN} if the text is no time. */
  static long parse(String text) {
    int length = text.length();
    if (length < 10 || text.charAt(4) != '-' || text.charAt(7) != '-') {
      return UNKNOWN;
    }
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 7);
    int day = digits(text, 8, 10);
    long ofDay = length == 10 ? 0 : timeOfDay(text);
    if (year < 0 || month < 0 || day < 0 || ofDay < 0) {
      return UNKNOWN;
    }
    try {
      return LocalDate.of(year, month, day).toEpochDay() * DAY + ofDay - offset(text) * SECOND;
    } catch (DateTimeException e) {
      return UNKNOWN;
    }
  }

  /** Microseconds since midnight, or -1. */
  private static long timeOfDay(String text) {
    int length = text.length();
    if (length < 16
        || (text.charAt(10) != ' ' && text.charAt(10) != 'T')
        || text.charAt(13) != ':') {
      return -1;
    }
    int hour = digits(text, 11, 13);
    int minute = digits(text, 14, 16);
    int second = 0;
    int end = 16;
    if (length >= 19 && text.charAt(16) == ':') {
      second = digits(text, 17, 19);
      end = 19;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
      return -1;
    }
    // most texts end here, and a pattern is slow
    return end == length || REST.matcher(text).region(end, length).matches()
        ? (3600 * hour + 60 * minute + second) * SECOND + fraction(text, end)
        : -1;
  }

  /** The microseconds behind a point, if there is one. */
  private static long fraction(String text, int point) {
    long value = 0;
    long digit = point < text.length() && text.charAt(point) == '.' ? SECOND / 10 : 0;
    for (int i = point + 1; digit > 0 && i < text.length(); i++) {
      int of = digits(text, i, i + 1);
      digit = of < 0 ? 0 : digit;
      value += of * digit;
      digit /= 10;
    }
    return value;
  }

  /** Seconds ahead of UTC of a time whose form is known; 0 where it does not say. */
  private static int offset(String text) {
    int sign = Math.max(text.indexOf('+', TIME), text.indexOf('-', TIME));
    if (sign < 0) {
      return 0;
    }
    String digits = text.substring(sign + 1).replace(":", "");
    int ahead = 3600 * digits(digits, 0, 2) + (digits.length() > 2 ? 60 * digits(digits, 2, 4) : 0);
    return text.charAt(sign) == '-' ? -ahead : ahead;
  }

  /** A number of digits only, or -1. */
  private static int digits(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = 10 * value + c - '0';
    }
    return value;
  }

  /** {@code 2180-05-06T22:23:00}, and parts of a second where there are some. */
  static String format(long time) {
    int nanos = (int) Math.floorMod(time, SECOND) * 1000;
    return LocalDateTime.ofEpochSecond(Math.floorDiv(time, SECOND), nanos, ZoneOffset.UTC)
        .format(DateTimeFormatter.ISO_LOCAL_DATE_TIME);
  }

  /** The day of a moment, as its first moment. */
  static long dayOf(long time) {
    return Math.floorDiv(time, DAY) * DAY;
  }

  /** Whether a moment stands for a date without a time of day. */
  static boolean isDate(long time) {
    return time != UNKNOWN && Math.floorMod(time, DAY) == 0;
  }

  /** The last second of the day that begins at a moment. */
  static long endOfDay(long date) {
    return date + DAY - SECOND;
  }

  /** When a measurement is known: one at midnight sharp is taken for a date, at the day's end. */
  static long measured(long time) {
    return isDate(time) ? endOfDay(time) : time;
  }

  /** The first moment of a date; {@link #UNKNOWN} if there is no such date. */
  static long date(int year, int month, int day) {
    try {
      return LocalDate.of(year, month, day).toEpochDay() * DAY;
    } catch (DateTimeException e) {
      return UNKNOWN;
    }
  }

  /** The first moment of a year. */
  static long startOf(int year) {
    return LocalDate.of(year, 1, 1).toEpochDay() * DAY;
  }

  /**
   * Age in years: whole birthdays, and the part of the year since the last one, cut to hundredths.
   *
   * @return null if the birth is not known, or comes later
   */
  static Double age(long birth, long time) {
    if (birth == UNKNOWN || birth > time) {
      return null;
    }
    LocalDate from = LocalDate.ofEpochDay(Math.floorDiv(birth, DAY));
    LocalDate to = LocalDate.ofEpochDay(Math.floorDiv(time, DAY));
    long years = ChronoUnit.YEARS.between(from, to);
    LocalDate birthday = from.plusYears(years);
    int days = Year.isLeap(birthday.getYear()) ? 366 : 365;
    long hundredths = 100 * ChronoUnit.DAYS.between(birthday, to) / days;
    return (100 * years + Math.min(99, hundredths)) / 100.0;
  }
}
