package dev.gsig.ehr;

import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model that reads times takes for the time of a token: one number, {@code transform(span /
 * unit)}, which need not be whole.
 *
 * <p>The codes of a visit and the SEP that ends it share the time of their visit. A span between
 * visits is one between visits that the sequence has tokens of; those that were cut from a long
 * trajectory count, visits without a code do not.
 *
 * @param span what is measured
 * @param unitSeconds how long the unit is, in seconds; above 0
 * @param transform what is done to the number of units
 * @param special what CLS, SEP and PAD read
 * @param origin the day, at whose beginning it is 0, of {@link Span#SINCE_DATE}; null for others
 */
public record TimeInput(
    Span span, double unitSeconds, Transform transform, AtSpecial special, LocalDate origin) {
  /** A day in seconds. */
  public static final double DAY = 86_400;

  /** A year of 365.25 days in seconds. */
  public static final double YEAR = 365.25 * DAY;

  /** The units that have names, in seconds. A month is the twelfth part of a year. */
  public static final Map<String, Double> UNITS;

  static {
    Map<String, Double> units = new LinkedHashMap<>();
    units.put("seconds", 1.0);
    units.put("minutes", 60.0);
    units.put("hours", 3600.0);
    units.put("days", DAY);
    units.put("weeks", 7 * DAY);
    units.put("months", YEAR / 12);
    units.put("years", YEAR);
    UNITS = Collections.unmodifiableMap(units);
  }

  /** What is measured; never negative but for {@link #SINCE_DATE}. */
  public enum Span {
    /** From the visit before to this one; 0 for the first. */
    SINCE_PREVIOUS_VISIT("since_previous_visit"),
    /** From the first visit to this one. */
    SINCE_FIRST_VISIT("since_first_visit"),
    /** From this visit to the last one. */
    UNTIL_LAST_VISIT("until_last_visit"),
    /** The patient's age at the visit, in years of 365.25 days. */
    SINCE_BIRTH("since_birth"),
    /** From a fixed day to the visit: an absolute time, negative for visits before that day. */
    SINCE_DATE("since_date");

    private final String configName;

    Span(String configName) {
      this.configName = configName;
    }

    /** The name used in {@code config.json}. */
    public String configName() {
      return configName;
    }
  }

  /** What is done to a number of units t. */
  public enum Transform {
    /** t itself. */
    NONE("none"),
    /** t rounded down to a whole number. */
    FLOOR("floor"),
    /** {@code ln(1 + t)}. */
    LOG1P("log1p"),
    /** t rounded down, then {@code ln(1 + t)}. */
    FLOOR_LOG1P("floor_log1p");

    private final String configName;

    Transform(String configName) {
      this.configName = configName;
    }

    /** The name used in {@code config.json}. */
    public String configName() {
      return configName;
    }

    /** Whether the logarithm is taken, which negative numbers do not have. */
    public boolean isLogarithm() {
      return this == LOG1P || this == FLOOR_LOG1P;
    }

    double of(double t) {
      double units = this == FLOOR || this == FLOOR_LOG1P ? Math.floor(t) : t;
      return isLogarithm() ? StrictMath.log1p(units) : units;
    }
  }

  /** What tokens that are no codes read. */
  public enum AtSpecial {
    /** 0. */
    ZERO("zero"),
    /**
     * A visit's time: SEP that of the visit it ends, CLS that of the first visit in the sequence,
     * PAD that of the last.
     */
    VISIT("visit");

    private final String configName;

    AtSpecial(String configName) {
      this.configName = configName;
    }

    /** The name used in {@code config.json}. */
    public String configName() {
      return configName;
    }
  }

  /**
   * Checks the unit and the origin.
   *
   * @throws IllegalArgumentException if the unit is not a number above 0, or the span and the
   *     origin do not go together, or the logarithm is taken of times that may be negative
   */
  public TimeInput {
    if (!(unitSeconds > 0 && unitSeconds < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a unit of " + unitSeconds + " seconds");
    }
    boolean absolute = span == Span.SINCE_DATE;
    if (absolute != (origin != null) || (absolute && transform.isLogarithm())) {
      throw new IllegalArgumentException(
          "a time " + span.configName() + " of " + origin + " with " + transform.configName());
    }
  }

  /** A time that counts from no fixed day. */
  public TimeInput(Span span, double unitSeconds, Transform transform, AtSpecial special) {
    this(span, unitSeconds, transform, special, null);
  }

  /** The unit for people: its name, or how many days it has. */
  public String unit() {
    return UNITS.entrySet().stream()
        .filter(named -> named.getValue() == unitSeconds)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(unitSeconds / DAY + " days");
  }
}
