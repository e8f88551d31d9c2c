package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gsig cohort omop} from the outside. */
class OmopCohortCommandTest {
  @TempDir Path temp;
  private Path tables;
  private Path out;

  @BeforeEach
  void prepare() throws IOException {
    tables = temp.resolve("tables");
    out = temp.resolve("cohort");
    OmopFiles.write(tables, OmopFiles.tables(12));
  }

  private Cli.Outcome cohort(Object... options) {
    List<Object> args = new ArrayList<>(List.of("cohort", "omop", "--out", out));
    args.addAll(List.of("--seed", "3", "--split", "0.5,0.25,0.25"));
    args.addAll(Arrays.asList(options));
    return Cli.run(args.toArray());
  }

  private Cli.Outcome ofFiles(Object... options) {
    List<Object> args = new ArrayList<>(List.of("--input", tables));
    args.addAll(Arrays.asList(options));
    return cohort(args.toArray());
  }

  private List<Trajectory> all() {
    List<Trajectory> lines = new ArrayList<>();
    for (String part : List.of("train", "validation", "test")) {
      lines.addAll(CohortReader.readAll(out.resolve(part + ".jsonl")));
    }
    return lines;
  }

  private JsonObject choices() {
    return Json.read(out.resolve("cohort-report.json")).object("choices");
  }

  @Test
  void heartFailureWithAllThatIsBelowIt() {
    Cli.Outcome outcome = ofFiles("--task", "heart-failure", "--values");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(all())
        .hasSize(12)
        .allSatisfy(
            patient -> {
              boolean ill = Integer.parseInt(patient.subjectId()) % 3 == 0;
              assertThat(patient.label()).isEqualTo(ill ? 1 : 0);
              assertThat(patient.visits()).hasSize(ill ? 3 : 2);
              assertThat(patient.visits().get(0).codes())
                  .containsExactly("d_320128", "m_19080128", "l_3016723");
              assertThat(patient.visits().get(0).values()).containsExactly(null, null, 1.0);
            });
    assertThat(choices().string("cdm_version")).isEqualTo("5.4");
    assertThat(choices().string("concepts")).isEqualTo("standard");
    assertThat(choices().string("spelling")).isEqualTo("ids");
    assertThat(choices().string("drugs")).isEqualTo("concept");
    assertThat(choices().object("task").string("target_codes")).isEqualTo("c_316139");
    assertThat(CodeValues.read(out.resolve("values.json")).codes()).containsExactly("l_3016723");
    assertThat(Json.read(out.resolve("display.json")).object("units").string("l_3016723"))
        .isEqualTo("mg/dl");
    assertThat(outcome.out())
        .contains("noticed: version of the common data model not told by cdm_source: 5.4 by the");
  }

  @Test
  void drugsAreRolledUpWhereAVocabularyIsNamed() throws IOException {
    Path vocabulary = Files.createDirectories(temp.resolve("athena"));
    for (String table : List.of("concept.csv", "concept_ancestor.csv")) {
      Files.move(tables.resolve(table), vocabulary.resolve(table));
    }
    Cli.Outcome outcome = ofFiles("--task", "heart-failure", "--vocabulary", vocabulary);

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(all().get(0).visits().get(0).codes()).containsExactly("d_320128", "m_1308216");
    assertThat(choices().string("drugs")).isEqualTo("ingredient");
    assertThat(Json.read(out.resolve("descriptions.json")).string("m_1308216"))
        .isEqualTo("lisinopril");
  }

  @Test
  void codesAsTheirVocabulariesSpellThem() {
    Cli.Outcome outcome = ofFiles("--task", "heart-failure", "--spelling", "codes", "--values");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(all().get(0).visits().get(0).codes())
        .containsExactly("d_59621000", "m_314076", "l_2160-0");
  }

