package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Zones, languages, charsets and temporary folders of machines that are not ours. */
@Tag("process")
class AnyMachineTest {
  static final Path EVENTS = Path.of("src", "test", "resources", "meds").toAbsolutePath();

  @TempDir Path temp;
  private Fixture fixture;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
  }

  private Process start(
      List<String> prefix,
      Class<?> main,
      List<String> options,
      Map<String, String> environment,
      List<String> args)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(Child.java(main, options));
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(temp.resolve("log.txt").toFile())
        .start();
  }

  private int run(
      List<String> prefix,
      Class<?> main,
      List<String> options,
      Map<String, String> environment,
      List<String> args)
      throws IOException, InterruptedException {
    Process process = start(prefix, main, options, environment, args);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }

  /** What the JVM itself says of its modules is not ours. */
  private String log() throws IOException {
    return Files.readString(temp.resolve("log.txt"), Charset.forName("ISO-8859-1"))
        .replaceAll("(?m)^WARNING: Using incubator modules.*\\R", "")
        .strip();
  }

  /** All files below a folder by name; the folder's own name is nowhere in them. */
  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, Charset.forName("ISO-8859-1"));
        all.put(folder.relativize(file).toString(), content.replace(folder.toString(), "OUT"));
      }
    }
    return all;
  }

  private Map<String, String> written(String events, String zone, String... options)
      throws IOException, InterruptedException {
    Path out = temp.resolve("out");
    Path copy = temp.resolve("events.parquet");
    Files.copy(EVENTS.resolve(events), copy, StandardCopyOption.REPLACE_EXISTING);
    List<String> args = List.of(fixture.folder.toString(), copy.toString(), out.toString());
    int code = run(List.of(), OnAMachine.class, List.of(options), Map.of("TZ", zone), args);
    assertThat(code).as(log()).isZero();
    Map<String, String> files = files(out);
    Files.move(out, temp.resolve("done-" + zone.replace('/', '-') + options.length));
    return files;
  }

  /** In Turkish the capital of i is another letter, in Arabic digits are others. */
  @Test
  void zoneLanguageAndCharsetChangeNothing() throws IOException, InterruptedException {
    Map<String, String> expected = written("local-times.parquet", "UTC");
    assertThat(expected)
        .containsKeys("printed.txt", "cohort/train.jsonl", "report.html", "events.csv");

    assertThat(
            written(
                "instants.parquet",
                "America/New_York",
                "-Duser.language=tr",
                "-Duser.country=TR",
                "-Dfile.encoding=ISO-8859-1"))
        .isEqualTo(expected);
    assertThat(
            written(
                "instants.parquet",
                "Asia/Tokyo",
                "-Duser.language=ar",
                "-Duser.country=EG",
                "-Dfile.encoding=US-ASCII",
                "-Duser.timezone=Asia/Kolkata"))
        .isEqualTo(expected);
  }

  @Test
  void aPathThatTheLocaleCannotSpellIsRefusedByEveryCommandInOneLine()
      throws IOException, InterruptedException {
    Path folder = temp.resolve("m\u00fcnster \ud83d\ude00");
    assumeThat(System.getProperty("sun.jnu.encoding")).isEqualTo("UTF-8");
    Files.createDirectory(folder);
    for (List<String> command :
        List.of(
            List.of("info", "--model", folder.toString()),
            List.of("verify", folder.resolve("results.jsonl").toString()),
            List.of(
                "export",
                "--in",
                fixture.cohort.toString(),
                "--out",
                folder.resolve("t").toString()),
            List.of(
                "cohort",
                "meds",
                "--input",
                EVENTS.resolve("instants.parquet").toString(),
                "--task",
                "mortality",
                "--out",
                folder.resolve("c").toString()))) {
      int code = run(List.of(), Main.class, List.of(), Map.of("LC_ALL", "C"), command);

      assertThat(code).as(log()).isEqualTo(2);
      assertThat(log().lines())
          .singleElement()
          .asString()
          .contains("has letters that the locale does not know; set LC_ALL to one of UTF-8")
          .doesNotContain("Exception");
    }
    assertThat(folder).isEmptyDirectory();
    try (Stream<Path> files = Files.list(temp)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.contains("?"));
    }
  }

  /** The launcher finds a locale in which every file has a name. */
  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "xx_YY.UTF-8"})
  void theLauncherNamesAnyFileInAnyLocale(String locale) throws IOException, InterruptedException {
    assumeThat(System.getProperty("sun.jnu.encoding")).isEqualTo("UTF-8");
    Path script = temp.resolve("locale.sh");
    String launcher = Files.readString(Path.of("..", "bin", "gsig"));
    int start = launcher.indexOf("use_any_name() {");
    String function = launcher.substring(start, launcher.indexOf("\n}\n", start) + 3);
    Files.writeString(script, function + "use_any_name\nexec \"$@\"\n");
    Path model = temp.resolve("m\u00fcnster \ud83d\ude00");
    Files.move(fixture.model, model);

    int code =
        run(
            List.of("bash", script.toString()),
            Main.class,
            List.of(),
            Map.of("LC_ALL", locale),
            List.of("info", "--model", model.toString()));

    assertThat(code).as(log()).isZero();
    assertThat(log()).contains("parameters");
  }

  private List<String> cohort() {
    return List.of(
        "cohort",
        "meds",
        "--input",
        EVENTS.resolve("instants.parquet").toString(),
        "--task",
        "mortality",
        "--out",
        temp.resolve("cohort").toString());
  }

  private void assertNoLibrary(int code, String reason) throws IOException {
    assertThat(code).as(log()).isEqualTo(2);
    // Newer JVMs warn by themselves: of the folder, and of native code without the launcher's
    // options.
    assertThat(log().lines().filter(line -> !line.isEmpty() && !line.startsWith("WARNING: ")))
        .singleElement()
        .asString()
        .contains("Parquet cannot be read", reason, "GSIG_JAVA_OPTS=-Djava.io.tmpdir=FOLDER")
        .doesNotContain("Exception");
    assertThat(temp.resolve("cohort")).doesNotExist();
  }

  @Test
  void parquetWithoutATemporaryFolderIsRefusedInOneLine() throws IOException, InterruptedException {
    Path absent = temp.resolve("absent");
    int code =
        run(List.of(), Main.class, List.of("-Djava.io.tmpdir=" + absent), Map.of(), cohort());
    assertNoLibrary(code, absent + " (there is no such folder)");
  }

  @ParameterizedTest
  @CsvSource({
    "size=1m, No space left on device",
    "ro, Read-only file system",
    "noexec, mounted with noexec"
  })
  void parquetWithAnUnfitTemporaryFolderIsRefusedInOneLine(String option, String reason)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectory(temp.resolve("small"));
    List<String> mounted =
        List.of(
            "unshare",
            "-m",
            "sh",
            "-c",
            "mount -t tmpfs -o " + option + " tmpfs '" + folder + "' && exec \"$@\"",
            "sh");
    assumeThat(canMount(mounted)).as("file systems can be mounted").isTrue();

    int code = run(mounted, Main.class, List.of("-Djava.io.tmpdir=" + folder), Map.of(), cohort());
    assertNoLibrary(code, reason);
  }

  private static boolean canMount(List<String> mounted) throws InterruptedException {
    List<String> command = new ArrayList<>(mounted);
    command.add("true");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
