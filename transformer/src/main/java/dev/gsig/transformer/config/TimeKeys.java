package dev.gsig.transformer.config;

import dev.gsig.ehr.TimeInput;
import dev.gsig.ehr.TimeInput.AtSpecial;
import dev.gsig.ehr.TimeInput.Span;
import dev.gsig.ehr.TimeInput.Transform;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * The keys that say what the time input is. None has a default: with another value of any of them a
 * model computes something else.
 */
final class TimeKeys {
  private static final String SPAN = "time_span";
  private static final String UNIT = "time_unit";
  private static final String TRANSFORM = "time_transform";
  private static final List<String> ALL = List.of(SPAN, UNIT, TRANSFORM, "time_special_tokens");
  private static final String ORIGIN = "time_origin";

  private TimeKeys() {}

  /** What the keys say; null, and no key may be there, for a model that reads no times. */
  static TimeInput read(JsonObject json, boolean needed) {
    for (String key : ALL) {
      if (json.has(key) != needed) {
        throw json.invalid(
            key,
            needed
                ? "is missing; the model reads times, and there is no usual meaning of them"
                : "is given, but embedding_inputs has no \"time\"; remove it or add the input");
      }
    }
    Span span = needed ? Values.choice(json, SPAN, Span.class, Span::configName) : null;
    LocalDate origin = origin(json, span == Span.SINCE_DATE);
    return needed
        ? new TimeInput(
            span,
            unit(json),
            transform(json, origin),
            Values.choice(json, "time_special_tokens", AtSpecial.class, AtSpecial::configName),
            origin)
        : null;
  }

  private static Transform transform(JsonObject json, LocalDate origin) {
    Transform transform = Values.choice(json, TRANSFORM, Transform.class, Transform::configName);
    if (origin != null && transform.isLogarithm()) {
      throw json.invalid(
          TRANSFORM,
          "is "
              + transform.configName()
              + ", but times since a date may be negative; set none or"
              + " floor");
    }
    return transform;
  }

  /** The day that an absolute time counts from. */
  private static LocalDate origin(JsonObject json, boolean needed) {
    if (json.has(ORIGIN) != needed) {
      throw json.invalid(
          ORIGIN,
          needed
              ? "is missing; time_span since_date needs the day, such as 1970-01-01"
              : "is given, but time_span is not since_date; remove it");
    }
    if (!needed) {
      return null;
    }
    String text = json.string(ORIGIN);
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw json.invalid(
          ORIGIN, "must be a date of ISO 8601, such as 1970-01-01, but is " + Json.quote(text));
    }
  }

  /** A unit by name, or the number of days that it has. */
  private static double unit(JsonObject json) {
    if (json.raw(UNIT) instanceof Number) {
      double seconds = Values.positive(json, UNIT) * TimeInput.DAY;
      if (seconds == 0 || seconds == Double.POSITIVE_INFINITY) {
        throw json.invalid(UNIT, "is out of range; give a number of days");
      }
      return seconds;
    }
    Double seconds = TimeInput.UNITS.get(json.string(UNIT));
    if (seconds == null) {
      throw json.invalid(
          UNIT,
          "must be one of "
              + String.join(", ", TimeInput.UNITS.keySet())
              + ", or a number of days, but is "
              + Json.quote(json.string(UNIT)));
    }
    return seconds;
  }
}
