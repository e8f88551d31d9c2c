package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** By keyboard, on any screen, on paper and with any data; in a real browser. */
class ReportUseTest extends ReportPage {
  @Test
  void everythingWorksFromTheKeyboard() {
    browser.open(page, "");
    browser.one("#order option[value=file]").click();
    browser.ask("document.querySelector('#content').focus()");
    browser.press("n");
    browser.until("location.hash === '#patient-1'");
    browser.press("n");
    browser.until("location.hash === '#patient-2'");
    browser.press("p");
    browser.until("location.hash === '#patient-1'");
    browser.press("s");
    assertThat(browser.all(".chip.weight")).isNotEmpty();
    browser.press("s");
    assertThat(browser.all(".chip.weight")).isEmpty();
    browser.press("/");
    // From the search past the order to the first patient found.
    browser.press("patient-3", Keys.TAB);
    browser.press(Keys.TAB);
    browser.press(Keys.ENTER);
    browser.until("location.hash === '#patient-4'");
    browser.press("c");
    browser.until("document.body.dataset.view === 'cohort'");
  }

  @Test
  void theFirstStopSkipsToTheContentWithoutLeavingThePage() {
    openPatient(4);
    browser.press(Keys.TAB);
    browser.until("document.activeElement.className === 'skip'");
    browser.press(Keys.ENTER);
    browser.until("document.activeElement.id === 'content'");
    assertThat(browser.ask("return location.hash")).isEqualTo("#patient-5");
  }

  @Test
  void thePatientIsInSightInTheList() {
    openPatient(PATIENTS - 1);
    browser.one("#order option[value=file]").click();
    Object inSight =
        browser.ask(
            "const place = selector => document.querySelector(selector).getBoundingClientRect();"
                + "const [link, list] = [place('#list a[aria-current]'), place('.finder')];"
                + "return link.top >= list.top && link.bottom <= list.bottom + 1");
    assertThat(inSight).isEqualTo(true);
    assertThat((Number) browser.ask("return document.querySelector('.finder').scrollTop"))
        .as("the list is longer than the screen")
        .isNotEqualTo(0L);
  }

  @Test
  void escapeEmptiesTheSearchAndTheListIsWholeAgain() {
    browser.open(page, "#cohort");
    browser.one("#search").sendKeys("patient-17");
    assertThat(browser.all("#list li")).hasSize(1);
    browser.press(Keys.ESCAPE);
    assertThat(browser.ask("return document.querySelector('#search').value")).isEqualTo("");
    assertThat(browser.all("#list li")).hasSize(PATIENTS);
    assertThat(browser.texts("#found")).containsExactly("40 patients");
  }

  @Test
  void wordsAreFoundInAnyOrder() {
    browser.open(page, "#cohort");
    browser.one("#search").sendKeys("heart failure");
    int found = browser.all("#list li").size();
    browser.one("#search").clear();
    browser.one("#search").sendKeys("failure heart");
    assertThat(browser.all("#list li")).hasSize(found).isNotEmpty();
  }

  @Test
  void arrowsGoFromTheSearchAlongTheListAndEnterOpens() {
    browser.open(page, "#cohort");
    browser.one("#order option[value=file]").click();
    browser.one("#search").sendKeys("heart failure");
    List<String> found = browser.texts("#list .who bdi");
    browser.press(Keys.ENTER);
    browser.until("document.body.dataset.view === 'patient'");
    assertThat(browser.texts("main h1 bdi")).containsExactly(found.get(0));

    browser.ask("document.querySelector('#search').focus()");
    browser.press(Keys.ARROW_DOWN);
    browser.press(Keys.ARROW_DOWN);
    browser.press(Keys.ENTER);
    browser.until("document.querySelector('main h1 bdi').innerText === '" + found.get(1) + "'");
  }

