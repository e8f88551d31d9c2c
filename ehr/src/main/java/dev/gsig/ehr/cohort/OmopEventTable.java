package dev.gsig.ehr.cohort;

import java.util.List;

/** A table of an OMOP common data model whose rows become codes. */
enum OmopEventTable {
  CONDITION("condition_occurrence", 'd', "condition", "condition_start"),
  PROCEDURE("procedure_occurrence", 'p', "procedure", "procedure"),
  DRUG("drug_exposure", 'm', "drug", "drug_exposure_start"),
  MEASUREMENT("measurement", Coding.MEASURED, "measurement", "measurement"),
  OBSERVATION("observation", Coding.MEASURED, "observation", "observation");

  /** The columns that {@link #required} and {@link #optional} ask for, by their places. */
  static final int PERSON = 0;

  static final int VISIT = 1;
  static final int CONCEPT = 2;
  static final int DATE = 3;
  static final int TIME = 4;
  static final int NUMBER = 5;
  static final int VALUE_CONCEPT = 6;
  static final int UNIT_CONCEPT = 7;
  static final int UNIT = 8;
  static final int OPERATOR = 9;
  static final int TEXT = 10;

  final String table;
  final char kind;
  private final String concept;
  private final String start;

  OmopEventTable(String table, char kind, String concept, String start) {
    this.table = table;
    this.kind = kind;
    this.concept = concept;
    this.start = start;
  }

  /** Whether its rows have values. */
  boolean isMeasured() {
    return kind == Coding.MEASURED;
  }

  /** The columns that it must have. */
  List<String> required(OmopOptions.Concepts concepts) {
    String column =
        concept + (concepts == OmopOptions.Concepts.SOURCE ? "_source" : "") + "_concept_id";
    return List.of("person_id", "visit_occurrence_id", column, start + "_date");
  }

  /** Those that it may have. */
  List<String> optional() {
    return isMeasured()
        ? List.of(
            start + "_datetime",
            "value_as_number",
            "value_as_concept_id",
            "unit_concept_id",
            "unit_source_value",
            "operator_concept_id",
            "value_as_string")
        : List.of(start + "_datetime");
  }
}
