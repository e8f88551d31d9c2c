package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gsig cohort fhir} from the outside. */
class FhirCohortCommandTest {
  private static final Path DATA = Path.of("..", "..", "shared", "data");

  @TempDir Path temp;

  private Path cohort(String source, Path input, String... options) {
    Path out = temp.resolve("cohort-" + source);
    List<Object> args =
        new ArrayList<>(List.of("cohort", source, "--input", input, "--out", out, "--overwrite"));
    args.addAll(Arrays.asList(options));
    Cli.Outcome outcome = Cli.run(args.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return out;
  }

  private void assertSame(Path tables, Path bulk, String... options) throws IOException {
    Path csv = cohort("synthea", tables, options);
    Path fhir = cohort("fhir", bulk, options);
    List<String> files = new ArrayList<>(List.of("train.jsonl", "validation.jsonl", "test.jsonl"));
    files.addAll(List.of("vocab.json", "descriptions.json", "display.json"));
    for (String file : files) {
      assertThat(Files.mismatch(csv.resolve(file), fhir.resolve(file))).as(file).isEqualTo(-1);
    }
  }

  @Test
  void theSamePatientsGiveTheSameCohort() throws IOException {
    Path tables = temp.resolve("tables");
    Path bulk = temp.resolve("bulk");
    SyntheaTables.write(tables, 12);
    SyntheaAsFhir.write(tables, bulk);
    String[] common = {"--seed", "3", "--split", "0.5,0.25,0.25", "--tabular", "bmi=39156-5"};

    assertSame(tables, bulk, with(common, "--task", "heart-failure"));
    assertSame(tables, bulk, with(common, "--task", "mortality"));
  }

  private static String[] with(String[] options, String... more) {
    List<String> all = new ArrayList<>(Arrays.asList(options));
    all.addAll(Arrays.asList(more));
    return all.toArray(String[]::new);
  }

  /** 2,361 patients, with values. */
  @Test
  @Tag("cohort")
  void thoseOfSyntheaGiveTheSameCohort() throws IOException {
    Path tables = DATA.resolve("synthea-2000");
    assumeThat(tables).isDirectory();
    Path bulk = temp.resolve("bulk");
    SyntheaAsFhir.write(tables, bulk);

    assertSame(tables, bulk, "--task", "mortality", "--values", "--tabular", "sbp=8480-6");
  }

  /** What Synthea wrote, as tools/check_fhir_cohort.py reads it a second time. */
  @Test
  void whatSyntheaWritesIsReadWhole() {
    Path bulk = DATA.resolve("fhir-bulk-10");
    assumeThat(bulk).isDirectory();
    Path out =
        cohort(
            "fhir",
            bulk,
            "--task",
            "heart-failure",
            "--target-codes",
            "d_59621000",
            "--split",
            "0.6,0.2,0.2",
            "--seed",
            "3");
    JsonObject report = Json.read(out.resolve("cohort-report.json"));
    assertThat(report.object("dropped").keys()).isEmpty();
    assertThat(report.object("rows_read").integer("Procedure")).isEqualTo(2056);
    assertThat(report.object("visits_per_line").number("mean") * 13).isEqualTo(433);
  }

  @Test
  void systemsAreOfFhirAlone() {
    refused("synthea", "snomed", "--code-systems is for fhir");
    refused("fhir", "snomedct", "the code system \"snomedct\" is not known; name some of icd-10,");
  }

  private void refused(String source, String systems, String message) {
    List<Object> args = List.of("cohort", source, "--input", "in", "--out", temp.resolve("out"));
    List<Object> all = new ArrayList<>(args);
    all.addAll(List.of("--task", "mortality", "--code-systems", systems));
    Cli.Outcome outcome = Cli.run(all.toArray());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains(message);
  }
}
