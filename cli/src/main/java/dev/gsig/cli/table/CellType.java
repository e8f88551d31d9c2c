package dev.gsig.cli.table;

/** What the cells of a column are. */
public enum CellType {
  /** {@link Integer} or {@link Long}. */
  WHOLE,
  /** {@link Double}. */
  REAL,
  /** {@link Double}, written with 32 bits where the format has such numbers. */
  REAL_32,
  /** {@link Boolean}. */
  FLAG,
  /** {@link String}. */
  TEXT,
  /** A {@link java.util.List} of {@link String}, none of them null. */
  TEXTS,
  /** {@link String}, a date and time of ISO 8601. */
  TIME
}
