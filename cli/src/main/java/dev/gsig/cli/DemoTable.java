package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Driver;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.path.MethodOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One row a patient, the highest risk first: the risk and that of the reference, and what raised
 * and lowered it by the method that leads. With details also the true label, how the attributions
 * add up, and which theta GS-IG chose if it was asked for.
 */
final class DemoTable {
  private static final int MAX_ID = 16;
  private static final String GUTTER = "  ";
  private static final String WORDS = "what raised it, what lowered it";

  private final DriverLine line;
  private final boolean details;
  private final boolean leads;
  private final boolean searches;
  private final List<Row> rows = new ArrayList<>();

  /**
   * A patient.
   *
   * @param cells what stands left of the words
   */
  private record Row(double risk, List<String> cells, List<Driver> drivers) {}

  /**
   * An empty table.
   *
   * @param words names for codes and values
   * @param options what the patients are explained with
   * @param details whether to show what concerns the method
   */
  DemoTable(Words words, ExplainOptions options, boolean details) {
    line = new DriverLine(words);
    this.details = details;
    leads = MethodOption.THETA.isUsedBy(options.method());
    searches = options.methods().stream().anyMatch(MethodOption.THETA::isUsedBy);
  }

  private List<String> header() {
    List<String> header = new ArrayList<>(List.of("patient", "risk (reference)"));
    if (details) {
      header.add("label");
      header.addAll(
          leads
              ? List.of("theta", "l21", "vs theta=1", "gap")
              : searches ? List.of("gap", "theta", "vs theta=1", "GS-IG gap") : List.of("gap"));
    }
    return header;
  }

  /** The attribution by the method that chose a theta; null if there is none. */
  Attribution searched(Attribution a) {
    return Stream.concat(Stream.of(a), a.readings().stream())
        .filter(reading -> MethodOption.THETA.isUsedBy(reading.method()))
        .findFirst()
        .orElse(null);
  }

  /**
   * Adds a patient.
   *
   * @param label the true class; null if not known
   */
  void add(Attribution a, Integer label) {
    List<String> cells = new ArrayList<>();
    cells.add(Text.shorten(Text.escape(a.subjectId()), MAX_ID));
    cells.add(
        Text.percent(a.explainedProbability())
            + " (ref. "
            + Text.roughPercent(a.baselineProbability())
            + ")");
    if (details) {
      cells.add(label == null ? "-" : label.toString());
      cells.addAll(ofMethod(a));
    }
    rows.add(new Row(a.explainedProbability(), cells, Driver.of(a)));
  }

  private List<String> ofMethod(Attribution a) {
    String gap = Text.percent(a.completenessGapRelative());
    if (leads) {
      return List.of(Text.decimal(a.theta(), 2), Text.decimal(a.l21(), 3), change(a), gap);
    }
    if (!searches) {
      return List.of(gap);
    }
    Attribution searched = searched(a);
    return List.of(
        gap,
        Text.decimal(searched.theta(), 2),
        change(searched),
        Text.percent(searched.completenessGapRelative()));
  }

  private static String change(Attribution a) {
    return (isEstimated(a) ? "~" : "") + Text.percent(l21Change(a));
  }

  /** By how much l21 differs from that of theta = 1; null where that is 0. */
  static Double l21Change(Attribution a) {
    return a.l21AtThetaOne() == 0 ? null : a.l21() / a.l21AtThetaOne() - 1;
  }

  /** A shared search estimates theta = 1 unless it chooses it. */
  private static boolean isEstimated(Attribution a) {
    return !a.thetaCurve().isEmpty() && !a.thetaCurve().get(0).exact();
  }

  /**
   * The lines, header first.
   *
   * @param width how long a line may be; names are cut to fit
   */
  List<String> lines(int width) {
    List<String> header = header();
    int[] widths = header.stream().mapToInt(Text::length).toArray();
    for (Row row : rows) {
      Arrays.setAll(widths, c -> Math.max(widths[c], Text.length(row.cells.get(c))));
    }
    int room = width - Arrays.stream(widths).sum() - widths.length * GUTTER.length();
    List<String> lines = new ArrayList<>();
    lines.add(join(header, widths, WORDS));
    rows.stream()
        .sorted(Comparator.comparingDouble((Row row) -> -row.risk))
        .forEach(row -> lines.add(join(row.cells, widths, line.of(row.drivers, room))));
    return lines;
  }

  /** The first column and the words to the left, the rest to the right. */
  private static String join(List<String> cells, int[] widths, String words) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = cells.get(column);
      String padding = " ".repeat(widths[column] - Text.length(cell));
      line.append(column == 0 ? cell + padding : padding + cell).append(GUTTER);
    }
    return line.append(words).toString().stripTrailing();
  }
}
