package dev.gsig.fuzz;

import dev.gsig.ehr.SourceEvent;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.TrajectoryJson;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.cohort.CodeSystem;
import dev.gsig.ehr.cohort.Coding;
import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.ehr.cohort.FhirPatient;
import dev.gsig.ehr.cohort.Measurement;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Utf8;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The readers of FHIR: bulk data through {@code gsig cohort}, and one patient's Bundle. */
final class FhirReaders {
  private static final FhirOptions WITH_VALUES =
      new FhirOptions(
          CodeSystem.ALL,
          new Coding(true, 3, 0),
          Measurement.parse("creatinine=2160-0"),
          true,
          true,
          null,
          Map.of("l_2160-0", "mg/dL"),
          null);

  private FhirReaders() {}

  static void bulk(Path file) {
    TableReaders.cohort(
        file,
        "fhir",
        TableReaders.options(file, "--task", "heart-failure", "--tabular", "creatinine=2160-0"));
  }

  /** Each code has the resource that gave it; of each second size with values. */
  static void bundle(Path file) {
    byte[] bytes = Target.bytes(file);
    String text = Utf8.decode(bytes, 0, bytes.length, "bundle");
    FhirOptions options = bytes.length % 2 == 0 ? FhirOptions.DEFAULT : WITH_VALUES;
    FhirPatient patient = FhirPatient.read(List.of(text), null, "bundle", options);
    Trajectory read = patient.trajectory();
    Json.object(TrajectoryJson.write(read), "line");
    for (Visit visit : read.visits()) {
      for (int code = 0; code < visit.codes().size(); code++) {
        SourceEvent event = visit.event(code);
        Fuzzed.require(event != null && event.code().matches("(?s)[A-Z]\\w+/.+"), "no resource");
        Fuzzed.require(visit.codes().get(code).matches("(?s)[dpmlav]\\d*_.+"), "no code");
      }
    }
  }

  static List<byte[]> seeds(Target target) {
    if (target == Target.FHIR_BULK) {
      byte[] tables = tables();
      return List.of(tables, TableReaders.withValues(tables));
    }
    String bundle =
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":["
            + String.join(",", entries().toList())
            + "]}";
    return List.of(TableReaders.text(bundle), TableReaders.text(bundle + " "));
  }

  private static byte[] tables() {
    return TableReaders.text(
        "== patients.ndjson",
        patient("p"),
        patient("q"),
        patient("r"),
        "== visits.ndjson",
        encounter("p", "a", 2001),
        encounter("p", "b", 2002),
        encounter("q", "c", 2001),
        encounter("q", "d", 2002),
        encounter("r", "e", 2001),
        encounter("r", "f", 2002),
        "== conditions.ndjson",
        condition("p", "a", "38341003"),
        condition("p", "b", "84114007"),
        condition("q", "c", "38341003"),
        condition("q", "d", "38341003"),
        condition("r", "e", "38341003"),
        condition("r", "f", "44054006"),
        "== labs.ndjson",
        lab("p", "a"),
        lab("q", "c"),
        lab("r", "e"));
  }

  private static Stream<String> entries() {
    return Stream.of(
            patient("p"),
            encounter("p", "a", 2001),
            encounter("p", "b", 2002),
            condition("p", "a", "38341003"),
            lab("p", "a"),
            """
            {"resourceType":"MedicationRequest","id":"m","status":"active","intent":"order",\
            "subject":{"reference":"http://h/Patient/p/_history/2"},"authoredOn":"2001-02-03",\
            "contained":[{"resourceType":"Medication","id":"x","code":{"coding":[\
            {"system":"http://www.whocc.no/atc","code":"C09AA03"}]}}],\
            "medicationReference":{"reference":"#x"}}""",
            """
            {"resourceType":"Immunization","id":"v","status":"completed","patient":\
            {"reference":"urn:uuid:p"},"encounter":{"reference":"Encounter/b"},\
            "occurrenceDateTime":"2002-02","vaccineCode":{"coding":[\
            {"system":"http://hl7.org/fhir/sid/cvx","code":"62","userSelected":true}]}}""")
        .map(resource -> "{\"resource\":" + resource + "}");
  }

  private static String patient(String id) {
    return """
        {"resourceType":"Patient","id":"%s","gender":"female","birthDate":"1950-02",\
        "deceasedBoolean":false}"""
        .formatted(id);
  }

  private static String encounter(String patient, String id, int year) {
    return """
        {"resourceType":"Encounter","id":"%s","status":"finished",\
        "subject":{"reference":"Patient/%s"},\
        "period":{"start":"%d-02-03T04:05:06+01:00","end":"%d-02-04T04:05:06.7Z"}}"""
        .formatted(id, patient, year, year);
  }

  private static String condition(String patient, String visit, String code) {
    return """
        {"resourceType":"Condition","id":"c%s","subject":{"reference":"Patient/%s"},\
        "encounter":{"reference":"Encounter/%s"},"code":{"coding":[\
        {"system":"http://snomed.info/sct","code":"%s","display":"Words"}]}}"""
        .formatted(visit, patient, visit, code);
  }

  private static String lab(String patient, String visit) {
    return """
        {"resourceType":"Observation","id":"l%s","status":"final",\
        "subject":{"reference":"Patient/%s"},"encounter":{"reference":"Encounter/%s"},\
        "effectiveDateTime":"2001-02-03T10:00:00Z","code":{"coding":[\
        {"system":"http://loinc.org","code":"2160-0"}]},\
        "valueQuantity":{"value":1.25,"unit":"mg/dL"},"component":[]}"""
        .formatted(visit, patient, visit);
  }
}
