package dev.gsig.spark;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.AttributionJson;
import dev.gsig.ehr.internal.Json;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Attributions as rows: what {@code gsig explain} writes in a line, with the same digits. */
public final class Attributions {
  private static final DataType TEXT = DataTypes.StringType;
  private static final DataType WHOLE = DataTypes.IntegerType;
  private static final DataType NUMBER = DataTypes.DoubleType;
  private static final DataType FLAG = DataTypes.BooleanType;

  /** Written where there is one: only the bounded measure has it. */
  private static final String MEASURE = "measure";

  /** Written where the cohort tells of the source's events. */
  private static final String EVENT = "event";

  /** Written where the model has names for its classes. */
  private static final String CLASS_NAME = "class_name";

  private static final String EXPLAINED_CLASS_NAME = "explained_class_name";
  private static final String NAME = "name";

  /** Written by methods that sample. */
  private static final String STANDARD_ERROR = "standard_error";

  /** Written by multi-label models, and of several classes. */
  private static final List<String> EACH = List.of("labels", "classes");

  private static final String TOLERANCE = "tolerance";

  /** Written of integrals to a tolerance. */
  private static final List<String> CONVERGENCE =
      List.of(TOLERANCE, "error_estimate", "tolerance_reached", "steep_end");

  /** Written of models that read values beside the codes. */
  private static final String VALUE_BASELINE = "value_baseline";

  private static final String VALUES_FROM_TRAINING = "values_from_training";

  private static final String VALUE_SIGNED = "value_signed";

  /** Written of codes that have a value. */
  private static final List<String> VALUE = List.of("value", "value_start", VALUE_SIGNED);

  /** Written where several methods were asked for. */
  private static final String READINGS = "readings";

  private static final StructType SCHEMA = line();

  private static StructType line() {
    StructType before =
        method(
            new StructType()
                .add("subject_id", TEXT)
                .add(
                    "prediction",
                    new StructType()
                        .add("logit", NUMBER)
                        .add("probability", NUMBER)
                        .add("class", WHOLE)
                        .add(CLASS_NAME, TEXT)
                        .add(EACH.get(0), list(label()))
                        .add(EACH.get(1), list(label())))
                .add("explained_class", WHOLE)
                .add(EXPLAINED_CLASS_NAME, TEXT)
                .add("score", NUMBER)
                .add("baseline_score", NUMBER)
                .add("baseline_probability", NUMBER)
                .add("explained_probability", NUMBER)
                .add("baseline", TEXT)
                .add("tabular_baseline", TEXT)
                .add(VALUE_BASELINE, TEXT));
    StructType token =
        new StructType()
            .add("position", WHOLE)
            .add("code", TEXT)
            .add("visit", WHOLE)
            .add("known", FLAG);
    StructType event = new StructType().add("time", TEXT).add("code", TEXT);
    StructType scored =
        before
            .add(
                "tokens",
                list(
                    sampled(scores(token))
                        .add("value", NUMBER)
                        .add("value_start", NUMBER)
                        .add(VALUE_SIGNED, NUMBER)
                        .add(EVENT, event)))
            .add("special_tokens", scores(new StructType()))
            .add("visits", list(scores(new StructType().add("visit", WHOLE).add("time", TEXT))))
            .add(
                "tabular",
                list(
                    sampled(
                        new StructType()
                            .add("name", TEXT)
                            .add("value", NUMBER)
                            .add("signed", NUMBER))))
            .add("unknown_codes", WHOLE)
            .add("truncated_tokens", WHOLE)
            .add("missing_tabular", WHOLE)
            .add("empty_visits", WHOLE)
            .add("disordered_visits", WHOLE)
            .add("rounded_ages", WHOLE)
            .add(VALUES_FROM_TRAINING, WHOLE)
            .add("score_equals_baseline", FLAG);
    return ending(scored).add(READINGS, list(reading()));
  }

  private static StructType label() {
    return new StructType().add("class", WHOLE).add(NAME, TEXT).add("probability", NUMBER);
  }

  /** What another method says, without what the line says already. */
  private static StructType reading() {
    return ending(
        method(new StructType())
            .add(
                "tokens",
                list(
                    sampled(scores(new StructType().add("position", WHOLE)))
                        .add(VALUE_SIGNED, NUMBER)))
            .add("special_tokens", scores(new StructType()))
            .add("visits", list(scores(new StructType().add("visit", WHOLE))))
            .add(
                "tabular",
                list(sampled(new StructType().add("name", TEXT).add("signed", NUMBER)))));
  }

