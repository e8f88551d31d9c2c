package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against figures worked out by hand. */
class ReportCohortTest {
  private final ReportCohort cohort = new ReportCohort(Descriptions.NONE);

  private void add(Double theta, Double reduction, Double gap, String... tokens) {
    StringBuilder json = new StringBuilder("{\"tokens\":[");
    for (int i = 0; i < tokens.length; i += 2) {
      json.append(i == 0 ? "" : ",")
          .append("{\"code\":\"" + tokens[i] + "\",\"known\":" + !tokens[i].startsWith("?"))
          .append(",\"l2\":2,\"signed\":" + tokens[i + 1] + "}");
    }
    JsonObject line = Json.object(json.append("],\"tabular\":[]}").toString(), "test");
    List<JsonObject> list = line.objects("tokens");
    cohort.add(
        new ReportResult(
            line, "p", 0.5, 0.5, false, 1, null, theta, reduction, gap, List.of(), list),
        true);
  }

  private JsonObject json() {
    return Json.object(Json.write(cohort.json()), "cohort");
  }

  private static List<String> bins(JsonObject distribution) {
    return distribution.list("bins").stream().map(String::valueOf).toList();
  }

  private static List<Long> counts(JsonObject distribution) {
    return distribution.list("bins").stream().map(bin -> (Long) ((List<?>) bin).get(2)).toList();
  }

  @Test
  void aCodeIsAveragedOverThePatientsWhoHaveIt() {
    add(1.0, 0.0, 0.0, "a", "0.5", "b", "1", "a", "-0.2");
    add(1.0, 0.0, 0.0, "a", "-0.7");
    add(1.0, 0.0, 0.0, "b", "3");

    JsonObject a = json().objects("codes").get(0);
    assertThat(a.string("code")).isEqualTo("a");
    assertThat(a.integer("patients")).isEqualTo(2);
    assertThat(a.integer("occurrences")).isEqualTo(3);
    assertThat(a.number("absolute")).isCloseTo((0.3 + 0.7) / 2, within(1e-15));
    assertThat(a.number("signed")).isCloseTo((0.3 - 0.7) / 2, within(1e-15));
    assertThat(a.number("l2")).isEqualTo(3);
    assertThat(json().objects("index").get(0).integers("codes")).containsExactly(0, 1);
    assertThat(json().objects("index").get(2).integers("codes")).containsExactly(1);
  }

  /** They are in the page's data, so that they can be searched for, but matter to nobody. */
  @Test
  void aCodeThatTheModelDoesNotKnowIsMarked() {
    add(1.0, 0.0, 0.0, "a", "0.5", "?x", "9", "b", "1");

    assertThat(json().objects("codes"))
        .extracting(code -> code.raw("known"))
        .containsExactly(true, false, true);
  }

  @Test
  void gapsAreCountedFromEachEdgeOn() {
    add(1.0, 0.0, 0.0);
    add(1.0, 0.0, 0.05);
    add(1.0, 0.0, 0.0500001);
    add(1.0, 0.0, 1.0);
    add(1.0, 0.0, 40.0);
    add(1.0, 0.0, null);

    JsonObject gap = json().object("gap");
    assertThat(bins(gap))
        .containsExactly(
            "[0.0, 0.01, 1]",
            "[0.01, 0.02, 0]",
            "[0.02, 0.05, 0]",
            "[0.05, 0.1, 2]",
            "[0.1, 0.2, 0]",
            "[0.2, 0.5, 0]",
            "[0.5, 1.0, 0]",
            "[1.0, null, 2]");
    assertThat(gap.integer("undefined")).isEqualTo(1);
    assertThat(gap.number("median")).isEqualTo(0.0500001);
    assertThat(json().integer("large_gaps")).isEqualTo(3);
  }

  @Test
  void thetasOfAGridAreCountedOneByOne() {
    add(5.0, 0.0, 0.0);
    add(0.1, 0.0, 0.0);
    add(5.0, 0.0, 0.0);
    add(null, 0.0, 0.0);

    assertThat(bins(json().object("theta"))).containsExactly("[0.1, 0.1, 1]", "[5.0, 5.0, 2]");
    assertThat(json().object("theta").integer("undefined")).isEqualTo(1);
  }

  @Test
  void manyDifferentThetasAreGathered() {
    for (int i = 0; i < 40; i++) {
      add(0.1 * Math.pow(50, i / 39.0), 0.0, 0.0);
    }
    List<?> bins = json().object("theta").list("bins");
    assertThat(bins).hasSize(15);
    assertThat(counts(json().object("theta")).stream().mapToLong(n -> n).sum()).isEqualTo(40);
  }

  @Test
  void reductionsAreCountedInBinsOfFivePercentBelowZeroToo() {
    add(1.0, -0.02, 0.0);
    add(1.0, 0.0, 0.0);
    add(1.0, 0.12, 0.0);
    add(1.0, null, 0.0);

    JsonObject reduction = json().object("l21_reduction");
    assertThat(counts(reduction)).containsExactly(1L, 1L, 0L, 1L);
    assertThat(((List<?>) reduction.list("bins").get(0)).get(0)).isEqualTo(-0.05);
    assertThat(reduction.number("median")).isZero();
  }

  @Test
  void reductionsThatSpreadFarGetWiderBins() {
    add(1.0, -30.0, 0.0);
    add(1.0, 0.9, 0.0);

    List<?> bins = json().object("l21_reduction").list("bins");
    assertThat(bins).hasSizeLessThanOrEqualTo(42);
    assertThat(counts(json().object("l21_reduction"))).contains(1L, 1L);
  }
}
