package dev.gsig.cli;

import dev.gsig.attribution.Driver;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.UtcTime;
import dev.gsig.plots.internal.Curves;
import dev.gsig.plots.internal.Curves.Scale;
import dev.gsig.plots.internal.Direction;
import dev.gsig.plots.internal.TimeLine;
import dev.gsig.plots.internal.Waterfall;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One patient as plots: how their score came about, when what moved it was recorded, and, where a
 * theta was chosen, the curve.
 */
final class PatientPlots {
  private static final int DRIVERS = 12;
  private static final int ID = 44;
  private static final double DAYS_A_YEAR = 365.25;

  /** What is smaller reads 0.00. */
  private static final double VISIBLE = 0.005;

  private final ReportResult result;
  private final Descriptions descriptions;
  private final String patient;

  /**
   * The plots of a result.
   *
   * @param descriptions names for codes
   */
  PatientPlots(ReportResult result, Descriptions descriptions) {
    this.result = result;
    this.descriptions = descriptions;
    patient = Text.escape(Text.shorten(result.subjectId(), ID));
  }

  /** From the reference's score to the patient's. */
  Waterfall waterfall() {
    JsonObject line = result.line();
    double from = line.number("baseline_score");
    double to = line.number("score");
    List<Driver> drivers = result.drivers();
    List<Driver> shown = drivers.subList(0, Math.min(DRIVERS, drivers.size()));
    List<Waterfall.Part> parts = new ArrayList<>();
    shown.forEach(
        driver ->
            parts.add(new Waterfall.Part(name(driver) + words().suffix(driver), driver.signed())));
    int others = drivers.size() - shown.size();
    double sum = drivers.stream().mapToDouble(Driver::signed).sum();
    if (others > 0) {
      double rest =
          drivers.subList(DRIVERS, drivers.size()).stream().mapToDouble(Driver::signed).sum();
      parts.add(new Waterfall.Part(Text.count(others, "other"), rest));
    }
    double unknown =
        result.tokens().stream()
            .filter(token -> !ReportResult.isKnown(token))
            .mapToDouble(token -> token.number("signed"))
            .sum();
    double structure = line.object("special_tokens").number("signed");
    addVisible(parts, "codes unknown to the model", unknown);
    addVisible(parts, "structure of the record", structure);
    double missing = to - from - (sum + unknown + structure);
    boolean logOdds = result.isLogOdds();
    Double before = line.numberOrNull("baseline_probability");
    Double after = line.numberOrNull("explained_probability");
    return new Waterfall(
        patient + ": from the reference to the prediction",
        "Orange bars raise the score, blue ones lower it; by "
            + method()
            + (logOdds ? ", figures in log-odds." : "."),
        logOdds ? "predicted probability" + ofClass() + ", on a scale of log-odds" : "score",
        new Waterfall.End("reference", from, logOdds ? Text.percent(before) : score(from)),
        parts,
        Math.abs(missing) < VISIBLE ? 0 : missing,
        new Waterfall.End("patient", to, logOdds ? Text.percent(after) : score(to)),
        logOdds);
  }

  private static void addVisible(List<Waterfall.Part> parts, String name, double signed) {
    if (Math.abs(signed) >= VISIBLE) {
      parts.add(new Waterfall.Part(name, signed));
    }
  }

  private static String score(double value) {
    return Text.decimal(value, 2);
  }

  private String ofClass() {
    return result.explainedClassName() == null
        ? " of class " + result.explainedClass()
        : " of " + Text.escape(result.explainedClassName());
  }

  private String method() {
    return ResultReadings.title(result.line());
  }

  /** The codes on the time of their visits; null if the model knows none. */
  TimeLine timeLine() {
    List<JsonObject> tokens = result.tokens().stream().filter(ReportResult::isKnown).toList();
    if (tokens.isEmpty()) {
      return null;
    }
    List<CodeKind> kinds =
        tokens.stream()
            .map(token -> CodeKind.of(token.string("code")))
            .distinct()
            .sorted()
            .toList();
    Map<Integer, LocalDateTime> moments = new HashMap<>();
    for (JsonObject visit : result.line().objects("visits")) {
      moments.put(visit.integer("visit"), UtcTime.parse(visit.stringOrNull("time")));
    }
    Map<Integer, Double> times = times(moments);
    String unit = "days before the last visit";
    double divisor = 1;
    if (times == null) {
      int last = tokens.stream().mapToInt(token -> token.integer("visit")).max().orElseThrow();
      Map<Integer, Double> numbers = new HashMap<>();
      tokens.forEach(t -> numbers.put(t.integer("visit"), (double) t.integer("visit") - last));
      times = numbers;
      unit = "visits before the last";
    } else if (times.values().stream().anyMatch(days -> days < -2 * DAYS_A_YEAR)) {
      unit = "years before the last visit";
      divisor = DAYS_A_YEAR;
    }
    List<TimeLine.Event> events = new ArrayList<>();
    for (JsonObject token : tokens) {
      String code = token.string("code");
      events.add(
          new TimeLine.Event(
              Text.escape(descriptions.of(code)),
              kinds.indexOf(CodeKind.of(code)),
              times.get(token.integer("visit")) / divisor,
              token.number("signed")));
    }
    return new TimeLine(
        patient + ": when it was recorded",
        "Each dot is a code, its area the size of its effect; orange raises, blue lowers. By "
            + method()
            + ".",
        unit,
        kinds.stream().map(CodeKind::plural).toList(),
        events);
  }

  /** Days from the last visit, so 0 or less; null unless all visits have a time. */
  private static Map<Integer, Double> times(Map<Integer, LocalDateTime> moments) {
    if (moments.values().stream().anyMatch(Objects::isNull)) {
      return null;
    }
    LocalDateTime last = moments.values().stream().max(Comparator.naturalOrder()).orElseThrow();
    Map<Integer, Double> times = new HashMap<>();
    moments.forEach(
        (visit, time) -> times.put(visit, Duration.between(last, time).toMinutes() / (24 * 60.0)));
    return times;
  }

  /** l21 and gap over theta; null if there is no curve. */
  Curves thetaCurve() {
    List<JsonObject> curve = new ArrayList<>(result.thetaCurve());
    if (curve.size() < 2) {
      return null;
    }
    curve.sort(Comparator.comparingDouble(point -> point.number("theta")));
    double chosen = result.theta() == null ? Double.NaN : result.theta();
    return new Curves(
        patient + ": what theta changes",
        "Dashed: the theta that GS-IG chose.",
        List.of(
            panel(curve, "l21, the sum of the codes' weights", "l21", chosen),
            panel(curve, "completeness gap, in units of the score", "completeness_gap", chosen)));
  }

  private static Curves.Panel panel(
      List<JsonObject> curve, String words, String key, double chosen) {
    double[] none = {};
    Curves.Line line =
        new Curves.Line(
            "",
            curve.stream().mapToDouble(point -> point.number("theta")).toArray(),
            curve.stream().mapToDouble(point -> point.number(key)).toArray(),
            none,
            none);
    return new Curves.Panel(
        Scale.logarithmic("theta"), Scale.linear(words), Direction.LOWER, chosen, List.of(line));
  }

  private String name(Driver driver) {
    return words().name(driver);
  }

  private Words words() {
    return new Words(descriptions, Display.NONE);
  }
}
