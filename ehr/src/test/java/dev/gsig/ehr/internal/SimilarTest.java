package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarTest {
  private static final List<String> NAMES = List.of("age", "bmi", "hba1c", "systolic_bp", "sex");

  @ParameterizedTest
  @CsvSource({
    "BMI, bmi",
    "age_at_index, age",
    "HbA1c (%), hba1c",
    "Systolic BP, systolic_bp",
    "sistolic_bp, systolic_bp",
    "gender,",
    "weight,",
    "s,",
  })
  void theNameThatWasMeant(String name, String meant) {
    assertThat(Similar.like(name, NAMES)).isEqualTo(meant);
  }

  @Test
  void theNearestComeFirst() {
    assertThat(Similar.nearest("systolic", NAMES, 2)).startsWith("systolic_bp").hasSize(2);
  }
}
