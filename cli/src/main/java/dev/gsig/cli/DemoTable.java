package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.path.MethodOption;
import dev.gsig.ehr.Descriptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One row a patient: what the model says, how the attributions add up, which theta GS-IG chose if
 * it was asked for, which codes weigh most by the method that leads.
 */
final class DemoTable {
  private static final int STRONGEST = 3;
  private static final int MIN_NAME = 8;
  private static final int MAX_ID = 16;
  private static final String GUTTER = "  ";
  private static final String BETWEEN = ", ";

  private final Descriptions descriptions;
  private final boolean leads;
  private final boolean searches;
  private final List<String> header;
  private final int textColumn;
  private final List<String[]> rows = new ArrayList<>();
  private final List<List<String>> names = new ArrayList<>();

  /**
   * An empty table.
   *
   * @param descriptions names for codes
   * @param options what the patients are explained with
   */
  DemoTable(Descriptions descriptions, ExplainOptions options) {
    this.descriptions = descriptions;
    leads = MethodOption.THETA.isUsedBy(options.method());
    searches = options.methods().stream().anyMatch(MethodOption.THETA::isUsedBy);
    header = new ArrayList<>(List.of("patient", "label", "risk", "from"));
    header.addAll(
        leads
            ? List.of("theta", "l21", "vs theta=1", "gap")
            : searches ? List.of("gap", "theta", "vs theta=1", "GS-IG gap") : List.of("gap"));
    textColumn = header.size();
    header.add("strongest codes");
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
    List<String> row = new ArrayList<>();
    row.add(Text.shorten(Text.escape(a.subjectId()), MAX_ID));
    row.add(label == null ? "-" : label.toString());
    row.add(Text.decimal(a.prediction().probability(), 3));
    row.add(Text.decimal(a.baselineProbability(), 3));
    if (leads) {
      row.add(Text.decimal(a.theta(), 2));
      row.add(Text.decimal(a.l21(), 3));
      row.add(change(a));
      row.add(Text.percent(a.completenessGapRelative()));
    } else {
      row.add(Text.percent(a.completenessGapRelative()));
      if (searches) {
        Attribution searched = searched(a);
        row.add(Text.decimal(searched.theta(), 2));
        row.add(change(searched));
        row.add(Text.percent(searched.completenessGapRelative()));
      }
    }
    row.add("");
    rows.add(row.toArray(String[]::new));
    names.add(StrongestCodes.of(a, STRONGEST).stream().map(this::name).toList());
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

  private String name(StrongestCodes.Code code) {
    return (code.signed() < 0 ? "-" : "+") + Text.escape(descriptions.of(code.code()));
  }

  /**
   * The lines, header first.
   *
   * @param width how long a line may be; names are cut to fit
   */
  List<String> lines(int width) {
    int[] widths = columnWidths();
    int used = Arrays.stream(widths).sum() + textColumn * GUTTER.length();
    int room = Math.max(STRONGEST * (MIN_NAME + BETWEEN.length()), width - used);
    List<String> lines = new ArrayList<>();
    lines.add(line(header.toArray(String[]::new), widths));
    for (int i = 0; i < rows.size(); i++) {
      String[] row = rows.get(i).clone();
      row[textColumn] = String.join(BETWEEN, fit(names.get(i), room));
      lines.add(line(row, widths));
    }
    return lines;
  }

  private int[] columnWidths() {
    int[] widths = new int[textColumn];
    for (int column = 0; column < textColumn; column++) {
      widths[column] = Text.length(header.get(column));
      for (String[] row : rows) {
        widths[column] = Math.max(widths[column], Text.length(row[column]));
      }
    }
    return widths;
  }

  /** The first column and the last to the left, numbers to the right. */
  private String line(String[] cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < textColumn; column++) {
      String padding = " ".repeat(widths[column] - Text.length(cells[column]));
      line.append(column == 0 ? cells[column] + padding : padding + cells[column]);
      line.append(GUTTER);
    }
    return line.append(cells[textColumn]).toString();
  }

  /** Cuts the longest names, none below its equal share of the room. */
  private static List<String> fit(List<String> names, int room) {
    int left = room - BETWEEN.length() * (names.size() - 1);
    int[] lengths = names.stream().mapToInt(Text::length).sorted().toArray();
    int limit = left;
    for (int i = 0; i < lengths.length; i++) {
      limit = left / (lengths.length - i);
      if (lengths[i] > limit) {
        break;
      }
      left -= lengths[i];
      limit = Integer.MAX_VALUE;
    }
    int most = Math.max(1, limit);
    return names.stream().map(name -> Text.shorten(name, most)).toList();
  }
}
