package dev.gsig.spark;

import dev.gsig.attribution.ExplainOptions;
import java.io.Serializable;

/** What is broadcast: {@link Settings} with the files' content in the place of their paths. */
record Shipment(ModelFiles files, int referenceCount, String backend, ExplainOptions options)
    implements Serializable {

  /**
   * Reads the files.
   *
   * @throws dev.gsig.ehr.InvalidInputException if one cannot be read
   */
  static Shipment of(Settings s) {
    ModelFiles files = new ModelFiles(s.model(), s.baseline(), s.references());
    return new Shipment(files, s.referenceCount(), s.backend(), s.options());
  }

  /** What decides whether a loaded model can be used again. */
  String key() {
    return files.sha256() + " " + backend + " " + referenceCount;
  }
}
