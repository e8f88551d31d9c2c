package dev.gsig.parquet.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/**
 * The cohort's definition a second time, in SQL. It stands on three views that a source gives:
 * {@code people(subject, birth, sex, death, known_until)}, {@code stays(stay, subject, s, e)} and
 * {@code events(subject, stay, code, t)} with whole codes; and {@code measured(subject, name, t,
 * value)}.
 */
final class CohortSql {
  private CohortSql() {}

  /** Views of MIMIC-IV's folder hosp, with drugs by name. */
  static void mimic(Sql sql, Path folder, String ending) {
    for (String table :
        new String[] {
          "patients", "admissions", "diagnoses_icd", "procedures_icd", "prescriptions"
        }) {
      sql.csv(table, folder.resolve(table + ending));
    }
    sql.run(
        """
        CREATE TABLE stays AS SELECT hadm_id AS stay, subject_id AS subject,
          admittime::TIMESTAMP AS s,
          greatest(admittime::TIMESTAMP, dischtime::TIMESTAMP,
                   coalesce(deathtime::TIMESTAMP, dischtime::TIMESTAMP)) AS e
          FROM admissions;
        CREATE TABLE people AS SELECT subject_id AS subject,
          make_date(anchor_year::INT - anchor_age::INT, 1, 1) AS birth,
          CASE gender WHEN 'M' THEN 1.0 WHEN 'F' THEN 0.0 END AS sex,
          coalesce((SELECT min(a.deathtime::TIMESTAMP) FROM admissions a
                    WHERE a.subject_id = patients.subject_id), dod::TIMESTAMP) AS death,
          (SELECT max(e) + INTERVAL 365 DAY FROM stays WHERE subject = subject_id) AS known_until
          FROM patients;
        CREATE TABLE events AS
          SELECT subject_id AS subject, hadm_id AS stay, 'd' || trim(icd_version) || '_'
            || upper(regexp_replace(icd_code, '[. ]', '', 'g')) AS code, NULL::TIMESTAMP AS t
            FROM diagnoses_icd
          UNION ALL
          SELECT subject_id, hadm_id, 'p' || trim(icd_version) || '_'
            || upper(regexp_replace(icd_code, '[. ]', '', 'g')), chartdate::TIMESTAMP
            FROM procedures_icd
          UNION ALL
          SELECT subject_id, hadm_id, 'm_' || upper(regexp_replace(trim(drug), '\\s+', ' ', 'g')),
            starttime::TIMESTAMP
            FROM prescriptions WHERE trim(coalesce(drug, '')) <> '';
        CREATE TABLE measured(subject VARCHAR, name VARCHAR, t TIMESTAMP, value DOUBLE);
        """);
  }

  /** Views of Synthea's folder, with one measurement, bmi. */
  static void synthea(Sql sql, Path folder, String ending) {
    for (String table :
        new String[] {
          "patients", "encounters", "conditions", "procedures", "medications", "observations"
        }) {
      sql.csv(table, folder.resolve(table + ending));
    }
    sql.run(
        """
        CREATE TABLE stays AS SELECT Id AS stay, PATIENT AS subject, START::TIMESTAMP AS s,
          greatest(START::TIMESTAMP, STOP::TIMESTAMP) AS e FROM encounters;
        CREATE TABLE people AS SELECT Id AS subject, BIRTHDATE::DATE AS birth,
          CASE GENDER WHEN 'M' THEN 1.0 WHEN 'F' THEN 0.0 END AS sex,
          DEATHDATE::TIMESTAMP AS death, (SELECT max(e) FROM stays) AS known_until FROM patients;
        CREATE TABLE events AS
          SELECT PATIENT AS subject, ENCOUNTER AS stay, 'd_' || trim(CODE) AS code,
            START::TIMESTAMP AS t FROM conditions
          UNION ALL SELECT PATIENT, ENCOUNTER, 'p_' || trim(CODE), START::TIMESTAMP FROM procedures
          UNION ALL SELECT PATIENT, ENCOUNTER, 'm_' || trim(CODE), START::TIMESTAMP FROM medications;
        CREATE TABLE measured AS SELECT PATIENT AS subject, 'bmi' AS name, VALUE::DOUBLE AS value,
          -- midnight stands for a date, known at its end
          DATE::TIMESTAMP + CASE WHEN DATE::TIMESTAMP = DATE::TIMESTAMP::DATE
            THEN INTERVAL 86399 SECOND ELSE INTERVAL 0 SECOND END AS t
          FROM observations WHERE CODE = '39156-5';
        """);
  }

  /** Makes {@code samples(subject, cut, label)} of those who get a first target code. */
  static void firstDiagnosis(Sql sql, String target, int minVisits) {
    sql.run(
        """
        CREATE OR REPLACE TABLE coded AS SELECT DISTINCT s.* FROM stays s JOIN events USING (stay);
        CREATE OR REPLACE TABLE ill AS SELECT subject, min(s) AS first FROM coded WHERE stay IN
          (SELECT stay FROM events WHERE %s) GROUP BY subject;
        CREATE OR REPLACE TABLE samples AS
          SELECT subject, coalesce(ill.first, max(s)) AS cut, (ill.first IS NOT NULL)::INT AS label
          FROM coded LEFT JOIN ill USING (subject) GROUP BY subject, ill.first;
        """
            .formatted(target));
    seen(sql, minVisits);
  }

