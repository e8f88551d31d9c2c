package dev.gsig.cli;

import dev.gsig.ehr.cohort.CodePatterns;
import dev.gsig.ehr.cohort.Measurement;
import dev.gsig.ehr.cohort.OmopDatabase;
import dev.gsig.ehr.cohort.OmopDrugs;
import dev.gsig.ehr.cohort.OmopFolder;
import dev.gsig.ehr.cohort.OmopInput;
import dev.gsig.ehr.cohort.OmopOptions;
import dev.gsig.ehr.cohort.OmopSource;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say where an OMOP common data model is, and how it is read. */
final class OmopFlags {
  /** What holds the password of a database; an option would show it to everybody. */
  static final String PASSWORD = "GSIG_JDBC_PASSWORD";

  private static final String JDBC = "--jdbc";

  /** All of them. */
  static final String[] NAMES = {
    JDBC, "--driver-path", "--user", "--schema", "--vocabulary", "--concepts", "--spelling"
  };

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = JDBC,
      paramLabel = "URL",
      description = {
        "omop: a database in place of --input, which is asked for rows only:"
            + " jdbc:postgresql://HOST/DATABASE, jdbc:duckdb:FILE. The password is that of the"
            + " environment variable "
            + PASSWORD
            + ", else asked for where there is a --user and a terminal"
      })
  private String jdbc;

  @Option(
      names = "--driver-path",
      paramLabel = "JARS",
      description =
          "omop: the jar of the database's JDBC driver, several as in a class path, or a folder of"
              + " them; DuckDB's comes with gsig")
  private String driverPath;

  @Option(names = "--user", paramLabel = "NAME", description = "omop: who asks the database")
  private String user;

  @Option(
      names = "--schema",
      paramLabel = "NAME,...",
      description =
          "omop: the schemas of the database that have the tables, the first that has one counts:"
              + " cdm,vocabulary,results; default: the one that has person")
  private String schema;

  @Option(
      names = "--vocabulary",
      paramLabel = "DIR",
      description =
          "omop: a folder with the tables concept and concept_ancestor, as Athena delivers them;"
              + " default: those beside the data")
  private Path vocabulary;

  @Option(
      names = "--concepts",
      paramLabel = "KIND",
      defaultValue = "standard",
      description = "omop: codes are standard or source concepts; default: standard")
  private String concepts;

  @Option(
      names = "--spelling",
      paramLabel = "KIND",
      defaultValue = "ids",
      description =
          "omop: concepts are told by their numbers (ids: d_316139) or as their vocabularies spell"
              + " them (codes: d10_I509, d_84114007); default: ids")
  private String spelling;

  /** Whether a database is asked for. */
  boolean isDatabase() {
    return jdbc != null;
  }

  /** The name of the option that asks for one. */
  static String database() {
    return JDBC;
  }

  /**
   * The source.
   *
   * @param folder of the files; null with a database
   * @param drugs as the command line names it; null for none
   */
  OmopSource source(
      Path folder,
      String drugs,
      List<Measurement> measurements,
      boolean values,
      CohortTaskFlags task) {
    OmopInput input = jdbc == null ? new OmopFolder(folder) : database(jdbc);
    OmopOptions plain =
        new OmopOptions(
            vocabulary,
            Choice.of(
                command,
                "--concepts",
                concepts,
                List.of(OmopOptions.Concepts.values()),
                OmopOptions.Concepts::label),
            Choice.of(
                command,
                "--spelling",
                spelling,
                List.of(OmopOptions.Spelling.values()),
                OmopOptions.Spelling::label),
            drugs(drugs),
            Set.of(),
            task.indexCohort());
    OmopSource source = new OmopSource(input, plain, measurements, values);
    CodePatterns target = task.target(source);
    return target == null
        ? source
        : new OmopSource(input, plain.withWholes(target.concepts()), measurements, values);
  }

  private OmopDrugs drugs(String name) {
    OmopDrugs byDefault = vocabulary == null ? OmopDrugs.CONCEPT : OmopDrugs.INGREDIENT;
    return name == null
        ? byDefault
        : Choice.of(command, "--drugs", name, List.of(OmopDrugs.values()), OmopDrugs::label);
  }

  private OmopInput database(String url) {
    List<Path> drivers =
        driverPath == null
            ? List.of()
            : Arrays.stream(driverPath.split(File.pathSeparator, -1))
                .filter(path -> !path.isBlank())
                .map(Path::of)
                .toList();
    List<String> schemas =
        schema == null
            ? List.of()
            : Arrays.stream(schema.split(",", -1)).map(String::strip).toList();
    if (schemas.contains("")) {
      throw new ParameterException(
          command.commandLine(), "--schema '" + schema + "' has an empty name; leave it out");
    }
    // before anybody is asked for a password, the address is looked at
    new OmopDatabase(url, user, null, drivers, schemas);
    return new OmopDatabase(url, user, password(url), drivers, schemas);
  }

  /** That of the environment, else what is typed; null where nobody can be asked. */
  private String password(String url) {
    if (user == null) {
      return System.getenv(PASSWORD); // nobody to be asked about
    }
    char[] password = Password.of(PASSWORD, user + " for " + url);
    return password == null ? null : new String(password);
  }

  /** Refuses what is of a database only. */
  void refuseWithoutDatabase() {
    if (jdbc == null) {
      Given.refuse(command, JDBC, "--driver-path", "--user", "--schema");
    }
  }
}
