package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeValuesTest {
  @TempDir Path folder;

  private static Trajectory patient(String id, List<String> codes, Double... values) {
    Visit visit = new Visit(null, codes, null, null, null, Arrays.asList(values));
    return new Trajectory(id, List.of(visit), Map.of(), null);
  }

  private static CodeValues of(String code, double... values) {
    return CodeValues.of(
        List.of(
            patient(
                "p",
                Collections.nCopies(values.length, code),
                Arrays.stream(values).boxed().toArray(Double[]::new))),
        Vocabulary.of(Map.of(code, 0)));
  }

  @Test
  void countsTheValuesOfTheVocabularysCodesInItsOrder() {
    Vocabulary vocabulary = Vocabulary.of(Map.of("[PAD]", 0, "na", 1, "crea", 2, "bare", 3));
    CodeValues values =
        CodeValues.of(
            List.of(
                patient("p", List.of("crea", "na", "bare"), 1.0, 140.0, null),
                patient("q", List.of("crea", "rare", "na"), 4.0, 7.0, null)),
            vocabulary);

    assertThat(values.codes()).containsExactly("na", "crea");
    assertThat(values.count("crea")).isEqualTo(2);
    assertThat(values.mean("crea")).isEqualTo(2.5);
    assertThat(values.sd("crea")).isEqualTo(1.5);
    assertThat(values.has("bare")).isFalse();
    assertThat(values.has("rare")).isFalse();
    assertThat(values.standardised("crea", 4.0)).isEqualTo(1.0);
    assertThat(values.standardised("na", 150.0)).as("one value has no spread").isZero();
    assertThatThrownBy(() -> values.mean("bare"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no value of \"bare\" is known");
  }

  /** Against decimal arithmetic of 60 digits, where a naive sum has lost them all. */
  @ParameterizedTest
  @CsvSource({"0, 1", "1e9, 1e-3", "-7e15, 1", "0, 1e100"})
  void isExactToTheLastDigits(double center, double scale) {
    Random random = new Random(22);
    double[] values = random.doubles(1_000, -1, 1).map(u -> center + scale * u).toArray();
    MathContext digits = new MathContext(60);
    BigDecimal n = BigDecimal.valueOf(values.length);
    BigDecimal sum = Arrays.stream(values).mapToObj(BigDecimal::new).reduce(BigDecimal::add).get();
    BigDecimal mean = sum.divide(n, digits);
    BigDecimal squares =
        Arrays.stream(values)
            .mapToObj(v -> new BigDecimal(v).subtract(mean).pow(2))
            .reduce(BigDecimal::add)
            .get();
    double sd = squares.divide(n, digits).sqrt(digits).doubleValue();

    CodeValues moments = of("lab", values);

    assertThat(moments.mean("lab"))
        .isCloseTo(mean.doubleValue(), within(Math.ulp(mean.doubleValue())));
    assertThat(moments.sd("lab")).isCloseTo(sd, offset(1e-13 * sd));
  }

  @Test
  void equalValuesHaveNoSpreadThoughTheirRoundedMeanIsAnotherNumber() {
    CodeValues values =
        of("lab", Collections.nCopies(3, 0.1).stream().mapToDouble(v -> v).toArray());

    assertThat(values.mean("lab")).isEqualTo(0.1);
    assertThat(values.sd("lab")).isZero();
    assertThat(values.standardised("lab", 5.0)).isZero();
  }

  @Test
  void comesBackToTheBit() throws Exception {
    CodeValues values = of("a \"lab\"", new Random(1).doubles(7).toArray());
    Path file = folder.resolve(CodeValues.FILE_NAME);
    values.write(file);
    CodeValues read = CodeValues.read(file);

    assertThat(read.codes()).isEqualTo(values.codes());
    assertThat(read.count("a \"lab\"")).isEqualTo(7);
    assertThat(read.mean("a \"lab\"")).isEqualTo(values.mean("a \"lab\""));
    assertThat(read.sd("a \"lab\"")).isEqualTo(values.sd("a \"lab\""));
    Path again = folder.resolve("again.json");
    read.write(again);
    assertThat(again).hasSameBinaryContentAs(file);
  }

  @Test
  void writesALineForEachCode() throws Exception {
    Path file = folder.resolve(CodeValues.FILE_NAME);
    of("lab", 1, 2).write(file);

    assertThat(file).hasContent("{\n\"lab\": {\"count\":2,\"mean\":1.5,\"sd\":0.5}\n}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | no code has a value; remove the file if the cohort has no values",
        "{\"a\":1} | \"a\" must be an object, but is 1",
        "{\"a\":{\"mean\":1,\"sd\":1}} | \"a.count\" is missing; it must be a whole number",
        "{\"a\":{\"count\":0,\"mean\":1,\"sd\":1}} | \"a.count\" must be at least 1, but is 0",
        "{\"a\":{\"count\":1,\"mean\":NaN,\"sd\":1}} | \"a.mean\" is NaN, which is no number;"
            + " write null where a value is missing",
        "{\"a\":{\"count\":1,\"mean\":1,\"sd\":-1}} | \"a.sd\" must not be negative, but is -1.0",
        "[] | must hold a JSON object, { ... }, but holds a list"
      })
  void refusals(String json, String message) throws Exception {
    Path file = Files.writeString(folder.resolve(CodeValues.FILE_NAME), json);

    assertThatThrownBy(() -> CodeValues.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": " + message);
  }

  @Test
  void refusesWhatIsBeyondADouble() {
    assertThatThrownBy(() -> of("lab", 1e308, 1.1e308))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the values of \"lab\" are too large to add up");
    assertThatThrownBy(() -> of("lab", 0, 1e-150).standardised("lab", 1e200))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is too far from the mean");
  }

  @Test
  void refusesPatientsWithoutValues() {
    assertThatThrownBy(
            () ->
                CodeValues.of(
                    List.of(patient("p", List.of("a"), (Double) null)),
                    Vocabulary.of(Map.of("a", 0))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("no training patient has a value of a code in the vocabulary");
  }
}
