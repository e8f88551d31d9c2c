package dev.gsig.plots.internal;

import dev.gsig.plots.internal.Svg.Anchor;
import dev.gsig.plots.internal.Ticks.Tick;
import java.util.List;

/**
 * The frame of plots with a row for each thing that is shown: title and note on top, names left of
 * the plot, a column of figures at its right, one axis below.
 */
final class Rows {
  /** From the picture's edges. */
  static final double MARGIN = 4;

  private static final double LEADING = 9;
  private static final double GAP = 5;
  private static final double NAMES = 0.5;

  private final Svg svg;
  private final String title;
  private final String note;
  private final List<String> names;
  private final double height;
  private final double top;
  private final double left;
  private final double right;

  /**
   * Draws title, note, names and figures.
   *
   * @param millimetres width of the picture
   * @param note what is said below the title; empty for nothing
   * @param figures at the right of each row; empty for none
   * @param height of a row in points
   */
  Rows(
      int millimetres,
      String title,
      String note,
      List<String> names,
      List<String> figures,
      double height) {
    this.svg = new Svg(millimetres);
    this.title = title;
    this.note = note;
    this.names = names;
    this.height = height;
    double y = head(svg, title, note);
    double widest = names.stream().mapToDouble(Font.TEXT::width).max().orElse(0);
    double column = Math.min(widest, NAMES * svg.width());
    double figure = figures.stream().mapToDouble(Font.TEXT::width).max().orElse(0);
    this.top = y + 2;
    this.left = MARGIN + column + GAP;
    this.right = svg.width() - MARGIN - (figure > 0 ? figure + GAP : GAP);
    for (int i = 0; i < names.size(); i++) {
      String name = Font.TEXT.cut(names.get(i), column);
      svg.text(left - GAP, middle(i) + 2.5, Anchor.END, Font.TEXT, name);
      if (!figures.isEmpty()) {
        svg.text(svg.width() - MARGIN, middle(i) + 2.5, Anchor.END, Font.TEXT, figures.get(i));
      }
    }
  }

  /**
   * Draws title and note.
   *
   * @return the y below them
   */
  static double head(Svg svg, String title, String note) {
    double room = svg.width() - 2 * MARGIN;
    double y = MARGIN;
    for (String line : Font.TITLE.wrap(title, room)) {
      y += LEADING;
      svg.text(MARGIN, y, Anchor.START, Font.TITLE, line);
    }
    if (!note.isEmpty()) {
      for (String line : Font.NOTE.wrap(note, room)) {
        y += LEADING;
        svg.text(MARGIN, y, Anchor.START, Font.NOTE, line);
      }
    }
    return y + 4;
  }

  /** The picture. */
  Svg svg() {
    return svg;
  }

  /** Where the plot begins; room for half a label is left. */
  double left() {
    return left;
  }

  /** Where it ends. */
  double right() {
    return right;
  }

  /** The middle of a row. */
  double middle(int row) {
    return top + (row + 0.5) * height;
  }

  /** Whether something lies between the first row's upper edge and the last one's lower. */
  boolean holds(double upper, double lower) {
    return upper >= top && lower <= top + names.size() * height;
  }

  /** The grid, behind what comes next. */
  void grid(Axis axis, List<Tick> ticks) {
    double bottom = top + names.size() * height;
    for (Tick tick : ticks) {
      double x = axis.at(tick.value());
      svg.line(x, top, x, bottom, Colours.GRID, 0.5);
    }
    if (axis.low() < 0 && axis.high() > 0 && !axis.logarithmic()) {
      svg.line(axis.at(0), top, axis.at(0), bottom, Colours.AXIS, 0.6);
    }
  }

  /**
   * Draws the axis and ends the picture.
   *
   * @param label what the axis is, with its unit
   */
  String file(Axis axis, List<Tick> ticks, String label, Direction direction) {
    double y = axis(svg, axis, ticks, top + names.size() * height, label, direction.words());
    return svg.file(y + MARGIN, title, note);
  }

  /**
   * Draws an axis with its label and a hint below it.
   *
   * @return the y below them
   */
  static double axis(Svg svg, Axis axis, List<Tick> ticks, double top, String label, String hint) {
    svg.line(axis.left(), top, axis.right(), top, Colours.AXIS, 0.6);
    for (Tick tick : ticks) {
      double x = axis.at(tick.value());
      svg.line(x, top, x, top + 2.5, Colours.AXIS, 0.6);
      double half = Font.TEXT.width(tick.label()) / 2;
      double at = Math.max(MARGIN + half, Math.min(svg.width() - MARGIN - half, x));
      svg.text(at, top + 10, Anchor.MIDDLE, Font.TEXT, tick.label());
    }
    double y = top + 10;
    double room = svg.width() - 2 * MARGIN;
    for (String line : Font.TEXT.wrap(label, room)) {
      y += LEADING + 1;
      svg.text(centre(svg, axis, Font.TEXT.width(line)), y, Anchor.MIDDLE, Font.TEXT, line);
    }
    if (!hint.isEmpty()) {
      y += LEADING;
      svg.text(centre(svg, axis, Font.NOTE.width(hint)), y, Anchor.MIDDLE, Font.NOTE, hint);
    }
    return y + 2;
  }

  /** Below the middle of the axis, or as near as the picture's edges allow. */
  private static double centre(Svg svg, Axis axis, double width) {
    double half = width / 2;
    double middle = (axis.left() + axis.right()) / 2;
    return Math.max(MARGIN + half, Math.min(svg.width() - MARGIN - half, middle));
  }
}
