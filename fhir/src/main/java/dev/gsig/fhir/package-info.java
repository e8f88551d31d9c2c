/**
 * Explanations as resources of FHIR R4. Patients come from {@link dev.gsig.ehr.cohort.FhirPatient},
 * which reads Bundles as the cohorts of bulk data are read.
 */
package dev.gsig.fhir;
