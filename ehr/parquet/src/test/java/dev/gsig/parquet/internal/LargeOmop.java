package dev.gsig.parquet.internal;

import dev.gsig.ehr.cohort.CodePatterns;
import dev.gsig.ehr.cohort.Coding;
import dev.gsig.ehr.cohort.CohortBuilder;
import dev.gsig.ehr.cohort.CohortSettings;
import dev.gsig.ehr.cohort.FirstDiagnosis;
import dev.gsig.ehr.cohort.OmopDatabase;
import dev.gsig.ehr.cohort.OmopDrugs;
import dev.gsig.ehr.cohort.OmopFolder;
import dev.gsig.ehr.cohort.OmopInput;
import dev.gsig.ehr.cohort.OmopOptions;
import dev.gsig.ehr.cohort.OmopSource;
import dev.gsig.ehr.cohort.Source;
import dev.gsig.ehr.cohort.Split;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A made-up OMOP common data model of any size, and a program that makes a cohort of it. A person
 * has 200 rows: 20 visits, 30 conditions, 20 procedures, 30 drugs, 80 measurements, 20
 * observations; with 5,000, 3,000, 4,000, 300 and 500 concepts by falling frequency.
 */
final class LargeOmop {
  /** Rows of events and visits that a person has. */
  static final int ROWS = 200;

  /** Whose descendants, 11 conditions that none is often of, are the target. */
  static final long TARGET = 1_000_000;

  private static final List<String> TABLES =
      List.of(
          "person",
          "observation_period",
          "death",
          "visit_occurrence",
          "condition_occurrence",
          "procedure_occurrence",
          "drug_exposure",
          "measurement",
          "observation",
          "concept",
          "concept_ancestor",
          "cdm_source");

  private LargeOmop() {}

  /** A number in [0, 1) of a row and what it is drawn for. */
  private static String draw(String salt) {
    return "((hash(i, '" + salt + "') >> 11) / 9007199254740992.0)";
  }

  /** The visit of a row, one of its person's. */
  private static String visit(int perPerson) {
    return "((i // " + perPerson + ") * 20 + CAST(floor(" + draw("visit") + " * 20) AS BIGINT))";
  }

  private static String day(String visit) {
    return "(DATE '2000-01-01' + CAST("
        + visit
        + " % 20 * 180 + hash("
        + visit
        + ") % 170 AS INTEGER))";
  }

  /** A table of events. */
  private static String events(
      String table,
      String kind,
      String date,
      int perPerson,
      int persons,
      int first,
      int concepts,
      String more) {
    return "CREATE VIEW "
        + table
        + " AS SELECT i AS "
        + table
        + "_id, i // "
        + perPerson
        + " AS person_id, "
        + first
        + " + CAST(floor(pow("
        + draw(table)
        + ", 3) * "
        + concepts
        + ") AS INTEGER) AS "
        + kind
        + "_concept_id, "
        + day("visit_occurrence_id")
        + " AS "
        + date
        + "_date, CAST("
        + date
        + "_date AS TIMESTAMP) + to_hours(CAST(8 + i % 9 AS INTEGER)) AS "
        + date
        + "_datetime, 32817 AS "
        + kind
        + "_type_concept_id, visit_occurrence_id, 'source' AS "
        + kind
        + "_source_value, 0 AS "
        + kind
        + "_source_concept_id"
        + more
        + " FROM (SELECT i, "
        + visit(perPerson)
        + " AS visit_occurrence_id FROM range("
        + (long) persons * perPerson
        + ") AS r(i));\n";
  }

