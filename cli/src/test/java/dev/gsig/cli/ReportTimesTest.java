package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When things happened, years or hours before the last visit, in a real browser. */
class ReportTimesTest extends InABrowser {
  private static final Pattern TIME = Pattern.compile("\"time\":\"[0-9T:-]+\"");

  @TempDir Path temp;

  /** A patient whose visits begin every so many hours on the first of January 2000. */
  private Path every(int hours) {
    Matcher times = TIME.matcher(MadeUpResults.patient(3));
    StringBuilder line = new StringBuilder();
    for (int visit = 0; times.find(); visit++) {
      String time =
          String.format("2000-01-%02dT%02d:00:00", 1 + visit * hours / 24, visit * hours % 24);
      times.appendReplacement(line, "\"time\":\"" + time + "\"");
    }
    return report(temp, List.of(times.appendTail(line).toString()));
  }

  @Test
  void visitsOfOneDayStandHoursApart() {
    browser.openUnfolded(every(7), "#patient-1");

    int visits = browser.all("article.visit").size();
    assertThat(visits).isGreaterThan(2);
    assertThat(browser.texts(".lane-axis .tick")).contains("6 hours", "last visit");
    assertThat(browser.texts(".visit .since")).contains("the same day");
    List<String> places =
        browser.all("a.event").stream()
            .map(dot -> dot.getDomAttribute("style"))
            .distinct()
            .toList();
    assertThat(places).hasSizeGreaterThanOrEqualTo(visits);
  }

  @Test
  void visitsYearsApartHaveYears() {
    browser.openUnfolded(report(temp, List.of(MadeUpResults.patient(3))), "#patient-1");

    assertThat(browser.texts(".lane-axis .tick")).anyMatch(text -> text.endsWith("years"));
    assertThat(browser.texts(".visit .since")).anyMatch(text -> text.endsWith("years later"));
  }

  /** A dot's area is the effect's size; a lane is named and takes no more room than its dots. */
  @Test
  void dotsGrowWithTheEffectInLanesThatAreNamed() {
    browser.openUnfolded(report(temp, List.of(MadeUpResults.patient(3))), "#patient-1");

    assertThat(browser.texts(".lane-name")).containsExactly("Diagnoses");
    Object ranked =
        browser.ask(
            "const size = dot => parseFloat(dot.style.getPropertyValue('--size'));"
                + "const effect = dot => Math.abs(Number(dot.title.split(': ').pop().replace('\u2212', '-')));"
                + "const dots = [...document.querySelectorAll('a.event')];"
                + "return dots.length > 3 && dots.every((dot, i) => i === 0 || effect(dot) <= effect(dots[i - 1])"
                + "  && size(dot) <= size(dots[i - 1]));");
    assertThat(ranked).isEqualTo(true);
    assertThat((Long) browser.ask("return document.querySelector('.lane').offsetHeight"))
        .isLessThan(90);
  }
}
