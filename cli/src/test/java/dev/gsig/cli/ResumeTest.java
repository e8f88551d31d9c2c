package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTest {
  @TempDir Path temp;
  private Fixture fixture;
  private byte[] whole;

  @BeforeEach
  void explainEverything() throws IOException {
    fixture = Fixture.withBaseline(Fixture.SEQUENCE_ONLY, temp);
    fixture.repeatCohort(2);
    assertThat(fixture.explain().code()).isZero();
    whole = Files.readAllBytes(fixture.out);
  }

  private void cutTo(int bytes) throws IOException {
    Files.write(fixture.out, Arrays.copyOf(whole, bytes));
  }

  private int endOfLine(int line) {
    int end = 0;
    for (int i = 0; i < line; i++) {
      while (whole[end] != '\n') {
        end++;
      }
      end++;
    }
    return end;
  }

  private void assertRefused(Cli.Outcome outcome, byte[] unchanged, String... parts)
      throws IOException {
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errLines()).singleElement().asString().contains(parts);
    assertThat(Files.readAllBytes(fixture.out)).isEqualTo(unchanged);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 6})
  void continuesBehindCompleteLines(int lines) throws IOException {
    cutTo(endOfLine(lines));
    Cli.Outcome outcome = fixture.explain("--resume");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(Files.readAllBytes(fixture.out)).isEqualTo(whole);
    assertThat(outcome.err()).contains("gsig: " + (6 - lines) + " patient");
    if (lines > 0) {
      assertThat(outcome.err()).contains(lines + " kept from before");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 5})
  void dropsHalfALine(int lines) throws IOException {
    for (int half : List.of(1, (endOfLine(lines + 1) - endOfLine(lines)) / 2)) {
      cutTo(endOfLine(lines) + half);
      assertThat(fixture.explain("--resume").code()).isZero();
      assertThat(Files.readAllBytes(fixture.out)).isEqualTo(whole);
    }
    cutTo(endOfLine(lines + 1) - 1);
    assertThat(fixture.explain("--resume").code()).isZero();
    assertThat(Files.readAllBytes(fixture.out)).isEqualTo(whole);
  }

  @Test
  void aTailBehindTheLastPatientIsDropped() throws IOException {
    Files.writeString(fixture.out, "{\"subject_id\":", StandardOpenOption.APPEND);
    assertThat(fixture.explain("--resume").code()).isZero();
    assertThat(Files.readAllBytes(fixture.out)).isEqualTo(whole);
  }

  @Test
  void startsWhereThereIsNothing() throws IOException {
    Files.delete(fixture.out);
    assertThat(fixture.explain("--resume").code()).isZero();
    assertThat(Files.readAllBytes(fixture.out)).isEqualTo(whole);
  }

  @Test
  void needsNoSideFile() throws IOException {
    cutTo(endOfLine(2));
    Files.delete(fixture.provenance());
    assertThat(fixture.explain("--resume").code()).isZero();
    assertThat(Files.readAllBytes(fixture.out)).isEqualTo(whole);
    assertThat(fixture.provenance()).exists();
  }

  @Test
  void theMedianIsThatOfTheWholeCohort() throws IOException {
    cutTo(0);
    String fresh = fixture.explain("--resume").err();
    cutTo(endOfLine(4));
    String resumed = fixture.explain("--resume").err();

    String median = "median relative completeness gap ";
    assertThat(resumed.substring(resumed.indexOf(median)))
        .isEqualTo(fresh.substring(fresh.indexOf(median)));
  }

  @Test
  void anotherPatientIsRefused() throws IOException {
    List<String> lines = Fixture.lines(fixture.cohort);
    Fixture.write(
        fixture.cohort,
        String.join("\n", lines.get(0), lines.get(2), lines.get(1), lines.get(3)) + "\n");
    assertRefused(
        fixture.explain("--resume"), whole, "out.jsonl, line 2", "\"r0-1\"", "\"r0-2\"", "--out");
  }

  @Test
  void moreResultsThanPatientsAreRefused() throws IOException {
    Fixture.write(fixture.cohort, Fixture.lines(fixture.cohort).get(0) + "\n");
    assertRefused(fixture.explain("--resume"), whole, "out.jsonl, line 2", "beyond the end");
  }

  @Test
  void otherOptionsAreRefused() throws IOException {
    assertRefused(
        fixture.explain("--resume", "--target", "probability"), whole, "target", "\"logit\"");
    Files.delete(fixture.provenance());
    assertRefused(
        fixture.explain("--resume", "--steps", 7), whole, "line 1", "\"steps\" is 6, but 7");
    assertRefused(
        fixture.explain("--resume", "--baseline", "zero"), whole, "\"baseline\" is manifold-mean");
  }

  @Test
  void anotherModelIsRefused() throws IOException {
    new RawSafetensors(fixture.weights()).data(0, 0.125f).save();
    Cli.run("baseline", "--model", fixture.model, "--cohort", fixture.validation);
    assertRefused(fixture.explain("--resume"), whole, "weights_sha256");
  }

  @Test
  void whatIsNoResultIsRefused() throws IOException {
    byte[] notes = "some notes\nof mine\n".getBytes(StandardCharsets.UTF_8);
    Files.write(fixture.out, notes);
    Files.delete(fixture.provenance());
    assertRefused(fixture.explain("--resume"), notes, "out.jsonl, line 1", "malformed JSON");
  }

  @Test
  void aFaultInTheCohortLeavesWhatIsDoneAndCanBeMended() throws IOException {
    String sound = Fixture.read(fixture.cohort);
    List<String> lines = Fixture.lines(fixture.cohort);
    Fixture.write(
        fixture.cohort, String.join("\n", lines.subList(0, 4)) + "\n{\"subject_id\":\"r1-1\",\n");
    cutTo(0);
    Cli.Outcome broken = fixture.explain("--overwrite", "--threads", "3");
    assertThat(broken.code()).isEqualTo(2);
    assertThat(broken.errLines())
        .singleElement()
        .asString()
        .contains("cohort.jsonl, line 5", "malformed JSON", "4 results before it", "--resume");
    assertThat(Files.readAllBytes(fixture.out)).isEqualTo(Arrays.copyOf(whole, endOfLine(4)));
    assertThat(Fixture.read(fixture.provenance())).contains("\"finished\":null");

    Fixture.write(fixture.cohort, sound);
    assertThat(fixture.explain("--resume").code()).isZero();
    assertThat(Files.readAllBytes(fixture.out)).isEqualTo(whole);
    assertThat(Fixture.read(fixture.provenance())).doesNotContain("\"finished\":null");
  }
}