  private static StructType method(StructType before) {
    return before
        .add("method", TEXT)
        .add("steps", WHOLE)
        .add("theta", NUMBER)
        .add(
            "theta_curve",
            list(
                new StructType()
                    .add("theta", NUMBER)
                    .add("l21", NUMBER)
                    .add("completeness_gap", NUMBER)
                    .add("kind", TEXT)))
        .add("l21", NUMBER)
        .add("l21_theta1", NUMBER)
        .add("completeness_gap", NUMBER)
        .add("completeness_gap_relative", NUMBER)
        .add("gradients", WHOLE)
        .add(TOLERANCE, NUMBER)
        .add("error_estimate", NUMBER)
        .add("tolerance_reached", FLAG)
        .add("steep_end", TEXT);
  }

  private static StructType ending(StructType before) {
    return before
        .add("no_theta_within_gap", FLAG)
        .add("node_limit_reached", FLAG)
        .add(
            MEASURE,
            new StructType()
                .add("alphas", list(NUMBER))
                .add("weights", list(NUMBER))
                .add("complete", FLAG)
                .add("duality_gap", NUMBER));
  }

  private Attributions() {}

  private static DataType list(DataType of) {
    return DataTypes.createArrayType(of);
  }

  private static StructType scores(StructType of) {
    return of.add("l2", NUMBER).add("signed", NUMBER);
  }

  private static StructType sampled(StructType of) {
    return of.add(STANDARD_ERROR, NUMBER);
  }

  /**
   * The columns, named and nested as the keys of a line; {@code readings}, {@code measure}, what
   * {@code ig} tells of its tolerance (for which {@code steps} are), {@code event} of a token,
   * {@code standard_error}, what is told of values beside the codes, the names of classes and
   * {@code labels} and {@code classes} of a prediction may be null.
   */
  public static StructType schema() {
    return SCHEMA;
  }

  /**
   * The lines that {@code gsig explain} writes, byte for byte.
   *
   * @param attributions of {@link #schema}
   * @return a line each, without a line end, in the same order and partitions
   */
  public static Dataset<String> lines(Dataset<Row> attributions) {
    return attributions.map((MapFunction<Row, String>) Attributions::line, Encoders.STRING());
  }

  /** The row of one attribution. */
  static Row row(Attribution attribution, AttributionJson json) {
    return Rows.of(json.toMap(attribution), SCHEMA);
  }

  /** The line of one row. */
  static String line(Row row) {
    Map<String, Object> json = Rows.toMap(row, SCHEMA);
    json.remove(READINGS, null);
    withoutNulls(json);
    if (json.get(READINGS) instanceof List<?> readings) {
      readings.forEach(reading -> withoutNulls((Map<?, ?>) reading));
    }
    json.remove(EXPLAINED_CLASS_NAME, null);
    json.remove(VALUE_BASELINE, null);
    json.remove(VALUES_FROM_TRAINING, null);
    Map<?, ?> prediction = (Map<?, ?>) json.get("prediction");
    prediction.remove(CLASS_NAME, null);
    for (String key : EACH) {
      prediction.remove(key, null);
      if (prediction.get(key) instanceof List<?> labels) {
        labels.forEach(label -> ((Map<?, ?>) label).remove(NAME, null));
      }
    }
    return Json.write(json);
  }

  /** Leaves out what a method has nothing to say of. */
  private static void withoutNulls(Map<?, ?> json) {
    json.remove(MEASURE, null);
    if (json.get(TOLERANCE) == null) {
      json.keySet().removeAll(CONVERGENCE);
    }
    for (Object token : (List<?>) json.get("tokens")) {
      ((Map<?, ?>) token).remove(EVENT, null);
      ((Map<?, ?>) token).remove(STANDARD_ERROR, null);
      if (((Map<?, ?>) token).get(VALUE_SIGNED) == null) {
        ((Map<?, ?>) token).keySet().removeAll(VALUE);
      }
    }
    for (Object value : (List<?>) json.get("tabular")) {
      ((Map<?, ?>) value).remove(STANDARD_ERROR, null);
    }
  }
}
