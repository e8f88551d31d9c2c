package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.PageLoadStrategy;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium of its own, driven by ChromeDriver; both as the system has them. */
final class Browser implements AutoCloseable {
  // It says of every new Chromium that it knows it less well than the last; held, or it is lost.
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  private final ChromeDriver driver;
  private final List<String> problems = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private final Set<String> opened = new HashSet<>();

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts one; where there is none the test is skipped, but on a CI machine it fails. */
  static Browser start() {
    File chromium = program("chromium", "chromium-browser", "google-chrome");
    File chromedriver = program("chromedriver");
    boolean there = chromium != null && chromedriver != null;
    if (System.getenv("CI") != null) {
      assertThat(there).as("chromium and chromedriver are on the PATH").isTrue();
    }
    assumeTrue(there, "no chromium or no chromedriver on the PATH: the report is not tested in it");
    SELENIUM.setLevel(Level.SEVERE);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver)
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options(chromium)));
  }

  private static ChromeOptions options(File chromium) {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium);
    options.setPageLoadStrategy(PageLoadStrategy.NORMAL);
    // ChromeDriver gives each browser a new profile. Without --no-sandbox root cannot start it.
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run");
    options.setCapability("goog:loggingPrefs", logs);
    return options;
  }

  private static File program(String... names) {
    String[] folders = System.getenv("PATH").split(File.pathSeparator);
    return Stream.of(names)
        .flatMap(name -> Stream.of(folders).map(folder -> new File(folder, name)))
        .filter(File::canExecute)
        .findFirst()
        .orElse(null);
  }

  /** Opens a page, {@code fragment} being empty or starting with {@code #}, until it is shown. */
  void open(Path page, String fragment) {
    opened.add(page.toUri().toString());
    driver.get("about:blank");
    driver.get(page.toUri() + fragment);
    until("!document.querySelector('main[aria-busy]')");
  }

  /** Sizes what the page sees, which may be narrower than a window can be. */
  void size(int width, int height) {
    Map<String, Object> metrics =
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false);
    driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", metrics);
  }

  /** Sets {@code prefers-color-scheme} and whether the page is shown on screen or on paper. */
  void look(String scheme, String medium) {
    Map<String, Object> feature = Map.of("name", "prefers-color-scheme", "value", scheme);
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia", Map.of("media", medium, "features", List.of(feature)));
  }

  /** Opens a page, and on it all that is folded. */
  void openUnfolded(Path page, String anchor) {
    open(page, anchor);
    ask("document.querySelectorAll('main details.fold').forEach(part => { part.open = true; })");
  }

  /** The result of a script, {@code return} included. */
  Object ask(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** What a script hands to the function that is its last argument. */
  Object askLater(String script, Object... arguments) {
    return driver.executeAsyncScript(script, arguments);
  }

  /** Runs a script in every page to come before its own. */
  void before(String script) {
    driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
  }

  WebElement one(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  /** What people see of the elements, read in one go. */
  List<String> texts(String selector) {
    return strings(
        "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)", selector);
  }

  /** The texts of elements, also of those that the browser has not laid out yet. */
  List<String> contents(String selector) {
    return strings(
        "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector);
  }

  /** The exact numbers behind what people see. */
  List<Double> values(String selector) {
    return strings(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.value)", selector)
        .stream()
        .map(Double::valueOf)
        .toList();
  }

  private List<String> strings(String script, String selector) {
    return ((List<?>) ask(script, selector)).stream().map(String::valueOf).toList();
  }

  /** Presses keys wherever the focus is, once the page has it: before, a key is lost. */
  void press(CharSequence... keys) {
    until("document.hasFocus()");
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** Waits for what an event does later, as a change of the address does. */
  void until(String condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!Boolean.TRUE.equals(ask("return Boolean(" + condition + ")"))) {
      assertThat(System.nanoTime()).as("waiting for: " + condition).isLessThan(end);
    }
  }

  /** Saves a picture of the whole page. */
  void picture(Path file) {
    picture(file, true);
  }

  /**
   * Saves a picture.
   *
   * @param whole whether of the whole page, or of what is seen of it at once
   */
  void picture(Path file, boolean whole) {
    Map<String, Object> shot =
        driver.executeCdpCommand(
            "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", whole));
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, Base64.getDecoder().decode((String) shot.get("data")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the browser's console said, warnings included, since the start. */
  List<String> problems() {
    for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
      problems.add(entry.getMessage());
    }
    return problems;
  }

  /** Whether an address is that of a page that was opened, or of the empty one. */
  boolean isOpened(String url) {
    return url.equals("about:blank") || opened.stream().anyMatch(url::startsWith);
  }

  /** Every address that was requested since the start. */
  List<String> requests() {
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonObject message = Json.object(entry.getMessage(), "log").object("message");
      if (message.string("method").equals("Network.requestWillBeSent")) {
        requests.add(message.object("params").object("request").string("url"));
      }
    }
    return requests;
  }

  @Override
  public void close() {
    driver.quit();
  }
}
