package dev.gsig.cli.table;

/** What the cells of a column are. */
public enum CellType {
  /** {@link Integer} or {@link Long}. */
  WHOLE,
  /** {@link Double}. */
  REAL,
  /** {@link Boolean}. */
  FLAG,
  /** {@link String}. */
  TEXT,
  /** {@link String}, a date and time of ISO 8601. */
  TIME
}
