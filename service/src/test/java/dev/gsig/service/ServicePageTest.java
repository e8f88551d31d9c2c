package dev.gsig.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;

/** The service's page, in a real browser. */
@Tag("process")
class ServicePageTest {
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  private static ExplanationService service;
  private static ChromeDriver browser;
  private static String patient;

  @BeforeAll
  static void start() throws IOException {
    File chromium = program("chromium", "chromium-browser", "google-chrome");
    File chromedriver = program("chromedriver");
    boolean there = chromium != null && chromedriver != null;
    if (System.getenv("CI") != null) {
      assertThat(there).as("chromium and chromedriver are on the PATH").isTrue();
    }
    assumeTrue(there, "no chromium or no chromedriver on the PATH: the page is not tested in it");
    SELENIUM.setLevel(Level.SEVERE);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium);
    options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver)
                .usingAnyFreePort()
                .build(),
            options);
    browser.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
    service =
        ExplanationService.start(
            ServiceOptions.local(Map.of("demo", ExplanationServiceTest.MODEL)));
    patient = Files.readAllLines(Path.of("../demo/test.jsonl")).get(0);
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
    if (browser != null) {
      browser.quit();
    }
  }

  private static File program(String... names) {
    String[] folders = System.getenv("PATH").split(File.pathSeparator);
    return Stream.of(names)
        .flatMap(name -> Stream.of(folders).map(folder -> new File(folder, name)))
        .filter(File::canExecute)
        .findFirst()
        .orElse(null);
  }

  @BeforeEach
  void open() {
    browser.get(service.address() + "/");
  }

  /** The policy forbids whatever the page does not need; nothing of it may be refused. */
  @AfterEach
  void theConsoleIsEmpty() {
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
        .noneMatch(entry -> entry.getMessage().contains("Content Security Policy"));
  }

  private static void explain(String record) {
    browser.executeScript("document.getElementById('patient').value = arguments[0]", record);
    one("#ask button").click();
    done();
  }

  private static void done() {
    browser.executeAsyncScript(
        "const done = arguments[0];"
            + "(function look() {"
            + "  if (document.body.hasAttribute('aria-busy')) setTimeout(look, 10); else done();"
            + "})()");
  }

  private static WebElement one(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  private static List<String> texts(String selector) {
    return browser.findElements(By.cssSelector(selector)).stream()
        .map(WebElement::getText)
        .toList();
  }

  /** A signed number as the page shows it. */
  private static double number(String shown) {
    return Double.parseDouble(shown.replace('\u2212', '-'));
  }

  @Test
  void aPatientIsExplainedInWords() {
    explain(patient);

    assertThat(one("#who").getText()).isEqualTo("p3879");
    assertThat(one("#risk").getText())
        .matches(
            "\\d+\\.\\d% predicted risk of death 31 to 365 days after the last visit;"
                + " reference \\d+\\.\\d% \\(the mean of the validation patients, in a record of"
                + " this length\\)");
    assertThat(one("#calibrated").getText()).contains("not calibrated");
    assertThat(texts("#drivers tbody th"))
        .hasSize(10)
        .anyMatch(name -> name.matches("(?i)furosemide.* \\(2 times\\)"))
        .anyMatch(name -> name.matches("age \\S+ years"));
    assertThat(one("#gap").getText())
        .matches("The contributions add up: (99\\.\\d|100\\.0)% of the difference .*");
    List<Double> amounts =
        texts("#drivers tbody td:nth-of-type(1)").stream()
            .map(text -> Math.abs(number(text)))
            .toList();
    assertThat(amounts).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    List<String> rest = texts("#drivers tfoot th");
    assertThat(rest)
        .satisfiesExactly(
            others -> assertThat(others).matches("\\d+ others"),
            structure -> assertThat(structure).isEqualTo("Structure of the record, unknown codes"),
            sum -> assertThat(sum).isEqualTo("Sum"),
            way -> assertThat(way).isEqualTo("Difference to the reference"));
    List<Double> sums =
        texts("#drivers tfoot td:nth-of-type(1)").stream().map(ServicePageTest::number).toList();
    double shown =
        texts("#drivers tbody td:nth-of-type(1)").stream()
            .mapToDouble(ServicePageTest::number)
            .sum();
    assertThat(shown + sums.get(0) + sums.get(1)).isCloseTo(sums.get(2), within(0.01));
    assertThat(sums.get(2)).isCloseTo(sums.get(3), within(0.01 * Math.abs(sums.get(3))));
  }

  @Test
  void withoutACodeAndWithAnotherValueTheDifferenceIsTold() {
    explain(patient);
    String given = one("#drivers tr:has([data-without=m_313988]) td:nth-of-type(1)").getText();
    one("[data-without=m_313988]").click();
    done();

    List<String> row = texts("#changes tbody tr:nth-of-type(1) td");
    assertThat(texts("#changes tbody th").get(0)).startsWithIgnoringCase("without furosemide");
    assertThat(row.get(0)).matches("\\d+\\.\\d% \u2192 \\d+\\.\\d%");
    assertThat(row.get(2)).isEqualTo(given);
    assertThat(number(row.get(1)) - number(row.get(2)))
        .isCloseTo(number(row.get(3)), within(0.0021));

    one("[data-with=age]").sendKeys("40");
    one("form:has([data-with=age]) button").click();
    done();
    assertThat(texts("#changes tbody th").get(1)).isEqualTo("with age 40 years");
    assertThat(texts("#changes tbody tr:nth-of-type(2) td").get(1)).isEqualTo("\u2013");
  }

  @Test
  void whatIsWrongIsSaidAndMarkupStaysText() {
    explain("{}");
    assertThat(one("#message").getText()).startsWith("the request, line 1: ");

    explain(patient.replace("p3879", "<img src=x onerror=window.broken=1>"));
    assertThat(one("#message").getText()).isEmpty();
    assertThat(one("#who").getText()).isEqualTo("<img src=x onerror=window.broken=1>");
    assertThat(browser.executeScript("return window.broken")).isNull();
    one("#without").sendKeys("NOPE");
    one("#names button").click();
    done();
    assertThat(one("#message").getText())
        .isEqualTo("the model knows no code and no tabular value NOPE");
  }
}
