package dev.gsig.fhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.ehr.cohort.FhirPatient;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demo's model, a made-up patient's Bundle, and what stands in the assessment. */
class RiskAssessmentTest {
  private static final Path MODEL = Path.of("..", "demo", "model");
  private static final Instant TIME = Instant.parse("2031-02-03T04:05:06.789Z");

  private static final String BUNDLE =
      """
      {"resourceType":"Bundle","type":"searchset","entry":[
      {"resource":{"resourceType":"Patient","id":"p","gender":"male","birthDate":"1940-02-03"}},
      {"resource":{"resourceType":"Encounter","id":"e1","status":"finished",
       "subject":{"reference":"Patient/p"},
       "period":{"start":"2019-01-01T10:00:00Z","end":"2019-01-01T12:00:00Z"}}},
      {"resource":{"resourceType":"Encounter","id":"e2","status":"finished",
       "subject":{"reference":"Patient/p"},
       "period":{"start":"2020-01-01T10:00:00Z","end":"2020-01-05T12:00:00Z"}}},
      %s]}""";

  private static FhirPatient patient;
  private static Attribution why;
  private static Descriptions descriptions;

  private static String condition(String id, String visit, String code) {
    return """
        {"resource":{"resourceType":"Condition","id":"%s","subject":{"reference":"Patient/p"},
         "encounter":{"reference":"Encounter/%s"},"code":{"coding":[
         {"system":"http://snomed.info/sct","code":"%s"}]}}}"""
        .formatted(id, visit, code);
  }

  @BeforeAll
  static void explain() {
    try (Model model = Model.load(MODEL)) {
      List<String> codes =
          model.vocabulary().codes().stream().filter(code -> code.matches("d_[0-9]+")).toList();
      List<String> conditions = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        conditions.add(condition("c" + i, i < 3 ? "e1" : "e2", codes.get(i).substring(2)));
      }
      conditions.add(condition("odd", "e2", "1234567890"));
      conditions.add(condition("lost", "e9", codes.get(0).substring(2)));
      patient =
          FhirPatient.read(
              List.of(BUNDLE.formatted(String.join(",", conditions))),
              "p",
              "bundle",
              FhirOptions.DEFAULT);
      Baseline baseline = Baseline.load(MODEL.resolve(Baseline.FILE_NAME));
      ExplainOptions options =
          ExplainOptions.DEFAULT.toBuilder().method(PathMethods.IG).steps(20).build();
      why = Explainer.of(model, baseline, options).explain(patient.trajectory());
      descriptions = Descriptions.read(MODEL.resolve(Descriptions.FILE_NAME));
    }
  }

  private static RiskAssessment assessment(int resources) {
    return new RiskAssessment(
        "death\nwithin a year", false, "demo 1", TIME, resources, descriptions);
  }

  private static JsonObject json(int resources) {
    return Json.object(assessment(resources).json(why, patient), "assessment");
  }

  @Test
  void theResourcesWithTheLargestContributionsAreItsBasis() {
    Map<String, Double> signed = new HashMap<>();
    for (Attribution.TokenScore token : why.tokens()) {
      if (token.known()) {
        signed.merge(token.event().code(), token.scores().signed(), Double::sum);
      }
    }
    List<String> largest =
        signed.keySet().stream()
            .sorted(Comparator.comparingDouble((String r) -> -Math.abs(signed.get(r))))
            .toList();
    assertThat(largest).hasSize(6).allMatch(reference -> reference.matches("Condition/c[0-5]"));

    List<JsonObject> basis = json(4).objects("basis");

    assertThat(basis).extracting(b -> b.string("reference")).isEqualTo(largest.subList(0, 4));
    for (JsonObject each : basis) {
      String display = each.string("display");
      double told = Double.parseDouble(display.substring(display.lastIndexOf(' ') + 1));
      double sum = signed.get(each.string("reference"));
      assertThat(told).isCloseTo(sum, within(0.005 * Math.abs(sum)));
      assertThat(display).doesNotStartWith("d_");
    }
    assertThat(json(100).objects("basis")).hasSize(6);
    assertThat(json(0).has("basis")).isFalse();
  }

  @Test
  void probabilitiesArePercents() {
    JsonObject prediction = json(4).objects("prediction").get(0);
    double percent = prediction.number("probabilityDecimal");
    double probability = why.explainedProbability();
    assertThat(percent / 100).isCloseTo(probability, within(1e-3 * probability));
    assertThat(prediction.object("outcome").string("text")).isEqualTo("death within a year");
    assertThat(prediction.string("rationale"))
        .contains("%, where the baseline (manifold-mean) has");
  }

  @Test
  void notesTellHowFarItAddsUpAndWhatWasNotSeen() {
    String notes = Json.write(json(4).list("note"));
    assertThat(notes)
        .contains("All contributions together add up to the difference, ")
        .contains("Not seen by the model: 1 resources or values of the record")
        .contains("1 codes that it does not know")
        .contains("The probability is not calibrated")
        .contains("not what causes the outcome");
    RiskAssessment calibrated = new RiskAssessment("death", true, "demo 1", null, 4, descriptions);
    assertThat(calibrated.json(why, patient))
        .doesNotContain("calibrated")
        .doesNotContain("occurrenceDateTime");
  }

  @Test
  void theSameAttributionGivesTheSameText() {
    assertThat(assessment(4).json(why, patient)).isEqualTo(assessment(4).json(why, patient));
  }

  /** The elements that R4 defines, how often each may be there, and which must be. */
  @Test
  void itsElementsAreThoseOfR4() {
    JsonObject json = json(4);
    assertThat(json.keys())
        .containsExactly(
            "resourceType",
            "contained",
            "status",
            "method",
            "subject",
            "occurrenceDateTime",
            "performer",
            "basis",
            "prediction",
            "note");
    assertThat(json.string("status")).isEqualTo("final");
    assertThat(json.object("method").keys()).containsExactly("text");
    assertThat(json.object("subject").string("reference")).isEqualTo("Patient/p");
    assertThat(json.string("occurrenceDateTime")).isEqualTo("2031-02-03T04:05:06Z");
    JsonObject device = json.objects("contained").get(0);
    assertThat(json.object("performer").string("reference")).isEqualTo("#" + device.string("id"));
    assertThat(device.keys()).containsExactly("resourceType", "id", "deviceName", "version");
    assertThat(device.objects("deviceName").get(0).keys()).containsExactly("name", "type");
    assertThat(device.objects("version").get(0).keys()).containsExactly("value");
    assertThat(device.objects("version").get(1).string("value")).isEqualTo("demo 1");
    assertThat(json.objects("prediction").get(0).keys())
        .containsExactly("outcome", "probabilityDecimal", "rationale");
    json.objects("basis")
        .forEach(b -> assertThat(b.keys()).containsExactly("reference", "display"));
    json.objects("note").forEach(note -> assertThat(note.keys()).isEqualTo(Set.of("text")));
  }

  @Test
  void whatDoesNotBelongTogetherIsRefused() {
    Trajectory other = new Trajectory("q", List.of(Visit.of("d_1")), Map.of(), null);
    assertThatThrownBy(() -> assessment(4).json(why, new FhirPatient(other, Map.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the attribution is of \"p\", the record of \"q\"");
    assertThatThrownBy(() -> new RiskAssessment(" ", null, "m", null, 4, descriptions))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
