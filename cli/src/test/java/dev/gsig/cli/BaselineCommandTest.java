package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.Baseline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineCommandTest {
  @TempDir Path temp;

  @Test
  void writesIntoTheModelFolder() {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);

    assertThat(Baseline.load(fixture.baseline()).patients()).isEqualTo(3);
  }

  @Test
  void replacesAnEarlierOneAndIsReproducible() throws IOException {
    Fixture fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    byte[] first = Files.readAllBytes(fixture.baseline());

    Cli.Outcome again = Cli.run("baseline", "--model", fixture.model, "--cohort", fixture.cohort);
    assertThat(again.code()).isZero();
    assertThat(Files.readAllBytes(fixture.baseline())).isNotEqualTo(first);

    Cli.run("baseline", "--model", fixture.model, "--cohort", fixture.validation);
    assertThat(Files.readAllBytes(fixture.baseline())).isEqualTo(first);
  }

  @Test
  void writesWhereItIsTold() {
    Fixture fixture = Fixture.copy(Fixture.SEQUENCE_ONLY, temp);
    Path out = temp.resolve("means.safetensors");
    Cli.Outcome outcome =
        Cli.run(
            "baseline",
            "--model",
            fixture.model,
            "--cohort",
            fixture.validation,
            "--out",
            out,
            "--backend",
            "ejml");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("3 validation patients in " + out);
    assertThat(out).exists();
    assertThat(fixture.baseline()).doesNotExist();
  }
}
