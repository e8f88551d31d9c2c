package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.SourceEvent;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One patient's Bundle, and that it gives what bulk data gives. */
class FhirPatientTest {
  private static final String PATIENT =
      """
      {"resourceType":"Patient","id":"p","gender":"female","birthDate":"1950-02-03"}""";
  private static final String CONDITION =
      """
      {"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},\
      "encounter":{"reference":"Encounter/e"},"code":{"coding":[\
      {"system":"http://hl7.org/fhir/sid/icd-10","code":"I50.9"},\
      {"system":"http://snomed.info/sct","code":"84114007"}]}}""";
  private static final String LAB =
      """
      {"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/p"},\
      "encounter":{"reference":"Encounter/e"},"effectiveDateTime":"2020-01-01T10:30:00Z",\
      "code":{"coding":[{"system":"http://loinc.org","code":"2160-0"}]},\
      "valueQuantity":{"value":88,"unit":"umol/L"}}""";

  @TempDir Path temp;

  private static String encounter(String id, String start, String end) {
    return """
        {"resourceType":"Encounter","id":"%s","status":"finished",\
        "subject":{"reference":"Patient/p"},"period":{"start":"%s"%s}}"""
        .formatted(id, start, end == null ? "" : ",\"end\":\"" + end + "\"");
  }

  private static String bundle(String more, String... resources) {
    return "{\"resourceType\":\"Bundle\",\"type\":\"searchset\""
        + more
        + ",\"entry\":["
        + List.of(resources).stream()
            .map(r -> "{\"resource\":" + r + "}")
            .collect(Collectors.joining(","))
        + "]}";
  }

  private static FhirPatient read(FhirOptions options, String... pages) {
    return FhirPatient.read(List.of(pages), null, "bundle", options);
  }

  private static final String FIRST =
      encounter("e", "2020-01-01T10:00:00Z", "2020-01-01T12:00:00Z");

  @Test
  void theResourceOfEachCodeIsRemembered() {
    FhirPatient patient =
        read(
            FhirOptions.DEFAULT,
            bundle("", CONDITION, encounter("f", "2021-01-01T10:00:00Z", null), FIRST, PATIENT));

    assertThat(patient.trajectory())
        .isEqualTo(
            new Trajectory(
                "p",
                List.of(
                    new Visit(
                        "2020-01-01T10:00:00",
                        List.of("d10_I509"),
                        69.9,
                        null,
                        List.of(new SourceEvent(null, "Condition/c")),
                        null)),
                Map.of("age", 69.9, "sex", 0.0),
                null));
    assertThat(patient.told())
        .containsOnlyKeys(
            "noticed: encounter without an end: taken to go on, so that no input has it",
            "noticed: visit without a code: taken for none");
  }

  /** A code that the model knows comes before one that it does not, whatever their systems. */
  @Test
  void theModelsVocabularyDecides() {
    Vocabulary knows = Vocabulary.of(Map.of("d_84114007", 0));
    FhirOptions informed = FhirOptions.DEFAULT.withVocabulary(knows);
    assertThat(codes(read(informed, bundle("", PATIENT, FIRST, CONDITION))))
        .containsExactly("d_84114007");
  }

  private static List<String> codes(FhirPatient patient) {
    return patient.trajectory().visits().stream().flatMap(v -> v.codes().stream()).toList();
  }

  @Test
  void addressesOfEntriesAreResolved() {
    String bundle =
        """
        {"resourceType":"Bundle","type":"transaction","entry":[\
        {"fullUrl":"urn:uuid:11","resource":{"resourceType":"Patient"}},\
        {"fullUrl":"http://a/Encounter/22","resource":%s},\
        {"fullUrl":"urn:uuid:33","resource":%s}]}"""
            .formatted(
                FIRST.replace("\"id\":\"e\",", "").replace("Patient/p", "urn:uuid:11"),
                CONDITION
                    .replace("\"id\":\"c\",", "")
                    .replace("Patient/p", "urn:uuid:11")
                    .replace("Encounter/e", "http://a/Encounter/22"));
    FhirPatient patient = read(FhirOptions.DEFAULT, bundle);

    assertThat(patient.trajectory().subjectId()).isEqualTo("11");
    assertThat(patient.trajectory().visits().get(0).event(0).code()).isEqualTo("Condition/33");
  }

