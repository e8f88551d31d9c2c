package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstantsTest {
  private static long at(String text) {
    return ChronoUnit.MICROS.between(LocalDateTime.of(1970, 1, 1, 0, 0), LocalDateTime.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "2180-05-06, 2180-05-06T00:00:00",
    "2180-05-06 22:23:07, 2180-05-06T22:23:07",
    "2180-05-06T22:23:07Z, 2180-05-06T22:23:07",
    "2180-05-06T22:23, 2180-05-06T22:23:00",
    "1916-02-27 18:31:06.125, 1916-02-27T18:31:06.125",
    "1916-02-27 18:31:06.000001987, 1916-02-27T18:31:06.000001",
    "2180-05-06 22:23:07.5+00, 2180-05-06T22:23:07.5",
    "2180-05-06T22:23:07-05:00, 2180-05-07T03:23:07",
    "2180-05-06T22:23-05, 2180-05-07T03:23:00",
    "2180-01-01 00:10:00.25+0530, 2179-12-31T18:40:00.25",
    "2000-02-29, 2000-02-29T00:00:00"
  })
  void timesAreRead(String text, String expected) {
    assertThat(Instants.parse(text)).isEqualTo(at(expected));
    assertThat(Instants.format(Instants.parse(text))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2001-02-29",
        "2001-2-9",
        "20010209",
        "2001-02-28 24:00:00",
        "2001-02-28 23:00:00+5",
        "2001-02-28 23:00:00+25"
      })
  void otherTextsAreNot(String text) {
    assertThat(Instants.parse(text)).isEqualTo(Instants.UNKNOWN);
  }

  @Test
  void anAgeIsWholeBirthdaysAndThePartSince() {
    assertThat(Instants.age(at("2000-01-01T00:00:00"), at("2050-01-01T00:00:00"))).isEqualTo(50);
    assertThat(Instants.age(at("2000-01-01T00:00:00"), at("2049-12-31T23:59:59"))).isEqualTo(49.99);
    assertThat(Instants.age(at("2000-07-01T00:00:00"), at("2001-01-01T00:00:00"))).isEqualTo(0.5);
    assertThat(Instants.age(at("2001-01-01T00:00:00"), at("2000-01-01T00:00:00"))).isNull();
    assertThat(Instants.age(Instants.UNKNOWN, at("2000-01-01T00:00:00"))).isNull();
  }

  @Test
  void theWholeYearsOfAnAgeAreTheCalendars() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      LocalDate birth = LocalDate.ofEpochDay(random.nextInt(40_000));
      LocalDate then = birth.plusDays(random.nextInt(40_000));
      double age =
          Instants.age(birth.toEpochDay() * Instants.DAY, then.toEpochDay() * Instants.DAY);
      assertThat((long) age).isEqualTo(ChronoUnit.YEARS.between(birth, then));
    }
  }
}