  @Test
  void patientsAndIndexDatesOfTheTableCohort() {
    Cli.Outcome outcome =
        ofFiles("--task", "mortality", "--index-cohort", "5", "--horizon-days", "200");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(all())
        .hasSize(12)
        .allSatisfy(
            patient -> {
              assertThat(patient.visits()).hasSize(2);
              int dies = Integer.parseInt(patient.subjectId()) % 4 == 0 ? 1 : 0;
              assertThat(patient.label()).isEqualTo(dies);
            });
    assertThat(choices().object("task").integer("index_cohort")).isEqualTo(5);
    assertThat(Json.read(out.resolve("display.json")).string("outcome"))
        .isEqualTo("death within 200 days");
  }

  @Test
  void aFirstDiagnosisAfterAnIndexDate() {
    Cli.Outcome outcome =
        ofFiles("--task", "heart-failure", "--index-cohort", "5", "--horizon-days", "500");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(all())
        .allSatisfy(
            patient ->
                assertThat(patient.label())
                    .isEqualTo(Integer.parseInt(patient.subjectId()) % 3 == 0 ? 1 : 0));
  }

  @Test
  void aDatabaseOfDuckDb() throws SQLException, IOException {
    Path database = temp.resolve("omop.duckdb");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA \"Cdm\"");
      for (String table : OmopFiles.tables(1).keySet()) {
        statement.execute(
            "CREATE TABLE \"Cdm\"."
                + table
                + " AS SELECT * FROM read_csv('"
                + tables.resolve(table + ".csv")
                + "')");
      }
    }
    assertThat(ofFiles("--task", "mortality", "--values").code()).isZero();
    String files = Files.readString(out.resolve("train.jsonl"));

    Cli.Outcome outcome =
        cohort(
            "--jdbc", "jdbc:duckdb:" + database, "--task", "mortality", "--values", "--overwrite");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(Files.readString(out.resolve("train.jsonl"))).isEqualTo(files);
    assertThat(outcome.out())
        .contains("noticed: no --schema: tables are read in the one that has person, Cdm");
    Cli.assertRefused(
        cohort(
            "--jdbc",
            "jdbc:duckdb:" + database,
            "--schema",
            "cdm,none",
            "--task",
            "mortality",
            "--overwrite"),
        "has no schema \"none\"; it has ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--jdbc;jdbc:duckdb:x;name the folder of the tables with --input, or a database with --jdbc",
        "--schema;cdm;--schema is for --jdbc; leave it out",
        "--user;me;--user is for --jdbc; leave it out",
        "--driver-path;x.jar;--driver-path is for --jdbc; leave it out",
        "--concepts;own;--concepts: 'own' is not one of standard, source",
        "--spelling;words;--spelling: 'words' is not one of ids, codes",
        "--drugs;ndc;--drugs: 'ndc' is not one of concept, ingredient, atc, none",
        "--atc-map;x.csv;--atc-map is for mimic4; leave it out",
        "--visits;days;--visits is for meds; leave it out",
        "--tabular;bmi=39156-5;of OMOP a measurement is named by the number of its concept",
        "--target-codes;c_1;no patient has a code of --target-codes c_1",
        "--concepts;source;--task heart-failure of source concepts has no target of its own",
        "--vocabulary;absent;absent: no such folder",
        "--index;last;--index is for --task mortality; leave it out",
        "--index-cohort;6;the table cohort has no person of cohort_definition_id 6; it has 5",
      })
  void mistakes(String option, String value, String message) {
    Cli.assertRefused(ofFiles("--task", "heart-failure", option, value), message);
    assertThat(out).doesNotExist();
  }

  @Test
  void moreMistakes() {
    Cli.assertRefused(
        cohort("--task", "mortality"),
        "name the folder of the tables with --input, or a database with --jdbc");
    Cli.assertRefused(
        ofFiles("--task", "mortality", "--index-cohort", "5", "--index", "first"),
        "--index is for index visits, and --index-cohort names index dates; leave it out");
    Cli.assertRefused(
        ofFiles("--labels", "x.csv", "--index-cohort", "5"),
        "--index-cohort is for a --task; leave it out");
    Cli.assertRefused(
        cohort("--jdbc", "jdbc:duckdb:x", "--schema", "a,,b", "--task", "mortality"),
        "--schema 'a,,b' has an empty name");
    Cli.assertRefused(
        cohort("--jdbc", "jdbc:x://h/d?password=tiger", "--task", "mortality"),
        "GSIG_JDBC_PASSWORD");
    for (String option : List.of("--jdbc", "--vocabulary", "--concepts", "--index-cohort")) {
      Cli.assertRefused(
          Cli.run(
              "cohort", "meds", "--input", tables, "--out", out, "--task", "mortality", option, 5),
          option + " is for omop; leave it out");
    }
    assertThat(out).doesNotExist();
  }

  /** A driver that connects to nothing, and says whom it was given, and of how long a password. */
  private Path driver() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("driver"));
    Path source = folder.resolve("Tells.java");
    Files.writeString(
        source,
        """
        import java.sql.*;
        import java.util.*;
        public class Tells implements Driver {
          public Connection connect(String url, Properties given) throws SQLException {
            String password = given.getProperty("password");
            throw new SQLException(given.getProperty("user") + " came with " + password + ", of "
                + (password == null ? 0 : password.length()) + " letters");
          }
          public boolean acceptsURL(String url) { return url.startsWith("jdbc:tells:"); }
          public DriverPropertyInfo[] getPropertyInfo(String url, Properties given) { return null; }
          public int getMajorVersion() { return 1; }
          public int getMinorVersion() { return 0; }
          public boolean jdbcCompliant() { return false; }
          public java.util.logging.Logger getParentLogger() { return null; }
        }
        """);
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", source.toString()))
        .isZero();
    Path jar = temp.resolve("tells.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(file)) {
      packed.putNextEntry(new JarEntry("Tells.class"));
      packed.write(Files.readAllBytes(folder.resolve("Tells.class")));
      packed.putNextEntry(new JarEntry("META-INF/services/java.sql.Driver"));
      packed.write("Tells".getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  private List<String> ofDriver(String... options) throws IOException {
    List<String> command = new ArrayList<>(Child.java(Main.class, List.of()));
    command.addAll(List.of("cohort", "omop", "--jdbc", "jdbc:tells:db", "--task", "mortality"));
    command.addAll(List.of("--out", out.toString(), "--driver-path", driver().toString()));
    command.addAll(List.of(options));
    return command;
  }

  private String said(ProcessBuilder process) throws Exception {
    Path log = temp.resolve("log");
    Process started = process.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(started.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return Files.readString(log);
  }

  @Test
  @Tag("process")
  void thePasswordIsOfTheEnvironmentAndNeverShown() throws Exception {
    ProcessBuilder process = new ProcessBuilder(ofDriver("--user", "me"));
    process.environment().put("GSIG_JDBC_PASSWORD", "s3cret");
    String said = said(process);

    assertThat(said)
        .contains("jdbc:tells:db: cannot be connected to: me came with ***, of 6 letters")
        .doesNotContain("s3cret");
    process.environment().remove("GSIG_JDBC_PASSWORD");
    process.redirectInput(ProcessBuilder.Redirect.PIPE);
    assertThat(said(process)).contains("me came with null, of 0 letters");
  }

  /** In a terminal made by script(1); skipped where there is none. */
  @Test
  @Tag("process")
  void thePasswordIsAskedForOnATerminal() throws Exception {
    Path script = Path.of("/usr/bin/script");
    assumeThat(script).exists();
    Path typed = Files.writeString(temp.resolve("typed"), "s3cret\n");
    String command =
        String.join(" ", ofDriver("--user", "me").stream().map(w -> "'" + w + "'").toList());
    // what is typed before it is asked for would be taken for an answer that shows
    Path asked = Files.createFile(temp.resolve("asked"));
    ProcessBuilder process =
        new ProcessBuilder(
            "bash",
            "-c",
            "(until grep -q 'password of' '"
                + asked
                + "'; do sleep 0.2; done; cat '"
                + typed
                + "'; sleep 2) | script -qefc \""
                + command
                + "\" '"
                + asked
                + "'");
    process.environment().remove("GSIG_JDBC_PASSWORD");
    String said = said(process);

    assertThat(said)
        .contains("password of me for jdbc:tells:db:")
        .contains("me came with ***, of 6 letters")
        .doesNotContain("s3cret");
  }
}
