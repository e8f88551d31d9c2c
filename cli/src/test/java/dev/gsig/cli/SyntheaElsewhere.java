package dev.gsig.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The facts of Synthea's tables in the Medical Event Data Standard, and in an OMOP common data
 * model, as their own rules have them. Both name subjects by whole numbers, so that patients are
 * numbered first.
 */
final class SyntheaElsewhere implements AutoCloseable {
  private static final List<String> TABLES =
      List.of("patients", "encounters", "conditions", "procedures", "medications", "observations");

  private final Connection connection;
  private final Statement duck;

  /** Reads tables of Synthea, packed or not; patients and encounters get numbers. */
  SyntheaElsewhere(Path tables) throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    duck = connection.createStatement();
    for (String table : TABLES) {
      duck.execute(
          "CREATE TABLE read_%1$s AS SELECT * FROM read_csv('%2$s.csv*', all_varchar = true, header = true)"
              .formatted(table, tables.resolve(table)));
    }
    for (String table : List.of("patients", "encounters")) {
      duck.execute(
          "CREATE TABLE of_%1$s AS SELECT Id AS old, row_number() OVER (ORDER BY Id) AS number FROM read_%1$s"
              .formatted(table));
    }
    for (String table : TABLES) {
      String patient = table.equals("patients") ? "Id" : "PATIENT";
      String encounter = table.equals("encounters") ? "Id" : "ENCOUNTER";
      boolean inEncounters = !table.equals("patients");
      duck.execute(
          "CREATE TABLE %1$s AS SELECT r.* REPLACE (p.number AS %2$s%3$s) FROM read_%1$s r JOIN of_patients p ON r.%2$s = p.old%4$s"
              .formatted(
                  table,
                  patient,
                  inEncounters ? ", e.number AS " + encounter : "",
                  inEncounters ? " LEFT JOIN of_encounters e ON r." + encounter + " = e.old" : ""));
    }
    duck.execute(
        "CREATE VIEW numeric AS SELECT *, VALUE::DOUBLE AS number FROM observations WHERE TYPE ="
            + " 'numeric'");
  }

  /** Synthea's own tables, with numbers for patients and encounters. */
  void writeTables(Path folder) throws SQLException, IOException {
    Files.createDirectories(folder);
    for (String table : TABLES) {
      copy("SELECT * FROM " + table, folder.resolve(table + ".csv"));
    }
  }

  /** A data set in MEDS: an encounter is a stay, with its number as hadm_id. */
  void writeMeds(Path folder) throws SQLException, IOException {
    Files.createDirectories(folder.resolve("data"));
    Files.createDirectories(folder.resolve("metadata"));
    copy(
        """
        SELECT Id::BIGINT AS subject_id, time::TIMESTAMP AS time, code, numeric_value::FLOAT AS numeric_value,
            hadm_id FROM (
          SELECT Id, BIRTHDATE AS time, 'MEDS_BIRTH' AS code, NULL AS numeric_value, NULL AS hadm_id
            FROM patients
          UNION ALL SELECT Id, NULL, 'GENDER//' || GENDER, NULL, NULL FROM patients
          UNION ALL SELECT Id, DEATHDATE, 'MEDS_DEATH', NULL, NULL FROM patients WHERE DEATHDATE IS NOT NULL
          UNION ALL SELECT PATIENT, START, 'HOSPITAL_ADMISSION', NULL, Id FROM encounters
          UNION ALL SELECT PATIENT, STOP, 'HOSPITAL_DISCHARGE', NULL, Id FROM encounters
          UNION ALL SELECT PATIENT, START, 'SNOMED/' || CODE, NULL, ENCOUNTER FROM conditions
          UNION ALL SELECT PATIENT, START, 'SNOMED/' || CODE, NULL, ENCOUNTER FROM procedures
          UNION ALL SELECT PATIENT, START, 'RxNorm/' || CODE, NULL, ENCOUNTER FROM medications
          UNION ALL SELECT PATIENT, DATE, 'LOINC/' || CODE, number, ENCOUNTER FROM numeric)
        ORDER BY 1, 2 NULLS FIRST
        """,
        folder.resolve("data/0.parquet"));
    copy(
        """
        SELECT code, min(description) AS description, NULL::VARCHAR[] AS parent_codes FROM (
          SELECT 'SNOMED/' || CODE AS code, DESCRIPTION AS description FROM conditions
          UNION ALL SELECT 'SNOMED/' || CODE, DESCRIPTION FROM procedures
          UNION ALL SELECT 'RxNorm/' || CODE, DESCRIPTION FROM medications
          UNION ALL SELECT 'LOINC/' || CODE, DESCRIPTION FROM numeric) GROUP BY code
        """,
        folder.resolve("metadata/codes.parquet"));
  }

  /** Tables of OMOP: persons are observed to the end of the last encounter of all, as Synthea's. */
  void writeOmop(Path folder) throws SQLException, IOException {
    Files.createDirectories(folder);
    duck.execute(
        """
        CREATE TABLE concept AS SELECT row_number() OVER (ORDER BY vocabulary_id, concept_code) AS concept_id, *
          FROM (SELECT min(concept_name) AS concept_name, vocabulary_id, '' AS concept_class_id, concept_code FROM (
            SELECT DESCRIPTION AS concept_name, 'SNOMED' AS vocabulary_id, CODE AS concept_code FROM conditions
            UNION ALL SELECT DESCRIPTION, 'SNOMED', CODE FROM procedures
            UNION ALL SELECT DESCRIPTION, 'RxNorm', CODE FROM medications
            UNION ALL SELECT DESCRIPTION, 'LOINC', CODE FROM numeric) GROUP BY vocabulary_id, concept_code)
        """);
    copy("SELECT * FROM concept", folder.resolve("concept.csv"));
    copy(
        """
        SELECT Id AS person_id, CASE GENDER WHEN 'M' THEN 8507 ELSE 8532 END AS gender_concept_id,
          year(BIRTHDATE::DATE) AS year_of_birth, month(BIRTHDATE::DATE) AS month_of_birth,
          day(BIRTHDATE::DATE) AS day_of_birth FROM patients
        """,
        folder.resolve("person.csv"));
    copy(
        "SELECT Id AS person_id, DEATHDATE[:10] AS death_date, DEATHDATE AS death_datetime FROM"
            + " patients WHERE DEATHDATE IS NOT NULL",
        folder.resolve("death.csv"));
    copy(
        "SELECT Id AS person_id, (SELECT max(STOP)[:10] FROM encounters) AS"
            + " observation_period_end_date FROM patients",
        folder.resolve("observation_period.csv"));
    copy(
        """
        SELECT Id AS visit_occurrence_id, PATIENT AS person_id, START[:10] AS visit_start_date,
          START AS visit_start_datetime, STOP[:10] AS visit_end_date, STOP AS visit_end_datetime,
          0 AS discharged_to_concept_id FROM encounters
        """,
        folder.resolve("visit_occurrence.csv"));
    events(folder, "conditions", "SNOMED", "condition_occurrence", "condition", "condition_start");
    events(folder, "procedures", "SNOMED", "procedure_occurrence", "procedure", "procedure");
    events(folder, "medications", "RxNorm", "drug_exposure", "drug", "drug_exposure_start");
    copy(
        """
        SELECT PATIENT AS person_id, ENCOUNTER AS visit_occurrence_id, concept_id AS measurement_concept_id,
          DATE[:10] AS measurement_date, DATE AS measurement_datetime, number AS value_as_number,
          UNITS AS unit_source_value FROM numeric JOIN concept ON vocabulary_id = 'LOINC' AND concept_code = CODE
        """,
        folder.resolve("measurement.csv"));
  }

  private void events(
      Path folder, String table, String vocabulary, String name, String kind, String start)
      throws SQLException {
    copy(
        "SELECT PATIENT AS person_id, ENCOUNTER AS visit_occurrence_id, concept_id AS "
            + kind
            + "_concept_id, START[:10] AS "
            + start
            + "_date, START AS "
            + start
            + "_datetime FROM "
            + table
            + " JOIN concept ON concept_code = CODE AND vocabulary_id = '"
            + vocabulary
            + "'",
        folder.resolve(name + ".csv"));
  }

  private void copy(String rows, Path file) throws SQLException {
    duck.execute("COPY (" + rows + ") TO '" + file + "'");
  }

  /** The number of a concept that {@link #writeOmop} wrote, for {@code --tabular}. */
  long concept(String code) throws SQLException {
    return Long.parseLong(
        column("SELECT concept_id FROM concept WHERE concept_code = '" + code + "'").get(0));
  }

  /** The codes of what is measured in several units. */
  List<String> inSeveralUnits() throws SQLException {
    return column("SELECT CODE FROM numeric GROUP BY CODE HAVING count(DISTINCT UNITS) > 1");
  }

  private List<String> column(String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (ResultSet rows = duck.executeQuery(query)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
