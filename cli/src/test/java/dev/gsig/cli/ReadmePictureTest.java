package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pictures of the report in README.md, light and dark, are of the report as it is: the demo's
 * first patient. Fonts differ between machines, and with them pictures; texts do not, so what the
 * page said when the pictures were made stands beside them. With {@code -Dgsig.docs=write} they are
 * made anew.
 */
class ReadmePictureTest extends InABrowser {
  private static final Path PICTURES = Path.of("..", "docs", "img");
  private static final int MOST_BYTES = 200_000;

  @Test
  void thePicturesAreOfTheReportAsItIs(@TempDir Path temp) throws IOException {
    Cli.succeeds("demo", "--out", temp);
    browser.size(1200, 860);
    browser.look("light", "screen");
    browser.open(temp.resolve("report.html"), "#patient-1");
    String text = String.join("\n", browser.texts("main")) + "\n";
    if (MadeFile.isWritten()) {
      for (String scheme : new String[] {"light", "dark"}) {
        browser.look(scheme, "screen");
        browser.picture(picture(scheme), false);
      }
    }
    MadeFile.assertKept(PICTURES.resolve("report.txt"), text, ReadmePictureTest.class);
    assertThat(Files.size(picture("light"))).isBetween(20_000L, (long) MOST_BYTES);
    assertThat(Files.size(picture("dark"))).isBetween(20_000L, (long) MOST_BYTES);
    assertThat(Fixture.read(Path.of("..", "README.md")))
        .contains("docs/img/report-light.png", "docs/img/report-dark.png");
  }

  private static Path picture(String scheme) {
    return PICTURES.resolve("report-" + scheme + ".png");
  }
}
