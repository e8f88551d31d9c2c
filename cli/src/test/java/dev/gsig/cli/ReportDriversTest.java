package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Driver;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against figures worked out by hand. */
class ReportDriversTest {
  private final ReportDrivers drivers = new ReportDrivers();

  private JsonObject json() {
    return Json.object(Json.write(drivers.json()), "drivers");
  }

  private List<String> names() {
    return json().objects("strongest").stream().map(row -> row.string("name")).toList();
  }

  /** Codes and values are in one ranking; what one in ten patients has is in none. */
  @Test
  void fivePatientsMakeARank() {
    for (int i = 0; i < 10; i++) {
      Driver age = Driver.tabular("age", 60.0 + i, i % 2 == 0 ? 0.3 : -0.3);
      Driver rare = Driver.code("rare", null, 9);
      Driver common = Driver.code("common", null, -0.5);
      drivers.add(i == 0 ? List.of(rare, age) : i < 6 ? List.of(common, age) : List.of(age), true);
    }
    assertThat(json().integer("fewest")).isEqualTo(5);
    // half of the patients have what is stronger in each of them
    assertThat(names()).containsExactly("age", "common");
    JsonObject common = json().objects("strongest").get(1);
    assertThat(common.number("mean")).isEqualTo(0.25);
    assertThat(common.integer("patients")).isEqualTo(5);
    // from -1 to patient 1, and on to 2, 3, 4 and 5
    assertThat(common.integers("steps")).containsExactly(2, 1, 1, 1, 1);
    assertThat(common.numbers("signed")).containsOnly(-0.5);
    JsonObject age = json().objects("strongest").get(0);
    assertThat(age.bool("is_code", true)).isFalse();
    assertThat(age.number("mean")).isCloseTo(0.3, within(1e-12));
    assertThat(age.numbers("values")).startsWith(60.0, 61.0);
  }

  @Test
  void ofFewerThanTenPatientsOneIsEnough() {
    for (int i = 0; i < 9; i++) {
      drivers.add(i == 4 ? List.of(new Driver("rare", true, 3, null, 9)) : List.of(), true);
    }
    assertThat(json().integer("fewest")).isEqualTo(1);
    assertThat(names()).containsExactly("rare");
    // how often it occurs stands in for a value
    assertThat(json().objects("strongest").get(0).numbers("values")).containsExactly(3.0);
  }

  @Test
  void whoHasNoPageCountsAndHasNoDot() {
    drivers.add(List.of(Driver.code("a", null, 1)), true);
    drivers.add(List.of(Driver.code("a", null, 3)), false);
    JsonObject row = json().objects("strongest").get(0);
    assertThat(row.integer("patients")).isEqualTo(2);
    assertThat(row.number("mean")).isEqualTo(2);
    assertThat(row.numbers("signed")).containsExactly(1.0);
  }

  @Test
  void noMoreThanTwentyAreShown() {
    List<Driver> many =
        IntStream.range(0, 30).mapToObj(i -> Driver.code("c" + i, null, 1 + i)).toList();
    drivers.add(many, true);
    assertThat(names()).hasSize(20).startsWith("c29").endsWith("c10");
  }
}
