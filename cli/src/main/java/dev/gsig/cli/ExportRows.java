package dev.gsig.cli;

import dev.gsig.cli.table.CellType;
import dev.gsig.cli.table.Column;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What a row of an exported table is.
 *
 * @param label the name on the command line
 * @param columns of the table
 * @param of the rows of one result, a cell for each column; throws {@link InvalidInputException}
 *     naming the first field that is missing or of the wrong type
 */
record ExportRows(String label, List<Column> columns, Function<JsonObject, List<List<Object>>> of) {
  /**
   * One event of a patient's record, to be joined with the events of a MEDS dataset (Medical Event
   * Data Standard) by {@code subject_id}, {@code time} and {@code code}, which are those of the
   * dataset's event where the cohort tells of it, else those of the cohort. As there, a patient's
   * rows follow each other, and what has no time comes first: the tabular values, as {@code
   * GSIG//TABULAR//} and the name, and the special tokens together. The {@code signed} of a
   * result's rows add up to {@code score - baseline_score} within the completeness gap. A code that
   * is not {@code known} was UNK to the model. Of {@code signed}, {@code value_signed} is what the
   * {@code value} beside the code says by not being {@code value_start}; the rest is the code's.
   */
  static final ExportRows EVENTS =
      new ExportRows(
          "events",
          List.of(
              new Column("subject_id", CellType.WHOLE),
              new Column("time", CellType.TIME),
              new Column("code", CellType.TEXT),
              new Column("visit", CellType.WHOLE),
              new Column("position", CellType.WHOLE),
              new Column("known", CellType.FLAG),
              new Column("l2", CellType.REAL),
              new Column("signed", CellType.REAL),
              new Column("prediction_time", CellType.TIME),
              new Column("value", CellType.REAL),
              new Column("value_start", CellType.REAL),
              new Column("value_signed", CellType.REAL)),
          ExportRows::events);

  /** One patient: what a result says of them as a whole. */
  static final ExportRows PATIENTS =
      new ExportRows(
          "patients",
          List.of(
              new Column("subject_id", CellType.TEXT),
              new Column("logit", CellType.REAL),
              new Column("probability", CellType.REAL),
              new Column("predicted_class", CellType.WHOLE),
              new Column("explained_class", CellType.WHOLE),
              new Column("score", CellType.REAL),
              new Column("baseline_score", CellType.REAL),
              new Column("baseline", CellType.TEXT),
              new Column("tabular_baseline", CellType.TEXT),
              new Column("steps", CellType.WHOLE),
              new Column("theta", CellType.REAL),
              new Column("l21", CellType.REAL),
              new Column("l21_theta1", CellType.REAL),
              new Column("completeness_gap", CellType.REAL),
              new Column("completeness_gap_relative", CellType.REAL),
              new Column("gradients", CellType.WHOLE),
              new Column("tolerance", CellType.REAL),
              new Column("error_estimate", CellType.REAL),
              new Column("tolerance_reached", CellType.FLAG),
              new Column("unknown_codes", CellType.WHOLE),
              new Column("truncated_tokens", CellType.WHOLE),
              new Column("missing_tabular", CellType.WHOLE),
              new Column("empty_visits", CellType.WHOLE),
              new Column("disordered_visits", CellType.WHOLE),
              new Column("rounded_ages", CellType.WHOLE),
              new Column("predicted_class_name", CellType.TEXT),
              new Column("explained_class_name", CellType.TEXT),
              new Column("baseline_probability", CellType.REAL),
              new Column("explained_probability", CellType.REAL),
              new Column("method", CellType.TEXT),
              new Column("value_baseline", CellType.TEXT),
              new Column("values_from_training", CellType.WHOLE)),
          result -> List.of(patient(result)));

  /** One visit: the sums over its tokens. */
  static final ExportRows VISITS =
      new ExportRows(
          "visits",
          List.of(
              new Column("subject_id", CellType.TEXT),
              new Column("visit", CellType.WHOLE),
              new Column("time", CellType.TIME),
              new Column("l2", CellType.REAL),
              new Column("signed", CellType.REAL)),
          result ->
              each(
                  result,
                  result.objects("visits"),
                  visit ->
                      row(
                          visit.integer("visit"),
                          visit.stringOrNull("time"),
                          visit.number("l2"),
                          visit.number("signed"))));

  /** One theta that was tried for a patient. */
  static final ExportRows THETAS =
      new ExportRows(
          "thetas",
          List.of(
              new Column("subject_id", CellType.TEXT),
              new Column("theta", CellType.REAL),
              new Column("kind", CellType.TEXT),
              new Column("l21", CellType.REAL),
              new Column("completeness_gap", CellType.REAL)),
          result ->
              each(
                  result,
                  result.objects("theta_curve"),
                  point ->
                      row(
                          point.number("theta"),
                          point.string("kind"),
                          point.number("l21"),
                          point.number("completeness_gap"))));

