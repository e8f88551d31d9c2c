package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several methods of one run, from the command line to what reads its results. */
class ReadingsTest {
  @TempDir Path temp;

  private Fixture f;

  @BeforeEach
  void model() {
    f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
  }

  private static List<JsonObject> results(Path file) {
    List<JsonObject> results = new ArrayList<>();
    Fixture.lines(file).forEach(line -> results.add(Json.object(line, "result")));
    return results;
  }

  private Cli.Outcome explain(Object... args) {
    List<Object> all = new ArrayList<>(List.of(args));
    if (!all.contains("--resume") && !all.equals(List.of("--method", "gsig"))) {
      all.addAll(List.of("--tolerance", 0.01));
    }
    Cli.Outcome run = f.explain(all.toArray());
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  private static double sum(JsonObject result) {
    double sum = result.object("special_tokens").number("signed");
    for (String part : List.of("tokens", "tabular")) {
      sum += result.objects(part).stream().mapToDouble(each -> each.number("signed")).sum();
    }
    return sum;
  }

  @Test
  void explainHasTheCompleteAttributionBesideGsIg() {
    Cli.Outcome run = explain();
    assertThat(run.err()).contains(" by gsig, ", " by ig");
    for (JsonObject result : results(f.out)) {
      assertThat(ResultReadings.methods(result)).containsExactly("gsig", "ig");
      JsonObject complete = ResultReadings.ledBy(result, "ig");
      double change = result.number("score") - result.number("baseline_score");
      assertThat(sum(complete)).isCloseTo(change, within(0.01 * Math.abs(change) + 1e-5));
    }
    assertThat(Json.read(f.provenance()).object("inputs").strings("methods"))
        .containsExactly("gsig", "ig");
    Cli.Outcome verified = Cli.run("verify", f.out);
    assertThat(verified.code()).as(verified.err()).isZero();
  }

  /** A line that is led by another method is the line of a run with that one first. */
  @Test
  void whatLeadsIsOnlyAnOrder() {
    explain("--method", "gsig,ig,bounded-measure");
    List<JsonObject> published = results(f.out);
    explain("--method", "bounded-measure,gsig,ig", "--overwrite");
    List<JsonObject> other = results(f.out);
    for (int i = 0; i < other.size(); i++) {
      JsonObject led = ResultReadings.ledBy(published.get(i), "bounded-measure");
      assertThat(ResultReadings.methods(led)).containsExactly("bounded-measure", "gsig", "ig");
      assertThat(withoutGradients(led)).isEqualTo(withoutGradients(other.get(i)));
      JsonObject back = ResultReadings.ledBy(led, "gsig");
      assertThat(withoutGradients(ResultReadings.ledBy(back, "bounded-measure")))
          .isEqualTo(withoutGradients(led));
    }
  }

  /** Who comes first pays for the gradients that are shared. */
  private static String withoutGradients(JsonObject result) {
    return Json.write(result.toMap()).replaceAll("\"gradients\":\\d+", "\"gradients\":0");
  }

  @Test
  void exportTakesTheOneThatIsNamed() {
    explain();
    Path table = temp.resolve("patients.csv");
    Cli.Outcome lead = Cli.run("export", "--in", f.out, "--out", table, "--rows", "patients");
    assertThat(lead.code()).as(lead.err()).isZero();
    assertThat(Fixture.lines(table).get(1)).endsWith(",gsig,,");
    Cli.Outcome named =
        Cli.run("export", "--in", f.out, "--out", table, "--rows", "patients", "--method", "ig");
    assertThat(named.code()).as(named.err()).isZero();
    assertThat(Fixture.lines(table).get(1)).endsWith(",ig,,").contains(",true,");
    Path none = temp.resolve("none.csv");
    Cli.Outcome refused = Cli.run("export", "--in", f.out, "--out", none, "--method", "dig");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.errLines())
        .singleElement()
        .asString()
        .contains("line 1: has no attributions by dig, but by gsig, ig");
    assertThat(none).doesNotExist();
  }

  @Test
  void aRunGoesOnWithItsMethodsOnly() {
    explain("--method", "gsig");
    Cli.Outcome refused = f.explain("--resume");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("methods", "[\"gsig\"]", "[\"gsig\",\"ig\"]");
    assertThat(f.provenance().toFile().delete()).isTrue();
    Cli.Outcome byLine = f.explain("--resume");
    assertThat(byLine.code()).isEqualTo(2);
    assertThat(byLine.err()).contains("\"method\" is gsig, but gsig,ig is asked for");
  }

  /** The steps are those of the sum that is read; the tolerance is of the reading. */
  @Test
  void whatIsReadOffSharedNodesGoesOn() {
    for (List<Object> args :
        List.<List<Object>>of(
            List.of("--method", "gsig", "--steps", 40), List.of("--tolerance", 0.001))) {
      List<Object> all = new ArrayList<>(args);
      all.addAll(List.of("--attribution", "shared", "--overwrite"));
      assertThat(f.explain(all.toArray()).code()).isZero();
      JsonObject first = results(f.out).get(0);
      assertThat(first.number("tolerance")).isEqualTo(args.contains(0.001) ? 0.001 : 0.01);
      assertThat(first.number("error_estimate")).isLessThanOrEqualTo(first.number("tolerance"));
      assertThat(first.integer("steps")).isEqualTo(args.contains(40) ? 40 : 50);
      String whole = Fixture.read(f.out);
      Fixture.write(f.out, whole.substring(0, whole.indexOf('\n') + 1));
      all.set(all.size() - 1, "--resume");
      Cli.Outcome resumed = f.explain(all.toArray());
      assertThat(resumed.code()).as(resumed.err()).isZero();
      assertThat(Fixture.read(f.out)).isEqualTo(whole);
      assertThat(Cli.run("verify", f.out).code()).isZero();
    }
  }

  @Test
  void methodsOfSeveralPathsAreRefused() {
    Cli.Outcome refused =
        f.explain("--method", "ig,expected-gradients", "--references", f.validation);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.errLines())
        .singleElement()
        .asString()
        .contains("of ig and expected-gradients one starts from a bank of patients");
  }

  @Test
  void halfAReadingIsRefused() {
    explain();
    JsonObject line = results(f.out).get(0);
    String text = Json.write(line.toMap());
    String cut = text.replaceFirst("(\"readings\":.*\"tokens\":\\[)\\{[^}]*\\},?", "$1");
    JsonObject damaged = Json.object(cut, "line 1");
    assertThatThrownBy(() -> ResultReadings.ledBy(damaged, "ig"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tokens")
        .hasMessageContaining("entries, the line has");
  }
}
