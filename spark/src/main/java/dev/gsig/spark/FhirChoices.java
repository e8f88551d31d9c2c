package dev.gsig.spark;

import dev.gsig.ehr.cohort.CodeSystem;
import dev.gsig.ehr.cohort.Coding;
import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.ehr.cohort.Measurement;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * How a task reads FHIR, see {@link FhirOptions}.
 *
 * @param units in which the model's values are, by codes and by names of tabular features
 */
record FhirChoices(
    List<CodeSystem> systems,
    Coding coding,
    List<Measurement> measurements,
    boolean values,
    Map<String, String> units)
    implements Serializable {
  FhirChoices {
    systems = List.copyOf(systems);
    measurements = List.copyOf(measurements);
    units = Map.copyOf(units);
  }

  FhirOptions options() {
    return new FhirOptions(systems, coding, measurements, values, false, null, units, null);
  }

  /** Whether observations are read. */
  boolean readsObservations() {
    return values || !measurements.isEmpty();
  }
}