  @Test
  void resourcesOfOthersAreLeftOut() {
    String other = PATIENT.replace("\"p\"", "\"q\"");
    String theirs = CONDITION.replace("\"c\"", "\"d\"").replace("Patient/p", "Patient/q");
    String all = bundle("", PATIENT, other, FIRST, CONDITION, theirs);

    assertThatThrownBy(() -> read(FhirOptions.DEFAULT, all))
        .hasMessage(
            "bundle: holds no Patient, or several; ask the server for Patient/ID/$everything, and"
                + " name whom it is about");
    FhirPatient patient = FhirPatient.read(List.of(all), "p", "bundle", FhirOptions.DEFAULT);
    assertThat(codes(patient)).containsExactly("d10_I509");
    assertThat(patient.told())
        .containsOnlyKeys("dropped: Condition: of a patient who is not among the patients");
    assertThatThrownBy(() -> FhirPatient.read(List.of(all), "r", "bundle", FhirOptions.DEFAULT))
        .hasMessageContaining("bundle: holds no Patient \"r\"");
  }

  @Test
  void pagesAreOneRecordAndNoneMayBeMissing() {
    String next = ",\"link\":[{\"relation\":\"next\",\"url\":\"http://a\"}]";
    String first = bundle(next, PATIENT, FIRST);
    String last = bundle("", CONDITION);

    assertThat(codes(read(FhirOptions.DEFAULT, first, last))).containsExactly("d10_I509");
    assertThatThrownBy(() -> read(FhirOptions.DEFAULT, first))
        .hasMessageContaining("bundle: has a next page, which is part of the record");
    assertThatThrownBy(() -> read(FhirOptions.DEFAULT, last, last))
        .hasMessageContaining("the pages are not those of one answer");
    assertThatThrownBy(() -> read(FhirOptions.DEFAULT, first, bundle("", CONDITION, CONDITION)))
        .hasMessageContaining("bundle, page 2, entry 2, Condition/c: is there twice");
  }

  @Test
  void whatIsNoBundleOfAPatientIsRefused() {
    assertThatThrownBy(() -> read(FhirOptions.DEFAULT, PATIENT))
        .hasMessage("bundle: \"resourceType\" must be Bundle, but is \"Patient\"");
    assertThatThrownBy(
            () -> read(FhirOptions.DEFAULT, bundle("", PATIENT).replace("searchset", "history")))
        .hasMessageContaining("bundle: \"type\" is \"history\", which does not hold the resources");
    assertThatThrownBy(() -> read(FhirOptions.DEFAULT, bundle("")))
        .hasMessageContaining("bundle: holds no Patient");
    assertThatThrownBy(() -> read(FhirOptions.DEFAULT, bundle("", PATIENT, "{\"id\":\"x\"}")))
        .hasMessageContaining("bundle, entry 2: \"resourceType\" is missing");
  }

  /** A cohort's units are the model's: 88 umol/l are 1.0 mg/dl. */
  @Test
  void valuesInAnotherUnitThanTheModelsAreLeftOut() {
    FhirOptions options =
        new FhirOptions(
            CodeSystem.ALL,
            Coding.WHOLE,
            Measurement.parse("creatinine=2160-0"),
            true,
            false,
            null,
            Map.of("l_2160-0", "mg/dL", "creatinine", "mg/dL"),
            null);
    FhirPatient other = read(options, bundle("", PATIENT, FIRST, LAB));
    FhirPatient same = read(options, bundle("", PATIENT, FIRST, LAB.replace("umol/L", "mg/dL")));

    assertThat(codes(other)).containsExactly("l_2160-0");
    assertThat(other.trajectory().visits().get(0).value(0)).isNull();
    assertThat(other.trajectory().tabular()).doesNotContainKey("creatinine");
    assertThat(other.told())
        .containsOnlyKeys(
            "noticed: value of \"l_2160-0\" in umol/l, where most are in mg/dl: left out, the code"
                + " stays",
            "noticed: value of \"creatinine\" in umol/l, where most are in mg/dl: left out");
    assertThat(same.trajectory().visits().get(0).value(0)).isEqualTo(88);
    assertThat(same.trajectory().tabular()).containsEntry("creatinine", 88.0);
  }

