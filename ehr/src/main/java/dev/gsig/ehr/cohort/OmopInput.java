package dev.gsig.ehr.cohort;

/** Where the tables of an OMOP common data model are. */
public abstract sealed class OmopInput permits OmopFolder, OmopDatabase {
  OmopInput() {}

  /**
   * Opens them.
   *
   * @throws dev.gsig.ehr.InvalidInputException if there is no such folder, or no connection
   */
  abstract OmopTables open();
}
