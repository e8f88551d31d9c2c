package dev.gsig.importer;

import dev.gsig.ehr.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The names of a checkpoint belong to no known family; a mapping file can say what they are. */
public final class UnknownNamesException extends InvalidInputException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, String> skeleton;

  UnknownNamesException(String message, Map<String, String> skeleton) {
    super(message);
    this.skeleton = new LinkedHashMap<>(skeleton);
  }

  /**
   * The beginning of a mapping file: what names and shapes tell, to be compared with the model's
   * code; entries that they do not tell begin with a question mark.
   *
   * @return target to source, in the order of the layers
   */
  public Map<String, String> skeleton() {
    return new LinkedHashMap<>(skeleton);
  }
}
