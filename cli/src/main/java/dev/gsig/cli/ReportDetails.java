package dev.gsig.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A patient's result as the page holds it, several times smaller than as it is: of lists only what
 * the page shows, a column for each key in place of a key for each value, and scores to the digits
 * that can be seen, {@value #DIGITS} of the largest in the column. The page adds visits up from
 * their codes.
 */
final class ReportDetails {
  private static final int DIGITS = 5;
  private static final MathContext VALUE = new MathContext(6);
  private static final MathContext CURVE = new MathContext(4);

  private static final List<String> SCORES = List.of("l2", "signed", "value_signed");
  private static final Map<String, List<String>> COLUMNS =
      Map.of(
          "tokens",
          List.of(
              "code",
              "visit",
              "known",
              "event",
              "value",
              "value_start",
              "l2",
              "signed",
              "value_signed"),
          "visits",
          List.of("visit", "time"),
          "tabular",
          List.of("name", "value", "signed"),
          "groups",
          List.of("group", "codes", "l2", "signed"),
          "theta_curve",
          List.of("theta", "l21", "completeness_gap", "kind"));

  private ReportDetails() {}

  /**
   * Packs a result.
   *
   * @param result as {@code explain} writes it. Not modified.
   * @return {@code tokens}, {@code visits}, {@code tabular}, {@code groups} and {@code theta_curve}
   *     as columns, in {@code readings}, too; all else as it is, but for {@code inputs}, which no
   *     page shows
   */
  static Map<String, Object> of(Map<String, Object> result) {
    Map<String, Object> packed = new LinkedHashMap<>(result);
    packed.remove("inputs");
    COLUMNS.forEach(
        (key, columns) ->
            packed.computeIfPresent(key, (k, rows) -> columns((List<?>) rows, columns)));
    packed.computeIfPresent(
        "readings",
        (key, readings) -> {
          List<Object> all = new ArrayList<>();
          for (Object reading : (List<?>) readings) {
            Map<String, Object> lean = of(strings((Map<?, ?>) reading));
            lean.remove("visits");
            all.add(lean);
          }
          return all;
        });
    return packed;
  }

  private static Map<String, Object> columns(List<?> rows, List<String> keys) {
    Map<String, Object> columns = new LinkedHashMap<>();
    for (String key : keys) {
      List<Object> values = new ArrayList<>();
      rows.forEach(row -> values.add(((Map<?, ?>) row).get(key)));
      if (rows.stream().anyMatch(row -> ((Map<?, ?>) row).containsKey(key))) {
        int scale = SCORES.contains(key) ? scale(values) : 0;
        values.replaceAll(value -> shortened(key, value, scale));
        columns.put(key, values);
      }
    }
    return columns;
  }

  /** Decimal places with which the largest of some scores has so many digits. */
  private static int scale(List<Object> scores) {
    BigDecimal largest = BigDecimal.ZERO;
    for (Object score : scores) {
      if (score instanceof Number number) {
        largest = largest.max(decimal(number).abs());
      }
    }
    return DIGITS - largest.precision() + largest.scale();
  }

  private static Object shortened(String key, Object value, int scale) {
    if (!(value instanceof Number number)) {
      return value;
    }
    if (SCORES.contains(key)) {
      return plain(decimal(number).setScale(scale, RoundingMode.HALF_EVEN));
    }
    return switch (key) {
      case "l21", "completeness_gap" -> plain(decimal(number).round(CURVE));
      case "value", "value_start" -> plain(decimal(number).round(VALUE));
      default -> value;
    };
  }

  /** A whole number without a point. */
  private static Number plain(BigDecimal value) {
    double number = value.doubleValue();
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? (Number) (long) number
        : (Number) number;
  }

  private static BigDecimal decimal(Number number) {
    return BigDecimal.valueOf(number.doubleValue());
  }

  private static Map<String, Object> strings(Map<?, ?> map) {
    Map<String, Object> strings = new LinkedHashMap<>();
    map.forEach((key, value) -> strings.put((String) key, value));
    return strings;
  }
}
