package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;

/**
 * What a line of FHIR's bulk data is about: enough to gather a patient's lines, which {@link
 * FhirPatient} reads.
 *
 * @param type of the resource
 * @param patient the id of the patient whose it is, of a Patient its own; null where it refers to
 *     none, or is of a type that is not read
 */
public record FhirLine(String type, String patient) {
  /** The type of resources that are of no patient, but which prescriptions refer to. */
  public static final String MEDICATION = FhirEvents.MEDICATION;

  /** The type of patients. */
  public static final String PATIENT = FhirEvents.PATIENT;

  /** The type of what was measured, read where values are. */
  public static final String OBSERVATION = FhirEvents.OBSERVATION;

  /**
   * Looks at a line.
   *
   * @param where what messages call it
   * @throws InvalidInputException if it is not one JSON object with a resource type
   */
  public static FhirLine of(String line, String where) {
    FhirResource resource = FhirResource.parse(line, where);
    String type = resource.type();
    if (type.equals(PATIENT)) {
      return new FhirLine(type, resource.requiredId());
    }
    return new FhirLine(
        type, isOfPatients(type) ? new FhirReferences().id(resource, key(type), PATIENT) : null);
  }

  /** Whether resources of a type are read, and are of patients. */
  public static boolean isOfPatients(String type) {
    return type.equals(PATIENT)
        || type.equals(FhirEvents.ENCOUNTER)
        || FhirEvents.EVENTS.contains(type);
  }

  private static String key(String type) {
    return type.equals("AllergyIntolerance") || type.equals("Immunization") ? "patient" : "subject";
  }
}
