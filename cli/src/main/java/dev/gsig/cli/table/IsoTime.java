package dev.gsig.cli.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.UtcTime;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/** Times of visits, which a cohort has as text. */
public final class IsoTime {
  private IsoTime() {}

  /**
   * Microseconds since 1970 on the clock of the place; with an offset, in UTC.
   *
   * @throws InvalidInputException if the text is no time
   */
  public static long micros(String text) {
    LocalDateTime time = UtcTime.parse(text);
    if (time == null) {
      throw new InvalidInputException(
          "the time "
              + Json.quote(text)
              + " is no date and time of ISO 8601, which Parquet needs; mend the cohort, or write"
              + " csv or jsonl");
    }
    return ChronoUnit.MICROS.between(LocalDateTime.of(1970, 1, 1, 0, 0), time);
  }
}
