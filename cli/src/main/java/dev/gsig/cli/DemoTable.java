package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import dev.gsig.ehr.Descriptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One row a patient: what the model says, what GS-IG did, which codes weigh most. */
final class DemoTable {
  private static final String[] HEADER = {
    "patient", "label", "risk", "from", "theta", "l21", "vs theta=1", "gap", "strongest codes"
  };
  private static final int TEXT_COLUMN = HEADER.length - 1;
  private static final int STRONGEST = 3;
  private static final int MIN_NAME = 8;
  private static final int MAX_ID = 16;
  private static final String GUTTER = "  ";
  private static final String BETWEEN = ", ";

  private final Descriptions descriptions;
  private final List<String[]> rows = new ArrayList<>();
  private final List<List<String>> names = new ArrayList<>();

  /**
   * An empty table.
   *
   * @param descriptions names for codes
   */
  DemoTable(Descriptions descriptions) {
    this.descriptions = descriptions;
  }

  /**
   * Adds a patient.
   *
   * @param label the true class; null if not known
   */
  void add(Attribution a, Integer label) {
    rows.add(
        new String[] {
          Text.shorten(Text.escape(a.subjectId()), MAX_ID),
          label == null ? "-" : label.toString(),
          Text.decimal(a.prediction().probability(), 3),
          Text.decimal(a.baselineProbability(), 3),
          Text.decimal(a.theta(), 2),
          Text.decimal(a.l21(), 3),
          (isEstimated(a) ? "~" : "") + Text.percent(l21Change(a)),
          Text.percent(a.completenessGapRelative()),
          ""
        });
    names.add(StrongestCodes.of(a, STRONGEST).stream().map(this::name).toList());
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
    int used = Arrays.stream(widths).sum() + TEXT_COLUMN * GUTTER.length();
    int room = Math.max(STRONGEST * (MIN_NAME + BETWEEN.length()), width - used);
    List<String> lines = new ArrayList<>();
    lines.add(line(HEADER, widths));
    for (int i = 0; i < rows.size(); i++) {
      String[] row = rows.get(i).clone();
      row[TEXT_COLUMN] = String.join(BETWEEN, fit(names.get(i), room));
      lines.add(line(row, widths));
    }
    return lines;
  }

  private int[] columnWidths() {
    int[] widths = new int[TEXT_COLUMN];
    for (int column = 0; column < TEXT_COLUMN; column++) {
      widths[column] = Text.length(HEADER[column]);
      for (String[] row : rows) {
        widths[column] = Math.max(widths[column], Text.length(row[column]));
      }
    }
    return widths;
  }

  /** The first column and the last to the left, numbers to the right. */
  private static String line(String[] cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < TEXT_COLUMN; column++) {
      String padding = " ".repeat(widths[column] - Text.length(cells[column]));
      line.append(column == 0 ? cells[column] + padding : padding + cells[column]);
      line.append(GUTTER);
    }
    return line.append(cells[TEXT_COLUMN]).toString();
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
