package dev.gsig.spark;

/** How a cohort, or its attributions, are stored. */
enum Format {
  /** A patient a line. */
  JSONL("jsonl"),
  /** A patient a row. */
  PARQUET("parquet"),
  /** Parquet files of events; input only. */
  MEDS("meds"),
  /** Bulk data, a resource a line; input only. */
  FHIR("fhir");

  private final String label;

  Format(String label) {
    this.label = label;
  }

  /** As the command line spells it. */
  String label() {
    return label;
  }

  /** What a path looks like: {@link #PARQUET} by its ending, else {@link #JSONL}. */
  static Format of(String path) {
    return path.matches(".*\\.parquet/*") ? PARQUET : JSONL;
  }
}
