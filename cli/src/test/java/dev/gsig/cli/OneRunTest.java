package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A report or a table is of one run, in which each patient is once. */
class OneRunTest {
  @TempDir Path temp;

  private void assertRefused(List<String> results, String... parts) {
    Path in = temp.resolve("results.jsonl");
    Fixture.write(in, String.join("\n", results) + "\n");
    Path out = temp.resolve("out");
    String text = Fixture.read(in);
    for (List<String> command :
        List.of(
            List.of("report", "--in", in.toString(), "--out", out.toString()),
            List.of("export", "--in", in.toString(), "--format", "csv", "--out", out.toString()),
            List.of("export", "--in", in.toString(), "--format", "parquet", "--out", out + ""),
            List.of("report", "--in", "-", "--out", out.toString()))) {
      boolean piped = command.contains("-");
      Cli.assertRefused(
          Cli.pipe(text, command.toArray()),
          parts(piped ? "standard input" : in.toString(), parts));
      assertThat(Files.exists(out)).as("%s", command).isFalse();
    }
  }

  private static String[] parts(String where, String... parts) {
    String[] all = parts.clone();
    all[0] = where + all[0];
    return all;
  }

  @Test
  void aPatientWhoIsThereTwice() {
    assertRefused(
        List.of(MadeUpResults.patient(1), "", MadeUpResults.patient(2), MadeUpResults.patient(1)),
        ", line 4: the subject \"patient-1\" is in line 1 already",
        "give each run a file of its own");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"steps\":50', '\"steps\":20', steps 20 in place of 50",
    "'\"baseline\":\"manifold-mean\"', '\"baseline\":\"zero\"', baseline zero in place of",
    "'\"tabular_baseline\":\"mean\"', '\"tabular_baseline\":\"self\"', tabular_baseline self",
    "'\"steps\":50', '\"measure\":{},\"steps\":50', measure bounded in place of none",
    "'\"theta_curve\":[', '\"theta_curve\":[],\"other\":[', theta 5.0 in place of searched",
    "'\"name\":\"bmi\"', '\"name\":\"sbp\"', 'tabular age, sbp in place of age, bmi'",
    "'\"class\":', '\"labels\":[{\"class\":0,\"probability\":1}],\"class\":', labels 1 in place of",
    "'\"class\":', '\"classes\":[{\"class\":0,\"probability\":1}],\"class\":', classes 1 in place of",
  })
  void resultsOfTwoRuns(String from, String to, String named) {
    String other = MadeUpResults.patient(4).replace(from, to);
    assertThat(other).isNotEqualTo(MadeUpResults.patient(4));
    assertRefused(
        List.of(MadeUpResults.patient(1), MadeUpResults.patient(2), other),
        ", line 3: is of another run than line 1 (",
        named);
  }

  /** The parts of a run that was divided among machines. */
  @Test
  void partsOfARunMayBeJoined() {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    fixture.repeatCohort(2);
    List<String> patients = Fixture.lines(fixture.cohort);
    StringBuilder joined = new StringBuilder();
    for (String patient : patients) {
      Fixture.write(fixture.cohort, patient + "\n");
      Cli.Outcome part = fixture.explain("--overwrite");
      assertThat(part.code()).as(part.err()).isZero();
      joined.append(Fixture.read(fixture.out));
    }
    Path all = temp.resolve("all.jsonl");
    Fixture.write(all, joined.toString());

    Path table = temp.resolve("patients.csv");
    Cli.Outcome exported = Cli.run("export", "--in", all, "--rows", "patients", "--out", table);
    assertThat(exported.code()).as(exported.err()).isZero();
    assertThat(Fixture.lines(table)).hasSize(1 + patients.size());
    Cli.Outcome report = Cli.run("report", "--in", all, "--out", temp.resolve("all.html"));
    assertThat(report.code()).as(report.err()).isZero();
  }
}
