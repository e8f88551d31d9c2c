package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisitOrderTest {
  /** A visit for each time, its code the number of its place. */
  private static Trajectory patient(String... times) {
    List<Visit> visits =
        IntStream.range(0, times.length)
            .mapToObj(i -> new Visit(times[i], List.of("c" + i), null, null))
            .toList();
    return new Trajectory("p1", visits, Map.of("age", 50.0), 1);
  }

  private static List<String> codes(Trajectory patient) {
    return patient.visits().stream().flatMap(visit -> visit.codes().stream()).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2031-05-06T10:00:00 | 2031-05-06T10:00:00 | 0",
        "2031-05-06T10:00:00 | 2031-05-06T09:59:59 | 1",
        "2031-05-06 10:00    | 2031-05-07          | 0",
        "2031-05-07          | 2031-05-06 10:00    | 1",
        // the same moment, spelled on two clocks
        "2031-05-06T10:00:00+02:00 | 2031-05-06T08:00:00Z | 0",
        "2031-05-06T10:00:00+02:00 | 2031-05-06T07:59:59.5Z | 1",
        "last spring         | 2031-05-06          | 0",
      })
  void aVisitBeforeTheOneBeforeItIsCounted(String first, String second, int disordered) {
    assertThat(VisitOrder.disordered(patient(first, second))).isEqualTo(disordered);
  }

  @Test
  void visitsInDescendingOrderAreAllCountedButTheFirst() {
    assertThat(VisitOrder.disordered(patient("2003-01-01", "2002-01-01", "2001-01-01")))
        .isEqualTo(2);
    assertThat(VisitOrder.disordered(patient("2003-01-01", null, "2001-01-01", "2004-01-01")))
        .isEqualTo(1);
  }

  @Test
  void sortingKeepsTheLabelsOfAMultiLabelPatient() {
    List<Visit> visits = patient("2003-01-01", "2001-01-01").visits();
    Trajectory sorted =
        VisitOrder.sorted(new Trajectory("p1", visits, Map.of(), null, List.of(1, 0, 1)));
    assertThat(codes(sorted)).containsExactly("c1", "c0");
    assertThat(sorted.labels()).containsExactly(1, 0, 1);
  }

  @Test
  void sortingKeepsEqualTimesAsTheyStand() {
    Trajectory sorted =
        VisitOrder.sorted(patient("2003-01-01", "2001-01-01", "2003-01-01", "2001-01-01"));

    assertThat(codes(sorted)).containsExactly("c1", "c3", "c0", "c2");
    assertThat(VisitOrder.disordered(sorted)).isZero();
    assertThat(sorted.subjectId()).isEqualTo("p1");
    assertThat(sorted.tabular()).containsEntry("age", 50.0);
    assertThat(sorted.label()).isEqualTo(1);
  }

  @Test
  void whatHasNoTimeCannotBeSorted() {
    for (String time :
        Arrays.asList(
            null,
            "",
            "06/05/2031",
            "2031-13-01",
            "2031-02-30",
            "2031-02-29T10:00:00",
            "2031-05-06T24:00:00")) {
      assertThatThrownBy(() -> VisitOrder.sorted(patient("2031-05-06", time)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("patient \"p1\", visit 2: has no time of ISO 8601");
    }
    assertThat(codes(VisitOrder.sorted(patient((String) null)))).containsExactly("c0");
  }
}