  /** Makes {@code samples} of those who die within a horizon after their last visit left alive. */
  static void mortality(Sql sql, int days, int minVisits) {
    sql.run(
        """
        CREATE OR REPLACE TABLE coded AS SELECT DISTINCT s.* FROM stays s JOIN events USING (stay);
        CREATE OR REPLACE TABLE heard AS SELECT stay, min(coalesce(t, s)) AS t
          FROM events JOIN stays USING (stay) GROUP BY stay;
        CREATE OR REPLACE TABLE possible AS
          SELECT c.subject, c.s, c.e, p.death FROM coded c JOIN people p USING (subject)
          JOIN heard h USING (stay)
          WHERE (p.death IS NULL OR c.e < p.death) AND h.t <= c.e
            AND (p.death IS NOT NULL OR c.e + INTERVAL %1$d DAY <= p.known_until)
            AND (SELECT count(*) FROM coded o JOIN heard USING (stay)
                 WHERE o.subject = c.subject AND o.s <= c.e AND o.e <= c.e AND heard.t <= c.e)
                >= %2$d;
        CREATE OR REPLACE TABLE samples AS
          SELECT subject, e + INTERVAL 1 SECOND AS cut,
            coalesce(death <= e + INTERVAL %1$d DAY, false)::INT AS label
          FROM (SELECT *, row_number() OVER (PARTITION BY subject ORDER BY s DESC, e DESC) AS r
                FROM possible) WHERE r = 1;
        """
            .formatted(days, minVisits));
    seen(sql, minVisits);
  }

  /** Makes {@code seen(subject, label, time, code)} and {@code lines(subject, label, age, ...)}. */
  private static void seen(Sql sql, int minVisits) {
    sql.run(
        """
        CREATE OR REPLACE TABLE allowed AS
          SELECT x.subject, x.label, x.cut, s.stay, s.s, e.code FROM samples x
          JOIN stays s USING (subject) JOIN events e USING (stay)
          WHERE s.s < x.cut AND s.e < x.cut AND (e.t IS NULL OR e.t < x.cut);
        CREATE OR REPLACE TABLE lines AS SELECT x.subject, x.label, x.cut, p.sex,
          datesub('year', p.birth, x.cut::DATE) AS years, p.birth,
          (SELECT arg_max(value, t) FROM measured m WHERE m.subject = x.subject AND m.t < x.cut)
            AS bmi
          FROM samples x JOIN people p USING (subject)
          WHERE (SELECT count(DISTINCT stay) FROM allowed a WHERE a.subject = x.subject) >= %d;
        CREATE OR REPLACE TABLE seen AS SELECT DISTINCT subject, label, strftime(s, '%%Y-%%m-%%dT%%H:%%M:%%S') AS time, code
          FROM allowed SEMI JOIN lines USING (subject);
        """
            .formatted(minVisits));
  }

  /** Compares a cohort's folder with {@code lines} and {@code seen}. */
  static void assertSame(Sql sql, Path folder) {
    sql.run(
        """
        CREATE OR REPLACE TABLE written AS SELECT * FROM read_json(
          ['%1$s/train.jsonl', '%1$s/validation.jsonl', '%1$s/test.jsonl'],
          format = 'newline_delimited', columns = {subject_id: 'VARCHAR', label: 'INT',
          visits: 'STRUCT("time" VARCHAR, codes VARCHAR[])[]', tabular: 'MAP(VARCHAR, DOUBLE)'});
        CREATE OR REPLACE TABLE written_visits AS
          SELECT subject_id AS subject, label, unnest(visits) AS visit FROM written;
        CREATE OR REPLACE TABLE written_codes AS
          SELECT subject, label, visit.time AS time, unnest(visit.codes) AS code FROM written_visits;
        """
            .formatted(folder));
    String both = "SELECT subject, label FROM lines";
    String theirs = "SELECT subject_id, label FROM written";
    assertThat(sql.rows(both + " EXCEPT ALL " + theirs + " LIMIT 5")).as("missing").isEmpty();
    assertThat(sql.rows(theirs + " EXCEPT ALL " + both + " LIMIT 5")).as("too many").isEmpty();
    String codes = "SELECT subject, label, time, code FROM seen";
    String ours = "SELECT DISTINCT subject, label, time, code FROM written_codes";
    assertThat(sql.rows(codes + " EXCEPT " + ours + " LIMIT 5")).as("codes missing").isEmpty();
    assertThat(sql.rows(ours + " EXCEPT " + codes + " LIMIT 5")).as("codes too many").isEmpty();
    assertThat(
            sql.rows(
                """
                SELECT w.subject_id, w.tabular, l.years, l.sex, l.bmi FROM written w
                JOIN lines l ON l.subject = w.subject_id
                WHERE floor(w.tabular['age']) IS DISTINCT FROM l.years
                  OR w.tabular['sex'] IS DISTINCT FROM l.sex
                  OR abs(w.tabular['age'] - datediff('day', l.birth, l.cut::DATE) / 365.2425) > 0.02
                  OR w.tabular['bmi'] IS DISTINCT FROM l.bmi LIMIT 5
                """))
        .as("tabular")
        .isEmpty();
  }
}