  /** Makes the tables as views. */
  static void views(Sql sql, int persons) {
    sql.run(
        "CREATE VIEW person AS SELECT i AS person_id, CASE WHEN i % 2 = 0 THEN 8507 ELSE 8532 END"
            + " AS gender_concept_id, 1920 + hash(i) % 70 AS year_of_birth, 1 + i % 12 AS"
            + " month_of_birth, 1 + i % 28 AS day_of_birth, NULL::TIMESTAMP AS birth_datetime"
            + " FROM range("
            + persons
            + ") AS r(i);\n");
    sql.run(
        "CREATE VIEW observation_period AS SELECT i AS observation_period_id, i AS person_id,"
            + " DATE '2000-01-01' AS observation_period_start_date, DATE '2011-12-31' AS"
            + " observation_period_end_date FROM range("
            + persons
            + ") AS r(i);\n");
    sql.run(
        "CREATE VIEW death AS SELECT i AS person_id, DATE '2010-06-01' + CAST(i % 700 AS INTEGER)"
            + " AS death_date FROM range(0, "
            + persons
            + ", 9) AS r(i);\n");
    sql.run(
        "CREATE VIEW visit_occurrence AS SELECT i AS visit_occurrence_id, i // 20 AS person_id,"
            + " 9202 AS visit_concept_id, "
            + day("i")
            + " AS visit_start_date, visit_start_date AS visit_end_date, 0 AS"
            + " discharged_to_concept_id FROM range("
            + 20L * persons
            + ") AS r(i);\n");
    sql.run(
        events(
            "condition_occurrence",
            "condition",
            "condition_start",
            30,
            persons,
            1_000_001,
            5_000,
            ""));
    sql.run(
        events(
            "procedure_occurrence", "procedure", "procedure", 20, persons, 2_000_001, 3_000, ""));
    sql.run(
        events("drug_exposure", "drug", "drug_exposure_start", 30, persons, 3_000_001, 4_000, ""));
    String value =
        ", round(50 + 50 * "
            + draw("value")
            + ", 1) AS value_as_number, 0 AS value_as_concept_id, 8840 AS unit_concept_id, 'mg/dL'"
            + " AS unit_source_value";
    sql.run(
        events("measurement", "measurement", "measurement", 80, persons, 4_000_001, 300, value));
    sql.run(events("observation", "observation", "observation", 20, persons, 5_000_001, 500, ""));
    sql.run(
        "CREATE VIEW concept AS SELECT i AS concept_id, 'Concept ' || i AS concept_name, CASE"
            + " WHEN i // 1000000 = 9 THEN 'RxNorm' ELSE 'SNOMED' END AS vocabulary_id, CASE WHEN"
            + " i // 1000000 = 9 THEN 'Ingredient' ELSE 'Clinical' END AS concept_class_id, 'C' ||"
            + " i AS concept_code FROM range(1000000, 10000000, 1) AS r(i) WHERE i % 1000000 <"
            + " 5001;\n");
    sql.run(
        "CREATE VIEW concept_ancestor AS SELECT 9000000 + i % 400 AS ancestor_concept_id, 3000001 +"
            + " i AS descendant_concept_id FROM range(4000) AS r(i) UNION ALL SELECT "
            + TARGET
            + ", 1002000 + i FROM range(11) AS r(i);\n");
    sql.run(
        "CREATE VIEW cdm_source AS SELECT 'Made up' AS cdm_source_name, '5.4' AS cdm_version;\n");
  }

  /** Writes the tables, as Parquet or as CSV. */
  static void write(Path folder, int persons, String format) {
    try (Sql sql = new Sql()) {
      views(sql, persons);
      for (String table : TABLES) {
        sql.run(
            "COPY (SELECT * FROM "
                + table
                + ") TO '"
                + folder.resolve(table + "." + format)
                + "' (FORMAT "
                + format
                + ");\n");
      }
    }
  }

  /** The tables that {@link #write} writes. */
  static List<String> tables() {
    return TABLES;
  }

  /**
   * Makes a cohort with values and drugs by ingredient.
   *
   * @param args a folder of tables, or the address of a database, its user and the driver's jar;
   *     before them the folder of the cohort; or {@code write}, a folder, how many persons, and
   *     {@code parquet} or {@code csv}
   */
  public static void main(String[] args) {
    if (args[0].equals("write")) {
      write(Path.of(args[1]), Integer.parseInt(args[2]), args[3]);
      return;
    }
    OmopInput input =
        args[1].startsWith("jdbc:")
            ? new OmopDatabase(
                args[1],
                args[2],
                System.getenv("GSIG_JDBC_PASSWORD"),
                List.of(Path.of(args[3])),
                List.of())
            : new OmopFolder(Path.of(args[1]));
    CodePatterns target = CodePatterns.parse("c_" + TARGET);
    OmopOptions options =
        new OmopOptions(
            null,
            OmopOptions.Concepts.STANDARD,
            OmopOptions.Spelling.IDS,
            OmopDrugs.INGREDIENT,
            target.concepts(),
            null);
    CohortSettings settings =
        new CohortSettings(Coding.WHOLE, List.of(), 0, new Split.Fractions(0.7, 0.15, 0.15), 1, 5);
    long begin = System.nanoTime();
    Map<String, Object> report =
        CohortBuilder.write(
            new OmopSource(input, options, List.of(), true),
            new FirstDiagnosis("target", target, 1),
            settings,
            Path.of(args[0]),
            Source.Watcher.NONE);
    double seconds = (System.nanoTime() - begin) / 1e9;
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      peak += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    System.out.printf(
        "rows %s; cohort %s; %.0f s; heap at most %d MiB of %d%n",
        report.get("rows_read"),
        report.get("parts"),
        seconds,
        peak >> 20,
        Runtime.getRuntime().maxMemory() >> 20);
  }
}
