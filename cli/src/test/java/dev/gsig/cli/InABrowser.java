package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Tests of a report in one real browser; after each of them its console must be empty. */
@Tag("process")
abstract class InABrowser {
  static Browser browser;

  @BeforeAll
  static void startBrowser() {
    browser = Browser.start();
    browser.size(1600, 1000);
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
      browser = null;
    }
  }

  @AfterEach
  void theConsoleIsEmpty() {
    assertThat(browser.problems()).isEmpty();
  }

  /** Writes results, a line each, into a folder, and the report on them. */
  static Path report(Path folder, List<String> lines, Object... options) {
    Path file = folder.resolve("results.jsonl");
    Fixture.write(file, String.join("\n", lines) + "\n");
    return report(file, folder.resolve("report.html"), options);
  }

  /** Writes the report on a file of results. */
  static Path report(Path results, Path page, Object... options) {
    List<Object> args = new ArrayList<>(List.of("report", "--in", results, "--out", page));
    args.addAll(List.of(options));
    Cli.succeeds(args.toArray());
    return page;
  }
}
