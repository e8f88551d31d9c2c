package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values beside codes in the report, in a real browser. */
class ReportValuesTest extends InABrowser {
  @TempDir Path temp;

  /** A result of which every second token has a value. */
  private static String withValues(String line) {
    Map<String, Object> result = Json.object(line, "made up").toMap();
    List<Object> tokens = new ArrayList<>();
    for (Object each : (List<?>) result.get("tokens")) {
      Map<String, Object> token = new LinkedHashMap<>(JsonObject.of("", (Map<?, ?>) each).toMap());
      int n = tokens.size();
      if (n % 2 == 0) {
        token.put("value", n - 2.5);
        token.put("value_start", 1.23456);
        token.put("value_signed", (n % 4 == 0 ? 1 : -1) * 0.01 * (n + 1));
      }
      tokens.add(token);
    }
    result.put("tokens", tokens);
    result.put("value_baseline", "mean");
    result.put("values_from_training", 2L);
    return Json.write(result);
  }

  private void open(String line) {
    browser.openUnfolded(report(temp, List.of(line)), "#patient-1");
  }

  @Test
  void theStrongestValuesAreListedApartFromTheirCodes() {
    String line = withValues(MadeUpResults.longPatient(3));
    open(line);
    List<JsonObject> tokens =
        Json.object(line, "made up").objects("tokens").stream()
            .filter(token -> token.has("value"))
            .sorted((a, b) -> Double.compare(strength(b), strength(a)))
            .limit(10)
            .toList();
    List<Double> ofCodes = browser.values(".measured td:nth-child(2) data");
    List<Double> ofValues = browser.values(".measured td:nth-child(3) data");
    assertThat(ofValues).hasSameSizeAs(tokens);
    for (int i = 0; i < tokens.size(); i++) {
      double value = tokens.get(i).number("value_signed");
      assertThat(ofValues.get(i)).isCloseTo(value, within(1e-4));
      assertThat(ofCodes.get(i)).isCloseTo(tokens.get(i).number("signed") - value, within(1e-4));
    }
    assertThat(browser.texts(".measured th[scope=row]").get(0)).contains("mean 1.235");
    assertThat(browser.texts(".record").get(0)).contains("their paths start at the training mean");
    assertThat(browser.texts(".chip .measured")).isNotEmpty();
    assertThat(browser.texts(".sums th[scope=row]")).contains("Values of codes");
    browser.picture(Path.of("target", "report", "values.png"));
  }

  @Test
  void withoutValuesThereIsNoList() {
    open(MadeUpResults.longPatient(3));
    assertThat(browser.all(".measured")).isEmpty();
    assertThat(browser.texts(".sums th[scope=row]")).doesNotContain("Values of codes");
  }

  private static double strength(JsonObject token) {
    return Math.abs(token.number("value_signed"));
  }
}
