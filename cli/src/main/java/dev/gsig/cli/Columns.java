package dev.gsig.cli;

import java.util.ArrayList;
import java.util.List;

/** A table of text: the first columns to the left, numbers to the right. */
final class Columns {
  private final int left;
  private final List<String[]> rows = new ArrayList<>();

  /**
   * An empty table.
   *
   * @param left how many columns are aligned to the left
   */
  Columns(int left, String... header) {
    this.left = left;
    rows.add(header);
  }

  void add(String... cells) {
    rows.add(cells);
  }

  /** The lines, header first. */
  List<String> lines() {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], Text.length(row[c]));
      }
    }
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String padding = " ".repeat(widths[c] - Text.length(row[c]));
        line.append(c < left ? row[c] + padding : padding + row[c]).append("  ");
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
