package dev.gsig.plots.internal;

import dev.gsig.plots.internal.Ticks.Tick;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a score came from the reference's to the patient's: a bar for each part, which begins where
 * the one above ends.
 *
 * @param title what the picture shows
 * @param note said below it; may be empty
 * @param axis what the score is
 * @param start the reference
 * @param parts from top to bottom
 * @param missing what the parts miss of the way, drawn hatched; 0 for nothing
 * @param end the patient
 * @param logOdds whether scores are log-odds, which the axis then writes as percentages
 */
public record Waterfall(
    String title,
    String note,
    String axis,
    End start,
    List<Part> parts,
    double missing,
    End end,
    boolean logOdds) {
  private static final double ROW = 12;
  private static final double HALF = 4;

  /** Copies the parts. */
  public Waterfall {
    parts = List.copyOf(parts);
  }

  /**
   * Where it begins or ends.
   *
   * @param figure the score in words
   */
  public record End(String name, double score, String figure) {}

  /** A part of the way; above 0 if it raises the score. */
  public record Part(String name, double signed) {}

  /** The SVG file, so many millimetres wide. */
  public String svg(int millimetres) {
    List<Part> rows = new ArrayList<>(parts);
    if (missing != 0) {
      rows.add(new Part("not accounted for", missing));
    }
    List<String> names = new ArrayList<>(List.of(start.name));
    List<String> figures = new ArrayList<>(List.of(start.figure));
    double at = start.score;
    double low = Math.min(at, end.score);
    double high = Math.max(at, end.score);
    for (Part part : rows) {
      names.add(part.name);
      figures.add(signed(part.signed));
      at += part.signed;
      low = Math.min(low, at);
      high = Math.max(high, at);
    }
    names.add(end.name);
    figures.add(end.figure);

    Rows frame = new Rows(millimetres, title, note, names, figures, ROW);
    Axis x = Axis.around(low, high, frame.left(), frame.right());
    List<Tick> ticks = logOdds ? x.fitting(Ticks.logOdds(x.low(), x.high())) : x.ticks();
    frame.grid(logOdds ? new Axis(true, 1, 2, x.left(), x.right()) : x, List.of());
    ticks.forEach(tick -> grid(frame, x.at(tick.value()), names.size()));
    end(frame, 0, x.at(start.score));
    at = start.score;
    for (int i = 0; i < rows.size(); i++) {
      double signed = rows.get(i).signed;
      bar(frame, i + 1, x.at(at), x.at(at + signed), i == parts.size(), signed);
      at += signed;
    }
    end(frame, names.size() - 1, x.at(end.score));
    return frame.file(x, ticks, axis, Direction.NONE);
  }

  private static void grid(Rows frame, double x, int rows) {
    frame
        .svg()
        .line(x, frame.middle(0) - ROW / 2, x, frame.middle(rows - 1) + ROW / 2, Colours.GRID, 0.5);
  }

  private static void end(Rows frame, int row, double x) {
    double y = frame.middle(row);
    frame.svg().line(x, y - HALF, x, y + HALF, Colours.AXIS, 1.2);
    frame.svg().dot(x, y, 2, Colours.AXIS);
  }

  private static void bar(
      Rows frame, int row, double from, double to, boolean isMissing, double signed) {
    double y = frame.middle(row);
    // A thin line leads from the end of the row above to this bar.
    frame.svg().line(from, y - ROW + HALF, from, y + HALF, Colours.AXIS, 0.4);
    double width = Math.max(0.4, Math.abs(to - from));
    if (isMissing) {
      frame.svg().hatched(Math.min(from, to), y - HALF, width, 2 * HALF, Colours.MISSING);
    } else {
      frame.svg().rectangle(Math.min(from, to), y - HALF, width, 2 * HALF, Colours.of(signed));
    }
    frame.svg().line(to, y - HALF, to, y + ROW - HALF, Colours.AXIS, 0.4);
  }

  private static String signed(double value) {
    String text = String.format(Locale.ROOT, "%+.2f", value);
    return Ticks.minus(text.matches("[-+]0\\.00") ? "0.00" : text);
  }
}
