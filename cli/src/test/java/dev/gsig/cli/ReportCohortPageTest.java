package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cohort's page, the search and the list of patients, in a real browser. */
class ReportCohortPageTest extends ReportPage {
  @BeforeEach
  void openCohort() {
    browser.open(page, "#cohort");
  }

  /** Fault 12 of the first page: it showed theta, and patients as they came. */
  @Test
  void risksComeFirstAndTheMethodIsFolded() {
    assertThat(browser.texts("main > section h2"))
        .startsWith("Predicted risk", "Patients by risk", "What moves the risk");
    assertThat(browser.one(".d-theta").isDisplayed()).isFalse();
    assertThat(browser.texts("main > details > summary"))
        .containsExactly("All codes", "Method", "How to read this");
    List<Double> risks =
        numbers(results, "explained_probability").stream()
            .sorted(Comparator.reverseOrder())
            .toList();
    assertThat(browser.values("#list .chance")).isEqualTo(risks);
    assertThat(browser.values(".highest td.number data")).isEqualTo(risks.subList(0, 10));
    browser.one(".highest tbody a").click();
    browser.until("document.body.dataset.view === 'patient'");
    assertThat(browser.values(".probability data")).containsExactly(risks.get(0));
  }

  @Test
  void theCohortsFiguresAreThoseOfTheResults() {
    browser.openUnfolded(page, "#cohort");
    Sample gaps = new Sample();
    Sample reductions = new Sample();
    Sample risks = new Sample();
    for (JsonObject result : results) {
      gaps.add(result.number("completeness_gap_relative"));
      reductions.add(1 - result.number("l21") / result.number("l21_theta1"));
      risks.add(result.number("explained_probability"));
    }
    assertThat(browser.values("main > .keys-row data"))
        .containsExactly((double) PATIENTS, risks.median(), 0.0);
    assertThat(browser.values(".method data")).containsExactly(reductions.median(), gaps.median());
    for (String name : List.of(".d-theta", ".d-reduction", ".d-gap")) {
      List<Double> counts = browser.values(name + " td data");
      assertThat(counts.stream().mapToDouble(x -> x).sum()).as(name).isEqualTo(PATIENTS);
      assertThat(browser.all(name + " .bin")).hasSameSizeAs(counts);
    }
    assertThat(browser.one("main .warning").getText())
        .contains(gaps.above(GapAdvice.LARGE) + " of 40 patients");
  }

  @Test
  void theCodesThatMatterMostHaveTheirCounts() {
    browser.openUnfolded(page, "#cohort");
    browser.one("#least option").click();
    List<List<Double>> rows = new ArrayList<>();
    List<Double> values = browser.values(".codes-table td data");
    for (int i = 0; i < values.size(); i += 4) {
      rows.add(values.subList(i, i + 4));
    }
    // The hostile one has no description beside its code.
    assertThat(browser.texts(".codes-table th .code")).hasSize(10).doesNotHaveDuplicates();
    assertThat(rows).hasSize(11);
    assertThat(rows).isSortedAccordingTo((a, b) -> Double.compare(b.get(0), a.get(0)));

    double absolute = 0;
    double signed = 0;
    int patients = 0;
    int occurrences = 0;
    for (JsonObject result : results) {
      double sum = 0;
      int here = 0;
      for (JsonObject token : result.objects("tokens")) {
        if (token.string("code").equals("d_7")) {
          sum += token.number("signed");
          here++;
        }
      }
      absolute += Math.abs(sum);
      signed += sum;
      occurrences += here;
      patients += here > 0 ? 1 : 0;
    }
    List<Double> row =
        rows.get(browser.texts(".codes-table tbody th").indexOf("Heart failure d_7"));
    assertThat(row.get(0)).isCloseTo(absolute / patients, within(1e-12));
    assertThat(row.get(1)).isCloseTo(signed / patients, within(1e-12));
    assertThat(row.subList(2, 4)).containsExactly((double) patients, (double) occurrences);
  }

  @Test
  void theCodesAreRankedByWeightToo() {
    browser.openUnfolded(page, "#cohort");
    browser.one("#mode label:last-of-type").click();
    assertThat(browser.one(".codes-table thead").getText()).contains("Mean l2");
    assertThat(browser.values(".codes-table td:nth-child(3) data"))
        .isNotEmpty()
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void aCodeLeadsToItsPatients() {
    browser.openUnfolded(page, "#cohort");
    browser.one(".codes-table button").click();
    browser.until("document.activeElement.id === 'search'");
    assertThat(browser.all("#list li")).isNotEmpty().hasSizeLessThan(PATIENTS);
  }

  @Test
  void theSearchFindsPatientsAndCodes() {
    assertThat(browser.texts("#found")).containsExactly("40 patients");
    browser.one("#search").sendKeys("PATIENT-17");
    assertThat(browser.contents("#list .who bdi")).containsExactly("patient-17");

    browser.one("#search").clear();
    browser.one("#search").sendKeys("heart failure");
    List<String> having =
        results.stream()
            .filter(r -> r.objects("tokens").stream().anyMatch(t -> t.string("code").equals("d_7")))
            .map(r -> r.string("subject_id"))
            .toList();
    assertThat(having).isNotEmpty().hasSizeLessThan(PATIENTS);
    assertThat(browser.contents("#list .who bdi")).containsExactlyInAnyOrderElementsOf(having);
    assertThat(browser.contents("#list .hits")).containsOnly("Heart failure");
    assertThat(browser.texts("#found")).containsExactly(having.size() + " of 40 patients");

    browser.one("#list a").click();
    browser.until("document.body.dataset.view === 'patient'");
    assertThat(browser.texts(".chip.match .text")).isNotEmpty().containsOnly("Heart failure");

    browser.one("#search").clear();
    browser.one("#search").sendKeys("no such thing");
    assertThat(browser.texts("#found")).containsExactly("0 of 40 patients");
  }

  @Test
  void patientsAreOrderedByRiskAndByGap() {
    List<Double> inFile = numbers(results, "explained_probability");
    browser.one("#order option[value=gap]").click();
    assertThat(browser.contents("#list .who").get(0)).contains("gap 70.0%");
    browser.one("#order option[value=file]").click();
    assertThat(browser.values("#list .chance")).isEqualTo(inFile);
    browser.one("#order option[value=risk]").click();
    assertThat(browser.values("#list .chance"))
        .isEqualTo(inFile.stream().sorted(Comparator.reverseOrder()).toList());
  }
}
