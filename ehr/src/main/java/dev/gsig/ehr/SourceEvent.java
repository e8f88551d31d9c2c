package dev.gsig.ehr;

import java.util.Objects;

/**
 * The event of a data set that a code of a cohort was made of, spelt as it is there, so that the
 * two can be joined. Immutable.
 *
 * @param time the event's own time, as ISO 8601; null if it has none
 * @param code the event's own code
 */
public record SourceEvent(String time, String code) {
  /** The code may not be null. */
  public SourceEvent {
    Objects.requireNonNull(code, "code");
  }
}
