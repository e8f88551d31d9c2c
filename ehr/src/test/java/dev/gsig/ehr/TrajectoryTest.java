package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrajectoryTest {
  @Test
  void copiesWhatItIsGiven() {
    List<String> codes = new ArrayList<>(List.of("a"));
    List<Visit> visits = new ArrayList<>(List.of(new Visit(null, codes, null, null)));
    Map<String, Double> tabular = new HashMap<>(Map.of("age", 3.0));
    Trajectory patient = new Trajectory("p", visits, tabular, null);

    codes.clear();
    visits.clear();
    tabular.clear();

    assertThat(patient)
        .isEqualTo(new Trajectory("p", List.of(Visit.of("a")), Map.of("age", 3.0), null));
    assertThatThrownBy(() -> patient.visits().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> patient.visits().get(0).codes().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> patient.tabular().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aNullTabularValueIsAMissingOne() {
    Map<String, Double> tabular = new HashMap<>();
    tabular.put("age", null);
    tabular.put("sex", 1.0);

    assertThat(new Trajectory("p", List.of(), tabular, null).tabular()).containsOnlyKeys("sex");
  }

  @Test
  void knowsWhetherThereIsACode() {
    assertThat(new Trajectory("p", List.of(), Map.of(), null).hasCodes()).isFalse();
    assertThat(new Trajectory("p", List.of(Visit.of()), Map.of(), null).hasCodes()).isFalse();
    assertThat(new Trajectory("p", List.of(Visit.of(), Visit.of("a")), Map.of(), null).hasCodes())
        .isTrue();
  }
}