  /** One node of the path measure that was solved for a patient; other methods have none. */
  static final ExportRows MEASURE =
      new ExportRows(
          "measure",
          List.of(
              new Column("subject_id", CellType.TEXT),
              new Column("alpha", CellType.REAL),
              new Column("weight", CellType.REAL)),
          ExportRows::measure);

  /** One label of a multi-label model, or one class of several, and its probability. */
  static final ExportRows LABELS =
      new ExportRows(
          "labels",
          List.of(
              new Column("subject_id", CellType.TEXT),
              new Column("label", CellType.WHOLE),
              new Column("name", CellType.TEXT),
              new Column("probability", CellType.REAL)),
          ExportRows::labels);

  /** One group of codes: the sums over its tokens. Results that have no groups have none. */
  static final ExportRows GROUPS =
      new ExportRows(
          "groups",
          List.of(
              new Column("subject_id", CellType.TEXT),
              new Column("group", CellType.TEXT),
              new Column("codes", CellType.WHOLE),
              new Column("l2", CellType.REAL),
              new Column("signed", CellType.REAL)),
          result ->
              each(
                  result,
                  result.has("groups") ? result.objects("groups") : List.of(),
                  group ->
                      row(
                          group.stringOrNull("group"),
                          group.integer("codes"),
                          group.number("l2"),
                          group.number("signed"))));

  /**
   * One changed record, as {@code what_if} has it: what was taken away, with commas between, or
   * what got another value; what the model then says, and what the explanation gives to it.
   */
  static final ExportRows WHAT_IF =
      new ExportRows(
          "what-if",
          List.of(
              new Column("subject_id", CellType.TEXT),
              new Column("without", CellType.TEXT),
              new Column("with", CellType.TEXT),
              new Column("value", CellType.REAL),
              new Column("occurrences", CellType.WHOLE),
              new Column("score", CellType.REAL),
              new Column("probability", CellType.REAL),
              new Column("score_change", CellType.REAL),
              new Column("log_odds_change", CellType.REAL),
              new Column("attributed", CellType.REAL),
              new Column("difference", CellType.REAL)),
          result ->
              each(
                  result,
                  result.has("what_if") ? result.objects("what_if") : List.of(),
                  answer ->
                      row(
                          answer.has("without")
                              ? String.join(",", answer.strings("without"))
                              : null,
                          answer.stringOrNull("with"),
                          answer.numberOrNull("value"),
                          answer.integer("occurrences"),
                          answer.numberOrNull("score"),
                          answer.numberOrNull("probability"),
                          answer.numberOrNull("score_change"),
                          answer.numberOrNull("log_odds_change"),
                          answer.numberOrNull("attributed"),
                          answer.numberOrNull("difference"))));

  private static final String TABULAR = "GSIG//TABULAR//";
  private static final String SPECIAL_TOKENS = "GSIG//SPECIAL_TOKENS";

  static final List<ExportRows> ALL =
      List.of(EVENTS, PATIENTS, VISITS, GROUPS, THETAS, MEASURE, LABELS, WHAT_IF);

  /** A line of a cohort that has several of one subject, a label each: the subject and the time. */
  private static final Pattern OF_A_LABEL =
      Pattern.compile("(.+)@(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?)");

  /** Whether a result is of a subject that MEDS can name: a whole number of 64 bits. */
  static boolean hasMedsSubject(JsonObject result) {
    return subject(result.string("subject_id")) instanceof Long;
  }

  /** The subject that a line is of: a number where it is one, else text. */
  private static Object subject(String line) {
    Matcher label = OF_A_LABEL.matcher(line);
    String name = label.matches() ? label.group(1) : line;
    try {
      Long number = Long.valueOf(name);
      return number.toString().equals(name) ? (Object) number : name;
    } catch (NumberFormatException e) {
      return name;
    }
  }

  /** These rows with every {@code subject_id} as text, for formats whose columns have one type. */
  ExportRows withTextSubjects() {
    List<Column> typed = new ArrayList<>(columns);
    typed.set(0, new Column(columns.get(0).name(), CellType.TEXT));
    return new ExportRows(
        label,
        List.copyOf(typed),
        result -> {
          List<List<Object>> rows = of.apply(result);
          rows.forEach(row -> row.set(0, row.get(0).toString()));
          return rows;
        });
  }

