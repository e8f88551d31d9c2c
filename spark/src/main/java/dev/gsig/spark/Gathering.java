package dev.gsig.spark;

import dev.gsig.ehr.cohort.MedsOptions;

/**
 * How what a source has of a patient, in several rows, becomes a trajectory. Where it is of one,
 * nothing is gathered.
 *
 * @param meds of events of MEDS; null for other sources
 * @param fhir of bulk data of FHIR; null for other sources
 */
record Gathering(MedsOptions meds, FhirChoices fhir) {
  static final Gathering NONE = new Gathering(null, null);

  static Gathering of(MedsOptions meds) {
    return new Gathering(meds, null);
  }
}
