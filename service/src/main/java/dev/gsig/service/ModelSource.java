package dev.gsig.service;

import dev.gsig.ehr.cohort.FhirOptions;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A model that is to be served.
 *
 * @param folder with its baseline
 * @param fhir how resources of FHIR become what the model reads, without a vocabulary: its own is
 *     taken; null if it is not asked about such
 */
public record ModelSource(Path folder, FhirOptions fhir) {
  /** Checks that there is a folder. */
  public ModelSource {
    Objects.requireNonNull(folder, "folder");
  }
}
