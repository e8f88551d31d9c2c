package dev.gsig.ehr;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * One encounter of a patient with the health system. Immutable.
 *
 * @param time when it was, as the cohort writes it; null if not known. Computed with only where a
 *     model reads times, see {@link TimeInput}
 * @param codes the clinical codes, in order; possibly none
 * @param age the patient's age in years at the visit; null if not given
 * @param tokenType the row of the model's token type table; null if not given
 * @param events for each code the event of the source that it was made of; null if not given. Only
 *     reported, never computed with
 * @param values for each code the number that was measured, in the source's unit, null where there
 *     is none; null if no code of the visit has one
 */
public record Visit(
    String time,
    List<String> codes,
    Double age,
    Integer tokenType,
    List<SourceEvent> events,
    List<Double> values) {
  /**
   * Copies the lists; no code and no event may be null.
   *
   * @throws IllegalArgumentException if there are events or values, but not one for each code, or
   *     if a value is not finite
   */
  public Visit {
    codes = List.copyOf(Objects.requireNonNull(codes, "codes"));
    if (events != null) {
      events = List.copyOf(events);
      if (events.size() != codes.size()) {
        throw new IllegalArgumentException(
            events.size() + " events for " + codes.size() + " codes");
      }
    }
    if (values != null) {
      values = Collections.unmodifiableList(new ArrayList<>(values));
      if (values.size() != codes.size()) {
        throw new IllegalArgumentException(
            values.size() + " values for " + codes.size() + " codes");
      }
      if (values.stream().anyMatch(value -> value != null && !Double.isFinite(value))) {
        throw new IllegalArgumentException("values must be finite, but are " + values);
      }
      if (values.stream().allMatch(Objects::isNull)) {
        values = null;
      }
    }
  }

  /**
   * A visit whose codes have no values.
   *
   * @param time when it was; null if not known
   * @param codes the clinical codes, in order
   * @param age the patient's age in years at the visit; null if not given
   * @param tokenType the row of the model's token type table; null if not given
   * @param events for each code the event of the source that it was made of; null if not given
   */
  public Visit(
      String time, List<String> codes, Double age, Integer tokenType, List<SourceEvent> events) {
    this(time, codes, age, tokenType, events, null);
  }

  /**
   * A visit whose codes stand for themselves.
   *
   * @param time when it was; null if not known
   * @param codes the clinical codes, in order
   * @param age the patient's age in years at the visit; null if not given
   * @param tokenType the row of the model's token type table; null if not given
   */
  public Visit(String time, List<String> codes, Double age, Integer tokenType) {
    this(time, codes, age, tokenType, null, null);
  }

  /**
   * The event that a code was made of.
   *
   * @param code its index in {@link #codes}
   * @return the event; null if not given
   */
  public SourceEvent event(int code) {
    return events == null ? null : events.get(code);
  }

  /**
   * The number that was measured where a code was recorded.
   *
   * @param code its index in {@link #codes}
   * @return the value, in the source's unit; null if there is none
   */
  public Double value(int code) {
    return values == null ? null : values.get(code);
  }

  /**
   * A visit that has codes only.
   *
   * @param codes the clinical codes, in order
   * @return the visit
   */
  public static Visit of(String... codes) {
    return new Visit(null, List.of(codes), null, null);
  }
}