  /** Next, Previous, n and p go along what is found, in its order, and the page counts it so. */
  @Test
  void neighboursAreThoseOfTheListAsItStands() {
    browser.open(page, "#cohort");
    browser.one("#order option[value=gap]").click();
    browser.one("#search").sendKeys("patient-1");
    List<String> found = browser.texts("#list .who bdi");
    browser.one("#list a").click();
    browser.until("document.body.dataset.view === 'patient'");
    assertThat(browser.texts("main h1 bdi")).containsExactly(found.get(0));
    assertThat(browser.texts(".patient-head .eyebrow"))
        .containsExactly("Patient 1 of " + found.size() + " found");

    browser.ask("document.querySelector('#content').focus()");
    browser.press("n");
    browser.until("document.querySelector('main h1 bdi').innerText === '" + found.get(1) + "'");
    browser.one(".patient-head nav a:last-child").click();
    browser.until("document.querySelector('main h1 bdi').innerText === '" + found.get(2) + "'");
    browser.ask("document.querySelector('#content').focus()");
    browser.press("p");
    browser.until("document.querySelector('main h1 bdi').innerText === '" + found.get(1) + "'");
  }

  /** Names break between words, or are cut where a single word does not fit. */
  @ParameterizedTest
  @CsvSource({"360", "800", "1280", "2560"})
  void theWholePageFitsAnyWidth(int width) {
    browser.size(width, 900);
    browser.openUnfolded(page, "#patient-5");
    assertThat(browser.ask("return document.documentElement.scrollWidth"))
        .isEqualTo(browser.ask("return document.documentElement.clientWidth"));
    browser.picture(Path.of("target", "report", "unfolded-" + width + ".png"));
  }

  @Test
  void theSwitchIsAGroupOfRadioButtons() {
    openPatient(0);
    browser.ask("document.querySelector('#mode input').focus()");
    browser.press(Keys.ARROW_RIGHT);
    assertThat(browser.all(".chip.weight")).isNotEmpty();
    assertThat(browser.ask("return document.activeElement.value")).isEqualTo("l2");
  }

