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
    assertThat(browser.texts("main h1")).containsExactly(HOSTILE_ID);
    assertThat(browser.texts(".chip .text")).contains(HOSTILE_CODE);

    browser.one("#search").sendKeys("</script><img");
    assertThat(browser.texts("#list .who bdi")).containsExactly(HOSTILE_ID);
    assertThat(browser.texts("#list .hits")).containsExactly(HOSTILE_CODE);
    browser.open(page, "#cohort");
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
    openPatient(0);
    assertThat(browser.one("#search").isDisplayed()).isFalse();
    assertThat(browser.one(".bar").isDisplayed()).isFalse();
    assertThat(browser.one("h1").isDisplayed()).isTrue();
    assertThat(browser.one(".chip").isDisplayed()).isTrue();
    assertThat(browser.ask("return getComputedStyle(document.body).backgroundColor"))
        .isEqualTo("rgb(255, 255, 255)");
  }
}