  /** The lines of a cohort of bulk data, and each of its patients as a Bundle. */
  @Test
  void aBundleGivesTheLineThatBulkDataGive() throws IOException {
    Map<String, List<String>> files = new TreeMap<>();
    Map<String, List<String>> byPatient = new TreeMap<>();
    for (int p = 0; p < 20; p++) {
      String id = "p" + p;
      List<String> all = new ArrayList<>(List.of(PATIENT.replace("\"p\"", "\"" + id + "\"")));
      for (int e = 0; e < 3; e++) {
        String day = "20%02d-0%d-1%d".formatted(10 + p, 1 + e, p % 10);
        String visit = id + "e" + e;
        all.add(
            encounter(visit, day + "T10:00:00Z", day + "T12:00:00Z")
                .replace("/p\"", "/" + id + "\""));
        all.add(own(CONDITION, "c", id, visit, day));
        all.add(own(LAB, "o", id, visit, day).replace("88", "" + (80 + p + e)));
      }
      byPatient.put(id, all);
      for (String line : all) {
        String type = Json.object(line, "line").string("resourceType");
        files.computeIfAbsent(type, t -> new ArrayList<>()).add(line);
      }
    }
    Path bulk = Files.createDirectory(temp.resolve("bulk"));
    for (Map.Entry<String, List<String>> file : files.entrySet()) {
      Files.write(bulk.resolve(file.getKey() + ".ndjson"), file.getValue());
    }
    List<String> labels = new ArrayList<>(List.of("subject_id,prediction_time,boolean_value"));
    byPatient.keySet().forEach(id -> labels.add(id + ",2049-01-01," + id.endsWith("1")));
    Files.write(temp.resolve("labels.csv"), labels);
    List<Measurement> measured = Measurement.parse("creatinine=2160-0");
    Path out = temp.resolve("cohort");
    CohortBuilder.write(
        new FhirSource(bulk, CodeSystem.ALL, measured, true),
        new LabelFile(temp.resolve("labels.csv"), 1),
        new CohortSettings(
            new Coding(true, 3, 0),
            measured,
            0,
            new Split.Fractions(0.5, 0.25, 0.25),
            1,
            1,
            2,
            true),
        out,
        Source.Watcher.NONE);

    FhirOptions options = FhirOptions.ofCohort(out, Vocabulary.read(out.resolve("vocab.json")));
    int compared = 0;
    for (Split split : Split.values()) {
      for (Trajectory line : CohortReader.readAll(out.resolve(split.fileName()))) {
        String[] resources = byPatient.get(line.subjectId()).toArray(String[]::new);
        Trajectory one = read(options, bundle("", resources)).trajectory();
        assertThat(codesAndValues(one)).isEqualTo(codesAndValues(line));
        assertThat(one.tabular().get("creatinine")).isEqualTo(line.tabular().get("creatinine"));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(20);
    assertThat(Files.readString(out.resolve("vocab.json"))).contains("d_I50", "l_2160-0_q1");
  }

  private static String own(String event, String letter, String patient, String visit, String day) {
    return event
        .replace("\"" + letter + "\"", "\"" + visit + "\"")
        .replace("Patient/p", "Patient/" + patient)
        .replace("Encounter/e", "Encounter/" + visit)
        .replace("2020-01-01", day);
  }

  private static List<List<Object>> codesAndValues(Trajectory patient) {
    return patient.visits().stream()
        .map(v -> List.<Object>of(v.time(), v.codes(), v.age(), String.valueOf(v.values())))
        .toList();
  }

  /** Signs of Unicode are spelt otherwise by some, and are the same units. */
  @Test
  void unitsAreComparedInOneSpelling() {
    assertThat(Units.spelled("kg/m\u00b2")).isEqualTo(Units.spelled("kg/m2"));
    assertThat(Units.spelled("\u00b5mol/L")).isEqualTo(Units.spelled("umol/l"));
    assertThat(Units.spelled("\u03bcmol/L")).isEqualTo(Units.spelled("umol/l"));
    assertThat(Units.spelled("mg/dL")).isNotEqualTo(Units.spelled("g/dL"));
  }
}
