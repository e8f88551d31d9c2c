package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;

/** Age tables whose first rows are special: {@code import.age_first_row} is the row of age 0. */
final class Ages {
  private static final int MOST_YEARS = 150;
  private static final int MONTHS = 12;

  private Ages() {}

  static void map(Draft draft, String source, int specials) {
    map(draft, draft.takeTable(source), specials);
  }

  static void map(Draft draft, Derived ages, int specials) {
    int first = draft.options().number("age_first_row", specials);
    if (first >= ages.rows()) {
      throw new InvalidInputException(
          "import.age_first_row is "
              + first
              + ", but the age table has only "
              + ages.rows()
              + " rows");
    }
    draft.note("import.age_first_row", first + " (rows of special ages before age 0)");
    int count = ages.rows() - first;
    draft.put("embeddings.age_embeddings.weight", ages.slice(first, count));
    if (count <= MOST_YEARS) {
      draft.assume("age_rows_per_year", 1, "an age table of " + count + " rows: years");
    } else if (count >= MONTHS * MOST_YEARS / 2 && count <= MONTHS * MOST_YEARS) {
      draft.assume("age_rows_per_year", MONTHS, "an age table of " + count + " rows: months");
    } else {
      draft.ask("age_rows_per_year", "rows of the age table for a year: 1, or 12 for months");
    }
  }
}
