package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups of codes in the report, in a real browser. */
class ReportGroupsTest extends InABrowser {
  @TempDir Path temp;

  private void open(Object... options) {
    browser.openUnfolded(
        report(temp, List.of(MadeUpResults.longPatient(3)), options), "#patient-1");
  }

  @Test
  void theStrongestGroupsAreListed() {
    Path groups = temp.resolve("groups.jsonl");
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 9; i++) { // d_10 is in none
      lines.append("{\"code\":\"d_" + i + "\",\"group\":\"<i>group " + i % 3 + "</i>\"}\n");
    }
    Fixture.write(groups, lines.toString());
    open("--groups", groups);

    JsonObject result = Json.object(MadeUpResults.longPatient(3), "made up");
    Map<String, Double> sums =
        result.objects("tokens").stream()
            .collect(
                Collectors.groupingBy(
                    t ->
                        t.string("code").equals("d_10")
                            ? "in no group"
                            : "<i>group "
                                + Integer.parseInt(t.string("code").substring(2)) % 3
                                + "</i>",
                    Collectors.summingDouble(t -> t.number("signed"))));
    List<String> names = browser.texts(".groups th[scope=row]");
    List<Double> shown = browser.values(".groups td:last-child data");
    assertThat(names).containsExactlyInAnyOrderElementsOf(sums.keySet());
    for (int i = 0; i < names.size(); i++) {
      assertThat(shown.get(i)).isCloseTo(sums.get(names.get(i)), within(1e-4));
      assertThat(i == 0 || Math.abs(shown.get(i - 1)) >= Math.abs(shown.get(i))).isTrue();
    }
    assertThat(browser.values(".groups td:nth-child(2) data").stream().mapToDouble(x -> x).sum())
        .isEqualTo(result.objects("tokens").size());
    browser.picture(Path.of("target", "report", "groups.png"));
  }

  @Test
  void withoutGroupsThereIsNoList() {
    open();
    assertThat(browser.all(".groups")).isEmpty();
  }
}
