package dev.gsig.cli;

import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LineSource;
import dev.gsig.plots.internal.Plots;
import dev.gsig.plots.internal.Plots.Bar;
import dev.gsig.plots.internal.Plots.Interval;
import dev.gsig.plots.internal.Plots.Line;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Results as plots: of the cohort its distributions and strongest codes, of each of the first
 * patients the theta curve and the codes of every visit.
 */
final class AttributionPlots {
  private static final int CODES = 25;
  private static final int TOKENS = 40;
  private static final int NAME_WIDTH = 44;

  private final Descriptions descriptions;
  private final OutputFolder folder;

  private AttributionPlots(Descriptions descriptions, OutputFolder folder) {
    this.descriptions = descriptions;
    this.folder = folder;
  }

  /**
   * Draws results.
   *
   * @param results what {@code explain} wrote, read line by line
   * @param patients how many patients, the first ones, get plots of their own
   */
  static void write(Path results, Descriptions descriptions, int patients, OutputFolder folder) {
    AttributionPlots plots = new AttributionPlots(descriptions, folder);
    ReportCohort cohort = new ReportCohort(descriptions);
    try {
      ReportResult.forEach(
          LineSource.open(results),
          null,
          result -> {
            cohort.add(result, false);
            if (cohort.patients() <= patients) {
              plots.patient(result, cohort.patients());
            }
          });
    } catch (IOException e) {
      throw InvalidInputException.reading(results, e);
    }
    plots.cohort(cohort);
    folder.save();
  }

  private void cohort(ReportCohort cohort) {
    bars("theta", "theta of the patients", "theta", cohort.thetaBins(), false);
    bars("l21-reduction", "l21 against theta = 1", "reduction", cohort.reductionBins(), true);
    bars("gap", "relative completeness gap", "gap", cohort.gapBins(), true);
    List<Interval> rows =
        cohort.strongest(CODES).stream()
            .map(code -> lollipop(name(code.code()), code.meanAbsolute()))
            .toList();
    if (!rows.isEmpty()) {
      folder.add(
          "cohort-codes.svg",
          Plots.intervals(
              "codes with the largest contribution",
              "mean absolute contribution over the patients who have the code",
              rows));
    }
  }

  private void bars(String file, String title, String x, List<Sample.Bin> bins, boolean percent) {
    List<Bar> bars = bins.stream().map(bin -> new Bar(label(bin, percent), bin.count())).toList();
    if (!bars.isEmpty()) {
      folder.add("cohort-" + file + ".svg", Plots.bars(title, x, "patients", bars));
    }
  }

  private static String label(Sample.Bin bin, boolean percent) {
    String from = edge(bin.from(), percent);
    return bin.from() == bin.to()
        ? from
        : Double.isInfinite(bin.to()) ? "> " + from : from + " to " + edge(bin.to(), percent);
  }

  private static String edge(double x, boolean percent) {
    return percent ? Math.round(100 * x) + "%" : Text.decimal(x, 2);
  }

  private void patient(ReportResult result, int number) {
    String patient = Text.escape(Text.shorten(result.subjectId(), NAME_WIDTH));
    String start = "patient-" + number + "-";
    List<JsonObject> curve = new ArrayList<>(result.thetaCurve());
    curve.sort(Comparator.comparingDouble(point -> point.number("theta")));
    if (curve.size() > 1) {
      List<Line> lines =
          List.of(line("l21", curve, "l21"), line("completeness gap", curve, "completeness_gap"));
      folder.add(
          start + "theta.svg",
          Plots.lines(patient + ": l21 and completeness gap", "theta", "score", lines));
    }
    List<Interval> rows = strongest(result.tokens()).stream().map(this::row).toList();
    if (!rows.isEmpty()) {
      long known = result.tokens().stream().filter(ReportResult::isKnown).count();
      String title =
          patient
              + (rows.size() < known
                  ? ": the " + rows.size() + " strongest codes"
                  : known < result.tokens().size() ? ": codes that the model knows" : ": codes");
      folder.add(
          start + "codes.svg", Plots.intervals(title, "signed contribution, by visit", rows));
    }
  }

  private static Line line(String name, List<JsonObject> curve, String key) {
    return new Line(
        name,
        curve.stream().mapToDouble(point -> point.number("theta")).toArray(),
        curve.stream().mapToDouble(point -> point.number(key)).toArray());
  }

  /** Known codes with the largest absolute contribution, in the order of the record. */
  private static List<JsonObject> strongest(List<JsonObject> tokens) {
    Comparator<JsonObject> byWeight =
        Comparator.comparingDouble(token -> -Math.abs(token.number("signed")));
    List<JsonObject> kept =
        tokens.stream().filter(ReportResult::isKnown).sorted(byWeight).limit(TOKENS).toList();
    return tokens.stream().filter(token -> kept.stream().anyMatch(k -> k == token)).toList();
  }

  private Interval row(JsonObject token) {
    String name = "visit " + (token.integer("visit") + 1) + ": " + name(token.string("code"));
    return lollipop(Text.shorten(name, NAME_WIDTH), token.number("signed"));
  }

  private String name(String code) {
    String text = descriptions.of(code);
    return Text.escape(Text.shorten(text == null ? code : text, NAME_WIDTH));
  }

  /** A dot at the value, and a line to it from 0. */
  private static Interval lollipop(String name, double value) {
    return new Interval(name, value, Math.min(0, value), Math.max(0, value));
  }
}
