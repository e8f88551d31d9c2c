package dev.gsig.parquet.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same OMOP common data model from files and from databases gives the same cohort. */
class OmopDatabaseTest {
  private static final int PERSONS = 150;

  @TempDir static Path temp;
  private static Path duckdb;

  @BeforeAll
  static void makeTables() throws IOException {
    for (String format : List.of("csv", "parquet")) {
      LargeOmop.write(Files.createDirectories(temp.resolve(format)), PERSONS, format);
    }
    duckdb = temp.resolve("omop.duckdb");
    try (Sql sql = new Sql()) {
      LargeOmop.views(sql, PERSONS);
      sql.run("ATTACH '" + duckdb + "' AS made;\n");
      for (String table : LargeOmop.tables()) {
        sql.run("CREATE TABLE made." + table + " AS SELECT * FROM memory." + table + ";\n");
      }
      sql.run("DETACH made;\n");
    }
  }

  /** Makes a cohort, and reads its files. */
  private static String cohort(OmopInput input) {
    CodePatterns target = CodePatterns.parse("c_" + LargeOmop.TARGET);
    OmopOptions options =
        new OmopOptions(
            null,
            OmopOptions.Concepts.STANDARD,
            OmopOptions.Spelling.IDS,
            OmopDrugs.INGREDIENT,
            target.concepts(),
            null);
    try {
      Path out = Files.createTempDirectory(temp, "cohort");
      Map<String, Object> report =
          CohortBuilder.write(
              new OmopSource(input, options, List.of(), true),
              new FirstDiagnosis("target", target, 1),
              new CohortSettings(
                  Coding.WHOLE, List.of(), 0, new Split.Fractions(0.6, 0.2, 0.2), 1, 1),
              Files.createDirectories(out).resolve("folder"),
              Source.Watcher.NONE);
      StringBuilder all = new StringBuilder(report.get("rows_read").toString());
      for (String file : List.of("train.jsonl", "validation.jsonl", "test.jsonl", "vocab.json")) {
        all.append(Files.readString(out.resolve("folder").resolve(file)));
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String ofFiles() {
    String csv = cohort(new OmopFolder(temp.resolve("csv")));
    assertThat(csv).contains("\"label\":1", "l_4000001", "m_9000001");
    return csv;
  }

  private static OmopDatabase duckDb(String url, List<Path> drivers) {
    return new OmopDatabase(url, null, null, drivers, List.of());
  }

  @Test
  void parquetIsAsCsv() {
    assertThat(cohort(new OmopFolder(temp.resolve("parquet")))).isEqualTo(ofFiles());
  }

  @Test
  void aDatabaseOfDuckDbIsReadWithoutADriverAndNotChanged() throws IOException {
    byte[] before = Files.readAllBytes(duckdb);

    assertThat(cohort(duckDb("jdbc:duckdb:" + duckdb, List.of()))).isEqualTo(ofFiles());
    assertThat(Files.readAllBytes(duckdb)).isEqualTo(before);
    assertThat(duckdb.resolveSibling("omop.duckdb.wal")).doesNotExist();
  }

  @Test
  void aViewOfDuckDbLeadsToNoOtherFile() {
    Path database = temp.resolve("view.duckdb");
    try (Sql sql = new Sql()) {
      sql.run("ATTACH '" + database + "' AS made;\n");
      for (String table : LargeOmop.tables()) {
        Path file = temp.resolve("csv").resolve(table + ".csv");
        sql.run("CREATE VIEW made." + table + " AS SELECT * FROM read_csv('" + file + "');\n");
      }
      sql.run("DETACH made;\n");
    }

    assertThatThrownBy(() -> cohort(duckDb("jdbc:duckdb:" + database, List.of())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("table \"main\".\"cdm_source\": cannot be read: ");
  }

  @Test
  void aDatabaseThatIsNotThereIsNotMade() {
    Path none = temp.resolve("none.duckdb");

    assertThatThrownBy(() -> cohort(duckDb("jdbc:duckdb:" + none, List.of())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("jdbc:duckdb:" + none + ": cannot be connected to: ");
    assertThat(none).doesNotExist();
  }

  @Test
  void aDatabaseWithoutADriverIsRefused() {
    assertThatThrownBy(() -> cohort(duckDb("jdbc:oracle:thin:@//host/name", List.of())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "jdbc:oracle:thin:@//host/name: no driver for such a database comes with gsig; fetch the"
                + " jar of its JDBC driver, and name it with --driver-path");
  }

  @Test
  void aDriverOfAnotherDatabaseIsRefused() {
    assertThatThrownBy(() -> cohort(duckDb("jdbc:mysql://host/name", List.of(Postgres.driver()))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("does not know such addresses");
  }

  @Test
  void aJarWithoutADriverIsRefused() throws IOException {
    Path empty = Files.createDirectories(temp.resolve("jars"));

    assertThatThrownBy(() -> cohort(duckDb("jdbc:mysql://host/name", List.of(empty))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds no JDBC driver");
    assertThatThrownBy(
            () -> cohort(duckDb("jdbc:mysql://host/name", List.of(temp.resolve("no.jar")))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no such file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://host/db?user=me&password=secret",
        "jdbc:postgresql://me:secret@host/db",
        "jdbc:oracle:thin:me/secret@//host/db",
        "jdbc:sqlserver://host;user=me;PassWord=secret",
        "jdbc:postgresql://host/db?sslpassword=secret"
      })
  void anAddressWithAPasswordIsRefusedWithoutShowingIt(String url) {
    assertThatThrownBy(() -> duckDb(url, List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("GSIG_JDBC_PASSWORD")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://me@host/db",
        "jdbc:postgresql://host:5432/db?user=me",
        "jdbc:oracle:thin:me@//host:1521/db",
        "jdbc:oracle:thin:@host:1521:db"
      })
  void anAddressWithoutAPasswordIsTaken(String url) {
    assertThat(duckDb(url, List.of())).hasToString(url);
  }

  @Test
  void whatIsNoAddressIsRefused() {
    assertThatThrownBy(() -> duckDb("postgresql://host/db", List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("an address such as jdbc:postgresql://HOST/DATABASE is needed");
  }

  /** On a server of its own; skipped where PostgreSQL is not installed. */
  @Nested
  @Tag("process")
  class OfPostgres {
    private static Postgres server;

    @BeforeAll
    static void start() {
      server = Postgres.start();
      server.run("CREATE SCHEMA cdm");
      server.load(temp.resolve("csv"), "cdm", LargeOmop.tables());
    }

    @AfterAll
    static void stop() {
      if (server != null) {
        server.close();
      }
    }

    private OmopDatabase byUser(String user, String password, String... schemas) {
      return new OmopDatabase(
          server.url(), user, password, List.of(Postgres.driver()), List.of(schemas));
    }

    private OmopDatabase postgres(String... schemas) {
      return byUser(Postgres.USER, Postgres.PASSWORD, schemas);
    }

    private void assertRefused(OmopDatabase database, String... words) {
      var refusal =
          assertThatThrownBy(() -> cohort(database)).isInstanceOf(InvalidInputException.class);
      for (String word : words) {
        refusal.hasMessageContaining(word);
      }
      refusal.hasMessageNotContaining(Postgres.PASSWORD);
      refusal.satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void itIsAsFiles() {
      assertThat(cohort(postgres("cdm"))).isEqualTo(ofFiles());
    }

    @Test
    void aSchemaIsFoundByThePersonsInIt() {
      server.run("CREATE SCHEMA elsewhere");
      server.run("CREATE TABLE elsewhere.measurement (x integer)");

      assertThat(cohort(postgres())).isEqualTo(ofFiles());
      server.run("DROP SCHEMA elsewhere CASCADE");
    }

    @Test
    void ofSeveralSchemasWithPersonsOneMustBeNamed() {
      server.run("CREATE SCHEMA other");
      server.run("CREATE TABLE other.person (x integer)");

      assertRefused(
          postgres(), "has several tables person: \"cdm\".\"person\", \"other\".\"person\"");
      assertThat(cohort(postgres("cdm"))).isEqualTo(ofFiles());
      server.run("DROP SCHEMA other CASCADE");
    }

    @Test
    void tablesAreOfTheFirstSchemaThatHasThem() {
      server.run("CREATE SCHEMA vocabulary");
      server.run("ALTER TABLE cdm.concept SET SCHEMA vocabulary");
      server.run("ALTER TABLE cdm.concept_ancestor SET SCHEMA vocabulary");

      assertThat(cohort(postgres("CDM", "vocabulary"))).isEqualTo(ofFiles());
      assertRefused(postgres("cdm"), "the table concept, which --drugs ingredient needs");
      server.run("ALTER TABLE vocabulary.concept SET SCHEMA cdm");
      server.run("ALTER TABLE vocabulary.concept_ancestor SET SCHEMA cdm");
    }

    @Test
    void namesAreQuoted() {
      String name = "x\"; DROP TABLE cdm.person; --";
      assertRefused(postgres(name), "has no schema", "\"cdm\"");
      server.run("CREATE SCHEMA \"" + name.replace("\"", "\"\"") + "\"");
      server.load(temp.resolve("csv"), name, LargeOmop.tables());

      assertThat(cohort(postgres(name))).isEqualTo(ofFiles());
      server.run("DROP SCHEMA \"" + name.replace("\"", "\"\"") + "\" CASCADE");
    }

    @Test
    void nothingCanBeWrittenByAView() {
      server.run("CREATE SCHEMA writing");
      server.run("CREATE TABLE writing.told (x integer)");
      server.run(
          "CREATE FUNCTION writing.tell() RETURNS SETOF cdm.person AS 'INSERT INTO writing.told"
              + " VALUES (1); SELECT * FROM cdm.person' LANGUAGE sql");
      server.run("CREATE VIEW writing.person AS SELECT * FROM writing.tell()");

      assertRefused(postgres("writing", "cdm"), "\"writing\".\"person\"", "read-only transaction");
      server.run("DROP SCHEMA writing CASCADE");
    }

    @Test
    void aValueThatCannotBeReadIsNamed() {
      server.run("CREATE SCHEMA bad");
      server.run(
          "CREATE TABLE bad.death AS SELECT person_id, 'soon' AS death_date FROM cdm.person");

      assertRefused(
          postgres("bad", "cdm"),
          server.url() + ", table \"bad\".\"death\", row 1: death_date must be a time such as");
      server.run("DROP SCHEMA bad CASCADE");
    }

    @Test
    void aColumnThatIsMissingIsNamed() {
      server.run("CREATE SCHEMA bad");
      server.run("CREATE TABLE bad.death AS SELECT person_id FROM cdm.person");

      assertRefused(
          postgres("bad", "cdm"),
          "table \"bad\".\"death\": has no column death_date; its columns are \"person_id\"");
      server.run("DROP SCHEMA bad CASCADE");
    }

    @Test
    void aTableThatMayNotBeReadIsNamed() {
      server.run("CREATE ROLE reader LOGIN PASSWORD 'another'");
      server.run("GRANT USAGE ON SCHEMA cdm TO reader");
      server.run("GRANT SELECT ON ALL TABLES IN SCHEMA cdm TO reader");
      assertThat(cohort(byUser("reader", "another", "cdm"))).isEqualTo(ofFiles());

      server.run("REVOKE SELECT ON cdm.measurement FROM reader");
      assertRefused(
          byUser("reader", "another", "cdm"),
          "table \"cdm\".\"measurement\": cannot be read: ERROR: permission denied");
      server.run("DROP OWNED BY reader");
      server.run("DROP ROLE reader");
    }

    @Test
    void aWrongPasswordIsNotShown() {
      assertThatThrownBy(() -> cohort(byUser(Postgres.USER, "wrong secret", "cdm")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("cannot be connected to")
          .hasMessageContaining("password authentication failed")
          .hasMessageNotContaining("wrong secret");
    }

    @Test
    void aServerThatIsNotThereIsRefused() {
      OmopDatabase nowhere =
          new OmopDatabase(
              "jdbc:postgresql://127.0.0.1:1/postgres",
              Postgres.USER,
              Postgres.PASSWORD,
              List.of(Postgres.driver()),
              List.of());

      assertRefused(nowhere, "jdbc:postgresql://127.0.0.1:1/postgres: cannot be connected to");
    }

    @Test
    void aFolderOfJarsIsTakenForTheDriver() throws IOException {
      Path jars = Files.createDirectories(temp.resolve("drivers"));
      Files.copy(Postgres.driver(), jars.resolve("postgresql.jar"));

      assertThat(
              cohort(
                  new OmopDatabase(
                      server.url(),
                      Postgres.USER,
                      Postgres.PASSWORD,
                      List.of(jars),
                      List.of("cdm"))))
          .isEqualTo(ofFiles());
    }
  }
}
