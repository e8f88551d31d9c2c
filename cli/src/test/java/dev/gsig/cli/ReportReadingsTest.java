package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report on several methods of one run, in a real browser. */
class ReportReadingsTest extends InABrowser {
  private static Path page;
  private static Path published;

  @BeforeAll
  static void makeTheReports(@TempDir Path temp) {
    Fixture f = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    Cli.Outcome run = f.explain("--groups", "auto", "--tolerance", 0.01);
    assertThat(run.code()).as(run.err()).isZero();
    page = report(f.out, temp.resolve("report.html"));
    published = report(f.out, temp.resolve("published.html"), "--method", "gsig");
  }

  @Test
  void theOneThatAddsUpIsShownFirst() {
    browser.openUnfolded(page, "#patient-1");
    assertThat(browser.one(".readings .about").getText()).contains("This page shows IG.");
    assertThat(browser.texts(".readings tbody th")).containsExactly("IG", "GS-IG");
    assertThat(browser.texts(".sums .about"))
        .anyMatch(t -> t.contains("Estimated error of the contributions"));
    assertThat(browser.one("#origin").getText()).contains("method GS-IG, IG");
  }

  @Test
  void theOtherIsAClickAwayAndStaysForTheNextPatient() {
    browser.openUnfolded(page, "#patient-1");
    String complete = browser.one(".falls").getText();
    browser.one("#reading-gsig").click();
    assertThat(browser.one(".readings .about").getText()).contains("This page shows GS-IG.");
    assertThat(browser.one(".falls").getText()).isNotEqualTo(complete);
    assertThat(browser.texts(".sums .about")).noneMatch(t -> t.contains("Estimated error"));
    browser.openUnfolded(page, "#patient-2");
    browser.one("#reading-gsig").click();
    browser.one("#reading-ig").click();
    assertThat(browser.one(".readings .about").getText()).contains("This page shows IG.");
  }

  /** theta is GS-IG's, whichever is shown. */
  @Test
  void theCurveIsOfTheMethodThatChose() {
    browser.openUnfolded(page, "#patient-1");
    assertThat(browser.one(".theta h2").getText()).isEqualTo("theta of GS-IG");
    assertThat(browser.one(".theta .about").getText()).contains("Chosen: ", "50 steps");
    browser.openUnfolded(page, "#cohort");
    assertThat(browser.one(".d-theta").getText()).doesNotContain("Not defined");
  }

  @Test
  void anotherMayBeShownFirst() {
    browser.openUnfolded(published, "#patient-1");
    assertThat(browser.one(".readings .about").getText()).contains("This page shows GS-IG.");
    assertThat(browser.texts(".readings tbody th")).containsExactly("GS-IG", "IG");
  }
}
