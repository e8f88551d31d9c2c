package dev.gsig.ehr.cohort;

import java.util.List;
import java.util.Map;

/** What a cohort is to predict. */
public sealed interface Task
    permits FirstDiagnosis, Mortality, HospitalMortality, LabelFile, CohortEntry {
  /** Its name and choices, for the report. */
  Map<String, Object> choices();

  /** What a label of 1 is, in words that follow "risk of"; null if only others know. */
  default String outcome() {
    return null;
  }

  /** Why it leaves patients out, in the order in which it looks. */
  List<String> reasons();

  /**
   * Makes the task ready for a source.
   *
   * @throws dev.gsig.ehr.InvalidInputException if the source cannot have anybody to predict it of
   */
  Definition on(Records records);

  /** What of a folder that the task is read from is no data. */
  default List<String> passedOver() {
    return List.of();
  }

  /** A task on one source. */
  @FunctionalInterface
  interface Definition {
    /** The lines of a patient; none, and counted, if they are left out. */
    List<Sample> samples(PatientRecord patient, Steps steps);

    /** How many labels there are, from 0 on. */
    default int classes() {
      return 2;
    }

    /** Names of the labels by their numbers; none where they are the answer to a question. */
    default Map<String, String> names() {
      return Map.of();
    }
  }
}