  @Test
  void whatComesFromDataIsShownLiterally() {
    openPatient(PATIENTS - 1);
    assertThat(browser.texts("main h1 bdi")).containsExactly(HOSTILE_ID);
    String below =
        "const probe = document.body.appendChild(document.createElement('p'));"
            + "probe.id = 'probe';"
            + "const sheet = document.styleSheets[0];"
            + "sheet.insertRule('#probe::before { content: var(--below); }', sheet.cssRules.length);"
            + "return getComputedStyle(probe, '::before').content;";
    assertThat(browser.ask(below))
        .isEqualTo("\"Patient " + HOSTILE_ID.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    assertThat(browser.texts(".chip .text")).contains(HOSTILE_CODE);

    browser.one("#search").sendKeys("</script><img");
    assertThat(browser.texts("#list .who bdi")).containsExactly(HOSTILE_ID);
    assertThat(browser.texts("#list .hits")).containsExactly(HOSTILE_CODE);
    browser.open(page, "#cohort");
    browser.ask("document.querySelector('#fold-codes').open = true");
    browser.one("#least option").click();
    assertThat(browser.texts(".codes-table th")).contains(HOSTILE_CODE);
    // The page's own, and no others.
    assertThat(browser.all("script")).hasSize(4);
    assertThat(browser.all("img, iframe, object, main script")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"400, light", "400, dark", "1600, light", "1600, dark"})
  void fitsNarrowAndWideScreensInLightAndDark(int width, String scheme) {
    browser.size(width, 900);
    browser.look(scheme, "screen");
    for (String view : List.of("cohort", "patients", "patient-1", "patient-40")) {
      browser.open(page, "#" + view);
      assertThat(browser.ask("return innerWidth")).isEqualTo((long) width);
      assertThat(browser.ask("return document.documentElement.scrollWidth"))
          .as(view)
          .isEqualTo(browser.ask("return document.documentElement.clientWidth"));
      Object cutOff =
          browser.ask(
              "return [...document.querySelectorAll('main *')].filter(e => e.checkVisibility()"
                  + " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML)");
      assertThat(cutOff).as(view).isEqualTo(List.of());
      browser.picture(Path.of("target", "report", view + "-" + width + "-" + scheme + ".png"));
    }
    assertThat(browser.ask("return getComputedStyle(document.body).backgroundColor"))
        .isEqualTo(scheme.equals("dark") ? "rgb(18, 23, 29)" : "rgb(244, 245, 243)");
  }

  /** WCAG's contrast of the text on each chip, its own colour being laid over the card's. */
  private static final String LEAST_CONTRAST =
      "const rgba = text => text.match(/[0-9.]+/g).map(Number);"
          + "const light = c => c.map(v => v / 255)"
          + "  .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)"
          + "  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);"
          + "return Math.min(...[...document.querySelectorAll('.chip')].map(chip => {"
          + "  const card = rgba(getComputedStyle(chip.closest('.card')).backgroundColor);"
          + "  const [r, g, b, a = 1] = rgba(getComputedStyle(chip).backgroundColor);"
          + "  const back = light([r, g, b].map((v, i) => v * a + card[i] * (1 - a)));"
          + "  const ink = light(rgba(getComputedStyle(chip).color).slice(0, 3));"
          + "  return (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05);"
          + "}))";

  @ParameterizedTest
  @CsvSource({"light", "dark"})
  void textOnTheStrongestColoursCanBeRead(String scheme) {
    browser.look(scheme, "screen");
    for (int number = 0; number < 8; number++) {
      openPatient(number);
      assertThat((Double) browser.ask(LEAST_CONTRAST)).as("effect").isGreaterThan(4.5);
      browser.press("s");
      assertThat((Double) browser.ask(LEAST_CONTRAST)).as("weight").isGreaterThan(4.5);
    }
  }

  @Test
  void theListIsAPageOfItsOwnOnANarrowScreen() {
    browser.size(400, 900);
    browser.open(page, "");
    assertThat(browser.one("#search").isDisplayed()).isFalse();
    browser.one("nav a[data-page=patients]").click();
    browser.until("document.body.dataset.view === 'patients'");
    assertThat(browser.one("#search").isDisplayed()).isTrue();
    browser.one("#list a").click();
    browser.until("document.body.dataset.view === 'patient'");
    assertThat(browser.one("#search").isDisplayed()).isFalse();
    assertThat(browser.one("h1").isDisplayed()).isTrue();
  }

  @Test
  void printsThePatientAndNotTheControlsOnWhite() {
    browser.look("dark", "print");
    browser.open(page, "#patient-1");
    assertThat(browser.one("#search").isDisplayed()).isFalse();
    assertThat(browser.one(".bar").isDisplayed()).isFalse();
    assertThat(browser.one("h1").isDisplayed()).isTrue();
    assertThat(browser.one(".falls").isDisplayed()).isTrue();
    // in the margin of every page, beside its number; at the end where a browser has no margins
    assertThat(
            browser.ask(
                "return getComputedStyle(document.documentElement).getPropertyValue('--below')"))
        .isEqualTo("\"Patient patient-0\"");
    assertThat(browser.ask("return document.querySelector('style').textContent"))
        .asString()
        .contains("@bottom-left { content: var(--below)", "counter(page) \" of \" counter(pages)");
    assertThat(browser.ask("return document.getElementById('print-id').textContent"))
        .isEqualTo("Patient patient-0");
    // what is folded stays so, as theta's table
    assertThat(browser.all("main details.fold"))
        .isNotEmpty()
        .noneMatch(org.openqa.selenium.WebElement::isDisplayed);
    browser.one("#fold-visits");
    browser.ask("document.querySelector('#fold-visits').open = true");
    assertThat(browser.one(".chip").isDisplayed()).isTrue();
    assertThat(browser.ask("return getComputedStyle(document.body).backgroundColor"))
        .isEqualTo("rgb(255, 255, 255)");
  }
}
