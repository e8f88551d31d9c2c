package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command in a JVM that is shut off: without network interfaces where the system lets us take
 * them away, without a home and, but for Parquet, a folder for temporary files, under a strict
 * umask. What it writes, and where, is compared with what a patient's record says.
 */
@Tag("process")
class SealedRunTest {
  private static final String SECRET = "secret";
  private static final Set<String> RECORDS =
      Set.of(
          "cohort.jsonl",
          "0.parquet",
          "train.jsonl",
          "validation.jsonl",
          "test.jsonl",
          "results.jsonl",
          "of-meds.jsonl",
          "events.csv",
          "report.html",
          "again.html",
          "evaluation-patients.csv",
          "predictions.csv");

  @TempDir static Path where;
  private static Path cases;
  private static String said;
  private static boolean sealed;

  @BeforeAll
  static void runAllCommands() throws IOException, InterruptedException {
    Fixture fixture = Fixture.copy(Fixture.MULTIMODAL, where);
    for (Path cohort : List.of(fixture.cohort, fixture.validation)) {
      // The identifier, a time, and a code that the model does not know.
      Fixture.write(
          cohort,
          Fixture.read(cohort)
              .replaceAll("\"subject_id\": *\"", "$0" + SECRET + "-")
              .replaceAll("\"time\": *\"", "$0" + SECRET + "-")
              .replaceFirst("\"codes\": *\\[", "$0\"" + SECRET + "-code\", "));
    }
    Files.createDirectory(where.resolve("out"));
    makeEvents(where);
    cases = Path.of("..", "gsig", "src", "test", "resources", "import").toAbsolutePath();
    sealed = run(List.of("unshare", "-n", "true"), where.resolve("try.txt")) == 0;
    said = "";
    runSealed("absent", where.toString(), cases.toString());
    Files.createDirectory(where.resolve("temporary"));
    runSealed("temporary", where.toString());
  }

  /** In a JVM with a folder for temporary files of that name, whether it is there or not. */
  private static void runSealed(String temporary, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "umask 027; exec \"$@\"", "sh"));
    command.addAll(sealed ? List.of("unshare", "-n") : List.of());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + where.resolve(temporary),
            // here the JDK keeps a cache of fonts
            "-Duser.home=" + where.resolve("home"),
            "-Djava.awt.headless=true",
            "-Dgsig.cuda.driver=none",
            "-Dgsig.home=" + Path.of("..").toRealPath(),
            "-XX:-UsePerfData",
            "-cp",
            Child.classPath(),
            AllCommands.class.getName()));
    command.addAll(List.of(args));
    Path log = where.resolve(temporary + ".txt");
    int code = run(command, log);
    said += Files.readString(log);
    assertThat(code).as(said).isZero();
  }

  /**
   * Sixty patients in Parquet, of two stays each, in whose second every third has heart failure.
   */
  static void makeEvents(Path where) throws IOException {
    Path data = Files.createDirectories(where.resolve("meds").resolve("data"));
    String events =
        """
        copy (
          select i as subject_id, time, code, null::float as numeric_value
          from (select unnest(generate_series(1, 60)) as i),
            lateral (values
              (timestamp '2100-01-01 00:00:00', 'MEDS_BIRTH'),
              (timestamp '2150-03-01 08:00:00', 'HOSPITAL_ADMISSION//URGENT'),
              (timestamp '2150-03-02 08:00:00', 'DIAGNOSIS//ICD//10//I10'),
              (timestamp '2150-03-03 08:00:00', 'MEDICATION//START//SECRET drug'),
              (timestamp '2150-03-04 08:00:00', 'HOSPITAL_DISCHARGE//HOME'),
              (timestamp '2151-03-01 08:00:00', 'HOSPITAL_ADMISSION//URGENT'),
              (timestamp '2151-03-02 08:00:00',
                'DIAGNOSIS//ICD//10//' || case when i %% 3 = 0 then 'I500' else 'E119' end),
              (timestamp '2151-03-04 08:00:00', 'HOSPITAL_DISCHARGE//HOME')) events(time, code)
          order by all)
        to '%s' (format parquet)"""
            .formatted(data.resolve("0.parquet"));
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(events.replace("SECRET", SECRET));
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  /** Runs in an empty folder; -1 where there is no such program. */
  private static int run(List<String> command, Path log) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(where.resolve("current"));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      return process.exitValue();
    } catch (IOException e) {
      return -1;
    }
  }

  @Test
  void noCommandNeedsANetwork() {
    assumeThat(sealed).as("network interfaces can be taken away").isTrue();
    assertThat(said.lines()).contains("network: false");
    assertThat(said.lines().filter(line -> line.endsWith(" ended with 0"))).hasSameSizeAs(all());
  }

  /** As the command line itself knows them, so that a new one is missed here. */
  @Test
  void noCommandIsLeftOut() {
    Set<String> run =
        all().stream().map(command -> command.get(0).toString()).collect(Collectors.toSet());
    Set<String> wanted = new TreeSet<>(UsageTest.commands());
    wanted.remove("serve"); // it is there for the network: ServeCommandTest
    assertThat(run).isEqualTo(wanted);
  }

  private static List<List<Object>> all() {
    List<List<Object>> all = new ArrayList<>(AllCommands.commands(where, cases));
    all.addAll(AllCommands.ofParquet(where));
    return all;
  }

  @Test
  void noPatientIsInALogOrAnyOtherFile() throws IOException {
    assertThat(said).doesNotContain(SECRET).contains("report on 3 patients");
    assertThat(Files.exists(where.resolve("absent"))).isFalse();
    assertThat(where.resolve("temporary")).isEmptyDirectory();
    assertThat(files(where.resolve("current"))).isEmpty();
    List<Path> found = new ArrayList<>();
    for (Path file : files(where)) {
      String content = Files.readString(file, StandardCharsets.ISO_8859_1);
      if (content.contains("<title>gsig report")) {
        content += ReportData.unpacked(file, "patients");
      }
      if (content.contains(SECRET)) {
        found.add(file);
      }
    }
    assertThat(found.stream().map(file -> file.getFileName().toString()).distinct())
        .containsExactlyInAnyOrderElementsOf(RECORDS);
  }

  @Test
  void outputsAreTheUsersAsTheUmaskSays() throws IOException {
    assumeThat(Files.getFileStore(where).supportsFileAttributeView("posix")).isTrue();
    List<Path> outputs = new ArrayList<>(files(where.resolve("out")));
    outputs.add(where.resolve("model/baseline.safetensors"));
    assertThat(outputs).hasSizeGreaterThan(15);
    for (Path file : outputs) {
      assertThat(permissions(file)).as(file.toString()).isEqualTo("rw-r-----");
    }
    for (String folder : List.of("demo", "evaluation", "plots", "study", "curves", "imported")) {
      assertThat(permissions(where.resolve("out").resolve(folder))).isEqualTo("rwxr-x---");
    }
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }
}