  private static List<List<Object>> events(JsonObject result) {
    String name = result.string("subject_id");
    Object subject = subject(name);
    Matcher label = OF_A_LABEL.matcher(name);
    String predicted = label.matches() ? label.group(2) : null;
    List<List<Object>> rows = new ArrayList<>();
    for (JsonObject value : result.objects("tabular")) {
      String code = TABULAR + value.string("name");
      Double signed = value.number("signed");
      rows.add(
          row(subject, null, code, null, null, null, null, signed, predicted, null, null, null));
    }
    JsonObject special = result.object("special_tokens");
    rows.add(
        row(
            subject,
            null,
            SPECIAL_TOKENS,
            null,
            null,
            null,
            special.number("l2"),
            special.number("signed"),
            predicted,
            null,
            null,
            null));
    Map<Integer, String> times = new HashMap<>();
    for (JsonObject visit : result.objects("visits")) {
      times.put(visit.integer("visit"), visit.stringOrNull("time"));
    }
    for (JsonObject token : result.objects("tokens")) {
      int visit = token.integer("visit");
      if (!times.containsKey(visit)) {
        throw token.invalid("visit", "is " + visit + ", which is not among the visits");
      }
      JsonObject event = token.objectOrNull("event");
      rows.add(
          row(
              subject,
              event == null ? times.get(visit) : event.stringOrNull("time"),
              (event == null ? token : event).string("code"),
              visit,
              token.integer("position"),
              known(token),
              token.number("l2"),
              token.number("signed"),
              predicted,
              token.numberOrNull("value"),
              token.numberOrNull("value_start"),
              token.numberOrNull("value_signed")));
    }
    return rows;
  }

  /** Null in results of earlier versions, which do not tell. */
  private static Boolean known(JsonObject token) {
    return token.has("known") ? Boolean.valueOf(token.bool("known", true)) : null;
  }

  private static List<Object> patient(JsonObject result) {
    JsonObject prediction = result.object("prediction");
    return row(
        result.string("subject_id"),
        prediction.number("logit"),
        prediction.number("probability"),
        prediction.integer("class"),
        result.integer("explained_class"),
        result.number("score"),
        result.number("baseline_score"),
        result.string("baseline"),
        result.string("tabular_baseline"),
        result.integerOrNull("steps"),
        result.numberOrNull("theta"),
        result.number("l21"),
        result.number("l21_theta1"),
        result.number("completeness_gap"),
        result.numberOrNull("completeness_gap_relative"),
        result.integerOrNull("gradients"),
        result.numberOrNull("tolerance"),
        result.numberOrNull("error_estimate"),
        result.has("tolerance_reached") ? result.bool("tolerance_reached", false) : null,
        result.integerOrNull("unknown_codes"),
        result.integerOrNull("truncated_tokens"),
        result.integerOrNull("missing_tabular"),
        result.integerOrNull("empty_visits"),
        result.integerOrNull("disordered_visits"),
        result.integerOrNull("rounded_ages"),
        prediction.stringOrNull("class_name"),
        result.stringOrNull("explained_class_name"),
        result.numberOrNull("baseline_probability"),
        result.numberOrNull("explained_probability"),
        result.stringOrNull("method"),
        result.stringOrNull("value_baseline"),
        result.integerOrNull("values_from_training"));
  }

  private static List<List<Object>> labels(JsonObject result) {
    JsonObject prediction = result.object("prediction");
    String key = prediction.has("labels") ? "labels" : "classes";
    return each(
        result,
        prediction.has(key) ? prediction.objects(key) : List.of(),
        label ->
            row(label.integer("class"), label.stringOrNull("name"), label.number("probability")));
  }

  private static List<List<Object>> measure(JsonObject result) {
    JsonObject measure = result.objectOrNull("measure");
    if (measure == null) {
      return List.of();
    }
    List<Double> alphas = measure.numbers("alphas");
    List<Double> weights = measure.numbers("weights");
    if (alphas.size() != weights.size()) {
      throw measure.invalid("weights", "must be as many as alphas");
    }
    return each(
        result,
        IntStream.range(0, alphas.size()).boxed().toList(),
        i -> row(alphas.get(i), weights.get(i)));
  }

  /** A row for each part of a patient, after their name. */
  private static <T> List<List<Object>> each(
      JsonObject result, List<T> parts, Function<T, List<Object>> cells) {
    String name = result.string("subject_id");
    List<List<Object>> rows = new ArrayList<>();
    for (T part : parts) {
      List<Object> row = new ArrayList<>();
      row.add(name);
      row.addAll(cells.apply(part));
      rows.add(row);
    }
    return rows;
  }

  /** Cells, of which any may be null. */
  private static List<Object> row(Object... cells) {
    return Arrays.asList(cells);
  }
}
