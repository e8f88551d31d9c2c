package dev.gsig.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FhirRiskTest {
  private static final String BUNDLE =
      """
      {"resourceType":"Bundle","type":"searchset","entry":[
      {"resource":{"resourceType":"Patient","id":"p","gender":"male","birthDate":"1940-02-03"}},
      {"resource":{"resourceType":"Encounter","id":"e","status":"finished",
       "subject":{"reference":"Patient/p"},
       "period":{"start":"2019-01-01T10:00:00Z","end":"2019-01-01T12:00:00Z"}}},
      {"resource":{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},
       "encounter":{"reference":"Encounter/e"},"code":{"coding":[
       {"system":"http://hl7.org/fhir/sid/icd-10","code":"I10"},
       {"system":"http://snomed.info/sct","code":"59621000"}]}}}]}""";

  @TempDir Path temp;

  /** The demo's model knows the code of SNOMED CT, and not that of ICD-10. */
  @Test
  void aBundleIsAnsweredWithARiskAssessment() throws Exception {
    Path bundle = Files.writeString(temp.resolve("bundle.json"), BUNDLE);

    assertThat(FhirRisk.assess(EmbeddingTest.MODEL, bundle))
        .startsWith("{\"resourceType\":\"RiskAssessment\"")
        .contains("\"subject\":{\"reference\":\"Patient/p\"}")
        .contains("\"basis\":[{\"reference\":\"Condition/c\",\"display\":\"")
        .contains("\"outcome\":{\"text\":\"death 31 to 365 days after the last visit\"}")
        .contains("0 codes that it does not know");
  }

  @Test
  void codesThatTheModelDoesNotKnowAreRefused() throws Exception {
    String other = BUNDLE.replace("59621000", "1");
    Path bundle = Files.writeString(temp.resolve("bundle.json"), other);

    assertThatThrownBy(() -> FhirRisk.assess(EmbeddingTest.MODEL, bundle))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1 of 1 code");
  }
}
