package dev.gsig.importer.internal.family;

/**
 * Visit tables of modules of one's own: visits are numbered from 0, or from 1, and row 0 is that of
 * padding then. {@code import.visit_first_row} is the row of the first visit.
 */
final class VisitRows {
  private static final String KEY = "visit_first_row";

  private VisitRows() {}

  /** The rows from the first visit on, after asking which that is. */
  static Derived cut(Draft draft, Derived visits) {
    draft.askUnlessChecked(
        "import." + KEY,
        0,
        "the row of the visit table for the first visit, which CLS has, too: 0, or 1 where row 0"
            + " stands for padding");
    int first = draft.options().number(KEY, 0);
    if (first >= visits.rows()) {
      throw draft.options().wrong(KEY, "below " + visits.rows() + ", the rows of the visit table");
    }
    return visits.slice(first, visits.rows() - first);
  }
}
