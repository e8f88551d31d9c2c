package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A variable of the PhysioNet / Computing in Cardiology Challenge 2012 (Silva and others, Computing
 * in Cardiology 39, 2012).
 *
 * <p>The limits of what can be are in {@code physionet2012-variables.csv}, which says for each
 * where they are from. "Benchmark" is what Harutyunyan and others (Multitask learning and
 * benchmarking with clinical time series data, Scientific Data 6:96, 2019) take for outliers of the
 * same hospital, {@code variable_ranges.csv} of their program.
 *
 * @param name as the challenge spells it
 * @param kind what is made of it
 * @param least the smallest value that can be
 * @param most the largest one
 * @param unit of its values; null for none
 * @param description what it is
 */
record IcuVariable(
    String name, Kind kind, double least, double most, String unit, String description) {
  /** What is made of a variable. */
  enum Kind {
    /** Told once, of the stay as a whole. */
    GENERAL,
    /** A code with values. */
    MEASURED,
    /** A code without: 1 says that it is so. */
    EVENT
  }

  private static final String FILE = "physionet2012-variables.csv";

  /** All of them, by their names. */
  static final Map<String, IcuVariable> ALL = read();

  private static Map<String, IcuVariable> read() {
    Map<String, IcuVariable> all = new LinkedHashMap<>();
    List<String> columns = List.of("variable", "kind", "least", "most", "unit", "description");
    try (Table row = Tables.openCsv(IcuVariable.class.getResourceAsStream(FILE), FILE, columns)) {
      while (row.next()) {
        String name = row.required(0);
        Kind kind = Kind.valueOf(row.required(1).toUpperCase(Locale.ROOT));
        double least = row.number(2);
        double most = row.number(3);
        all.put(name, new IcuVariable(name, kind, least, most, row.text(4), row.required(5)));
      }
    }
    return Collections.unmodifiableMap(all);
  }

  /** Its code in a cohort: what is measured as {@code l_HR}, an event as a procedure. */
  String code() {
    return Coding.plain(kind == Kind.EVENT ? 'p' : Coding.MEASURED, name);
  }

  /** What it is, and in which unit. */
  String words() {
    return description + (unit == null ? "" : " (" + unit + ")");
  }

  boolean canBe(double value) {
    return least <= value && value <= most;
  }

  /** Why a value that cannot be is left out. */
  String impossible() {
    return name + ": impossible, below " + number(least) + " or above " + number(most);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
