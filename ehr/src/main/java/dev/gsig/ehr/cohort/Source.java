package dev.gsig.ehr.cohort;

/** Where patients come from. */
public sealed interface Source
    permits MimicSource, MedsSource, SyntheaSource, Physionet2012Source, OmopSource, FhirSource {
  /** As the command line spells it, such as {@code mimic4}. */
  String name();

  /** The codes of heart failure as this source spells them; null where it has no diagnoses. */
  String heartFailure();

  /** Whether labs and vital signs are read as codes with values. */
  boolean values();

  /**
   * Reads all of it.
   *
   * @param watcher is told how far it is
   * @return what it holds
   * @throws dev.gsig.ehr.InvalidInputException if a table or column is missing, or a row cannot be
   *     used
   */
  Records read(Watcher watcher);

  /** Is told how far the reading has come. */
  interface Watcher {
    /** Nobody watches. */
    Watcher NONE =
        new Watcher() {
          @Override
          public void begin(String table) {}

          @Override
          public void row() {}
        };

    /**
     * A table is begun.
     *
     * @param table its name
     */
    void begin(String table);

    /** A row of it, or a patient, is done. */
    void row();
  }
}
