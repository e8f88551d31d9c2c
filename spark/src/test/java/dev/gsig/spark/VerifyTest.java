package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gsig verify} of what {@code gsig-spark} wrote. */
class VerifyTest {
  private static final int PATIENTS = 6;

  @TempDir private Path folder;
  private Path cohort;
  private Path out;

  @BeforeEach
  void explain() throws IOException {
    cohort = folder.resolve("cohort.jsonl");
    List<String> patients = Files.readAllLines(Path.of("..", "demo", "test.jsonl"));
    Files.write(cohort, patients.subList(0, PATIENTS));
    out = folder.resolve("out");
    run("jsonl").ok();
  }

  private Commands.Outcome run(String format) {
    return Commands.gsigSpark(
        "--model",
        Local.MODEL,
        "--cohort",
        cohort,
        "--method",
        "ig,gsig",
        "--steps",
        3,
        "--out",
        out,
        "--overwrite",
        "--out-format",
        format);
  }

  private Path part() throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .filter(file -> file.toFile().length() > 0)
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void whatSparkWroteIsComputedAgain() {
    Commands.Outcome verified = Commands.gsig("verify", out);

    assertThat(verified.code()).as(verified.said()).isZero();
    assertThat(verified.said()).contains("verified: 6 results are the same, byte for byte");
    Commands.Outcome some = Commands.gsig("verify", out, "--patients", 2);
    assertThat(some.said()).contains("verified: the first 2 of 6 results");
    JsonObject told = Json.read(out.resolve("_gsig.provenance.json"));
    assertThat(told.string("cohort")).isEqualTo(cohort.toString());
    assertThat(told.string("cohort_sha256")).hasSize(64);
    assertThat(told.object("inputs").string("weights_sha256")).hasSize(64);
    assertThat(told.integer("patients_explained")).isEqualTo(PATIENTS);
  }

  @Test
  void anotherDigitIsFound() throws IOException {
    Path part = part();
    String text = Files.readString(part);
    Files.writeString(part, text.replaceFirst("\"score\":(-?)\\d", "\"score\":$19"));

    Commands.Outcome verified = Commands.gsig("verify", out);

    assertThat(verified.code()).isEqualTo(3);
    assertThat(verified.said()).contains(": score is ", ", but recomputed it is ");
  }

  @Test
  void aPartThatIsMissingIsFound() throws IOException {
    Files.delete(part());

    Commands.Outcome verified = Commands.gsig("verify", out);

    assertThat(verified.code()).isEqualTo(3);
    assertThat(verified.said()).contains("has no result");
  }

  @Test
  void aResultTooManyIsFound() throws IOException {
    Path part = part();
    String first = Files.readAllLines(part).get(0);
    String subject = Json.object(first, "the result").string("subject_id");
    String other = first.replace("\"subject_id\":\"" + subject, "\"subject_id\":\"x" + subject);
    Files.writeString(out.resolve("part-99999"), other + "\n");
    Commands.Outcome more = Commands.gsig("verify", out);
    Files.writeString(out.resolve("part-99999"), first + "\n");
    Commands.Outcome twice = Commands.gsig("verify", out);

    assertThat(more.code()).isEqualTo(3);
    assertThat(more.said()).contains("who is not among the 6 patients of the run");
    assertThat(twice.code()).isEqualTo(3);
    assertThat(twice.said()).contains("is a second result of");
  }

  @Test
  void otherPatientsAreFound() throws IOException {
    Files.writeString(cohort, Files.readString(cohort).replaceFirst("\"age\": ?\\d", "\"age\":9"));

    Commands.Outcome verified = Commands.gsig("verify", out);

    assertThat(verified.code()).isEqualTo(2);
    assertThat(verified.said()).contains("is not what the results were made with");
  }

  @Test
  void parquetIsSaidNotToBeVerified() {
    run("parquet").ok();

    Commands.Outcome verified = Commands.gsig("verify", out);

    assertThat(verified.code()).isEqualTo(2);
    assertThat(verified.said()).contains("_gsig.provenance.json: no such file");
  }
}
