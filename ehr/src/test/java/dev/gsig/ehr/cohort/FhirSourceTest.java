package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of resources, what is left out and counted, and what is refused. */
class FhirSourceTest {
  private static final String PATIENT =
      """
      {"resourceType":"Patient","id":"p","gender":"male","birthDate":"1950-02-03"}""";
  private static final String ENCOUNTER =
      """
      {"resourceType":"Encounter","id":"e","status":"finished","subject":{"reference":"Patient/p"},\
      "period":{"start":"2020-01-01T10:00:00+01:00","end":"2020-01-01T12:00:00+01:00"}}""";
  private static final String CONDITION =
      """
      {"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},\
      "encounter":{"reference":"Encounter/e"},"recordedDate":"2020-01-01T10:30:00+01:00",\
      "code":{"coding":[{"system":"http://snomed.info/sct","code":"84114007","display":"HF"}]}}""";

  @TempDir Path temp;

  private void write(String file, String... lines) throws IOException {
    Files.write(temp.resolve(file), Arrays.asList(lines));
  }

  private Records read(boolean values, String measured, CodeSystem... systems) {
    List<CodeSystem> list = systems.length == 0 ? CodeSystem.ALL : List.of(systems);
    return new FhirSource(temp, list, Measurement.parse(measured), values)
        .read(Source.Watcher.NONE);
  }

  private Records read() {
    return read(false, "");
  }

  /** A patient with an encounter, and whatever else there is. */
  private Records with(String... events) throws IOException {
    write("a.ndjson", PATIENT);
    write("b.ndjson", ENCOUNTER);
    for (int i = 0; i < events.length; i++) {
      write("c" + i + ".ndjson", events[i]);
    }
    return read(true, "");
  }

  private static List<String> codes(Records records) {
    return new Patients(records)
        .get(0).visits().stream()
            .flatMap(visit -> Arrays.stream(visit.codes()).mapToObj(records.codes::text))
            .toList();
  }

  private static String event(String type, String more) {
    return """
        {"resourceType":"%s","id":"x","subject":{"reference":"Patient/p"},\
        "encounter":{"reference":"Encounter/e"},%s}"""
        .formatted(type, more);
  }

  private static String coded(String key, String system, String code) {
    return "\"%s\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]}".formatted(key, system, code);
  }

  @Test
  void everyTypeGivesCodesOfItsKind() throws IOException {
    String rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
    Records records =
        with(
            CONDITION,
            event(
                "Procedure",
                "\"status\":\"completed\","
                    + coded("code", "http://www.ama-assn.org/go/cpt", "93306")),
            event(
                "MedicationRequest",
                "\"status\":\"active\",\"intent\":\"order\","
                    + coded("medicationCodeableConcept", rxnorm, "314076")),
            """
            {"resourceType":"MedicationStatement","id":"s","status":"active",\
            "subject":{"reference":"Patient/p"},"context":{"reference":"Encounter/e"},%s}"""
                .formatted(
                    coded(
                        "medicationCodeableConcept", "http://hl7.org/fhir/sid/ndc", "338-0049-04")),
            """
            {"resourceType":"MedicationAdministration","id":"m","status":"completed",\
            "subject":{"reference":"Patient/p"},"context":{"reference":"Encounter/e"},\
            "effectivePeriod":{"start":"2020-01-01T10:05:00+01:00"},%s}"""
                .formatted(
                    coded("medicationCodeableConcept", "http://www.whocc.no/atc", "c09aa03")),
            event(
                "Observation",
                "\"status\":\"final\",\"effectiveDateTime\":\"2020-01-01T09:10:00Z\","
                    + "\"valueQuantity\":{\"value\":7.5,\"unit\":\"mg/dL\"},"
                    + coded("code", "http://loinc.org", "2160-0")),
            """
            {"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p"},\
            "recordedDate":"2020-01-01T10:30:00+01:00",%s}"""
                .formatted(coded("code", rxnorm, "1191")),
            """
            {"resourceType":"Immunization","id":"v","status":"completed",\
            "patient":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e"},\
            "occurrenceDateTime":"2020-01-01",%s}"""
                .formatted(coded("vaccineCode", "http://hl7.org/fhir/sid/cvx", "62")));

    assertThat(codes(records))
        .containsExactly(
            "d_84114007",
            "p_93306",
            "m_00338004904",
            "m_314076",
            "m_C09AA03",
            "l_2160-0",
            "a_1191",
            "v_62");
    assertThat(records.value(valued(records))).isEqualTo(7.5);
    assertThat(records.codeUnits).containsEntry("l_2160-0", "mg/dl");
    assertThat(records.descriptions).containsEntry("d_84114007", "HF");
    assertThat(records.dropped).isEmpty();
    assertThat(records.noticed)
        .containsOnlyKeys("AllergyIntolerance: without an encounter: put into the one of its time");
    assertThat(records.rows).containsEntry("Patient", 1L).containsEntry("Observation", 1L);
    PatientRecord patient = new Patients(records).get(0);
    assertThat(Instants.format(patient.visits().get(0).start())).isEqualTo("2020-01-01T09:00:00");
    assertThat(Instants.format(patient.birth())).isEqualTo("1950-02-03T00:00:00");
    assertThat(records.sexes.get(0)).isEqualTo(1);
  }

  private static int valued(Records records) {
    int event = 0;
    while (Double.isNaN(records.value(event))) {
      event++;
    }
    return event;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Condition|\"verificationStatus\":{\"coding\":[{\"code\":\"entered-in-error\"}]}|entered-in-error",
        "Condition|\"verificationStatus\":{\"coding\":[{\"code\":\"refuted\"}]}|refuted",
        "Condition|\"modifierExtension\":[{\"url\":\"x\"}]|with a modifier extension, or rules of its own",
        "Condition|\"implicitRules\":\"http://x\"|with a modifier extension, or rules of its own",
        "Procedure|\"status\":\"not-done\"|status \"not-done\"",
        "Procedure|\"status\":\"entered-in-error\"|status \"entered-in-error\"",
        "Procedure|\"reasonCode\":[]|without a status",
        "Immunization|\"status\":\"not-done\"|status \"not-done\"",
        "Immunization|\"status\":\"completed\",\"isSubpotent\":true|of too small a dose",
        "MedicationRequest|\"status\":\"draft\"|status \"draft\"",
        "MedicationRequest|\"status\":\"active\",\"intent\":\"plan\"|intent \"plan\"",
        "MedicationRequest|\"status\":\"active\",\"intent\":\"order\",\"doNotPerform\":true|an order not to",
        "MedicationStatement|\"status\":\"not-taken\"|status \"not-taken\"",
        "MedicationAdministration|\"status\":\"not-done\"|status \"not-done\"",
        "Observation|\"status\":\"cancelled\"|status \"cancelled\"",
        "Observation|\"status\":\"registered\"|status \"registered\"",
      })
  void whatDidNotHappenIsLeftOutAndCounted(String type, String says, String reason)
      throws IOException {
    Records records = with(event(type, says));

    assertThat(codes(records)).isEmpty();
    assertThat(records.dropped).containsExactly(Map.entry(type + ": " + reason, 1L));
  }

  @ParameterizedTest
  @CsvSource({
    "Patient/p,",
    "Patient/p/_history/3,",
    "https://fhir.example.org/r4/Patient/p,",
    "https://fhir.example.org/r4/Patient/p/_history/3,",
    "urn:uuid:p,",
    "Patient/q,Condition: of a patient who is not among the patients",
    "Group/p,Condition: without a reference to a patient",
    "XPatient/p,Condition: without a reference to a patient",
    "#p,Condition: of a patient who is not among the patients",
    "Patient?identifier=a|/Patient/p,Condition: without a reference to a patient",
  })
  void referencesAreResolved(String reference, String dropped) throws IOException {
    Records records = with(CONDITION.replace("Patient/p", reference));

    assertThat(codes(records)).hasSize(dropped == null ? 1 : 0);
    assertThat(records.dropped.keySet()).isEqualTo(dropped == null ? Set.of() : Set.of(dropped));
  }

  @Test
  void aDrugMayBeAResourceOfItsOwn() throws IOException {
    String atc = coded("code", "http://www.whocc.no/atc", "A10BA02");
    // they refer to each other in a circle
    write(
        "drugs.ndjson",
        "{\"resourceType\":\"Medication\",\"id\":\"m\",\"ingredient\":[{\"itemReference\":"
            + "{\"reference\":\"Medication/n\"}}],"
            + atc
            + "}",
        "{\"resourceType\":\"Medication\",\"id\":\"n\",\"ingredient\":[{\"itemReference\":"
            + "{\"reference\":\"Medication/m\"}}]}");
    String drug = "\"status\":\"active\",\"intent\":\"order\",\"medicationReference\":";
    Records records =
        with(
            event("MedicationRequest", drug + "{\"reference\":\"Medication/m\"}"),
            event("MedicationRequest", drug + "{\"reference\":\"Medication/n\"}")
                .replace("\"x\"", "\"y\""),
            event(
                    "MedicationRequest",
                    drug
                        + "{\"reference\":\"#m\"},\"contained\":[{\"resourceType\":\"Medication\","
                        + "\"id\":\"m\","
                        + coded("code", "http://www.whocc.no/atc", "B01AC06")
                        + "}]")
                .replace("\"x\"", "\"z\""));

    assertThat(codes(records)).containsExactly("m_A10BA02", "m_B01AC06");
    assertThat(records.dropped).containsOnlyKeys("MedicationRequest: without a coding");
  }

  @Test
  void oneCodingIsChosenByTheOrderOfSystems() throws IOException {
    String codings =
        """
        "code":{"text":"words","coding":[{"system":"http://local.example.org","code":"7"},\
        {"system":"http://snomed.info/sct","code":"84114007"},\
        {"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"I50.1"},\
        {"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"I50.9","userSelected":true}]}""";
    String condition = event("Condition", codings);

    assertThat(codes(with(condition))).containsExactly("d10_I509");
    assertThat(read().descriptions).containsEntry("d10_I509", "words");
    assertThat(read().noticed)
        .containsOnlyKeys("Condition: several codes of icd-10: the selected or first one is taken");
    assertThat(codes(read(false, "", CodeSystem.SNOMED, CodeSystem.ICD_10)))
        .containsExactly("d_84114007");
    assertThat(read(false, "", CodeSystem.RXNORM).dropped)
        .containsOnlyKeys(
            "Condition: without a code of a system that is read, but of \"http://local.example.org\"");
  }

  @Test
  void partsOfADateArePlacedAsTheyCanBe() throws IOException {
    write("a.ndjson", PATIENT.replace("1950-02-03", "1950"));
    write(
        "b.ndjson",
        ENCOUNTER,
        ENCOUNTER.replace("\"e\"", "\"f\"").replace("2020-01-01T10:00:00+01:00", "2020-01"));
    String condition = CONDITION.replace("2020-01-01T10:30:00+01:00", "2019");
    write(
        "c.ndjson",
        condition,
        condition.replace("\"c\"", "\"d\"").replace("encounter", "otherwise"));

    Records records = read();

    assertThat(Instants.format(records.births.get(0))).isEqualTo("1950-01-01T00:00:00");
    assertThat(codes(records)).containsExactly("d_84114007");
    assertThat(records.noticed)
        .containsOnlyKeys(
            "birth of which only the month or year is known: taken for its first day");
    assertThat(records.dropped)
        .containsOnlyKeys(
            "Encounter: without the day that it began",
            "Condition: without an encounter, or one of its time");
  }

  /** FHIR: an end of 2012-02-03 includes 10 o'clock of that day. */
  @Test
  void aPeriodHasAllOfTheDayThatItEndsOn() throws IOException {
    String days =
        ENCOUNTER.replace("T10:00:00+01:00", "").replace("2020-01-01T12:00:00+01:00", "2020-01-02");
    write("a.ndjson", PATIENT);
    write("b.ndjson", days);
    write(
        "c.ndjson",
        CONDITION
            .replace("2020-01-01T10:30:00+01:00", "2020-01-02T20:30:00Z")
            .replace("encounter", "otherwise"));

    Records records = read();

    assertThat(codes(records)).containsExactly("d_84114007");
    assertThat(Instants.format(records.visitEnds.get(0))).isEqualTo("2020-01-02T23:59:59");
  }

  @Test
  void theNumbersOfComponentsAreCodesToo() throws IOException {
    String pressure =
        """
        "status":"final","effectiveDateTime":"2020-01-01T09:10:00Z",%s,"component":[\
        {%s,"valueQuantity":{"value":120,"code":"mm[Hg]","unit":"millimetres"}},\
        {%s,"valueQuantity":{"value":80,"code":"mm[Hg]"}},\
        {%s,"valueQuantity":{"value":5,"comparator":"<"}},\
        {%s,"modifierExtension":[{"url":"x"}],"valueQuantity":{"value":5}}]"""
            .formatted(
                coded("code", "http://loinc.org", "85354-9"),
                coded("code", "http://loinc.org", "8480-6"),
                coded("code", "http://loinc.org", "8462-4"),
                coded("code", "http://loinc.org", "1-1"),
                coded("code", "http://loinc.org", "1-2"));
    Records records = with(event("Observation", pressure));

    assertThat(codes(records)).containsExactlyInAnyOrder("l_8480-6", "l_8462-4");
    assertThat(records.codeUnits).containsEntry("l_8480-6", "mm[hg]");
    assertThat(records.dropped)
        .containsOnlyKeys(
            "Observation: a component with a modifier extension", "Observation: without a number");
    assertThat(records.noticed)
        .containsOnlyKeys("Observation: a value such as < 5: taken for none");

    Records tabular = read(false, "sbp=8480-6");
    assertThat(codes(tabular)).isEmpty();
    assertThat(new Patients(tabular).measured(0, Moment.upTo(Instants.OPEN), 1))
        .containsExactly(120.0);
    assertThat(tabular.measurementUnits).containsEntry("sbp", "mm[hg]");
    assertThat(read().passedOver)
        .containsExactly("c0.ndjson (observations, of which none is asked for)");
  }

  @Test
  void deathsAreKnownFromPatientsAndDischarges() throws IOException {
    write(
        "a.ndjson",
        PATIENT,
        PATIENT.replace("\"p\"", "\"q\"").replace("}", ",\"deceasedDateTime\":\"2021-05\"}"),
        PATIENT.replace("\"p\"", "\"r\"").replace("}", ",\"deceasedBoolean\":false}"),
        PATIENT.replace("\"p\"", "\"s\"").replace("}", ",\"link\":[{\"type\":\"replaced-by\"}]}"));
    write(
        "b.ndjson",
        ENCOUNTER.replace(
            ",\"period\"",
            ",\"hospitalization\":{"
                + coded(
                    "dischargeDisposition",
                    "http://terminology.hl7.org/CodeSystem/discharge-disposition",
                    "exp")
                + "},\"period\""),
        ENCOUNTER
            .replace("\"e\"", "\"f\"")
            .replace("/p", "/r")
            .replace("12:00:00+01:00", "12:30:00+01:00"),
        ENCOUNTER.replace("\"e\"", "\"g\"").replace("/p", "/r").replace("finished", "in-progress"),
        ENCOUNTER.replace("\"e\"", "\"h\"").replace("/p", "/r").replace("finished", "planned"));

    Records records = read();

    assertThat(Instants.format(records.deaths.get(0))).isEqualTo("2020-01-01T11:00:00");
    assertThat(records.deaths.get(1)).isEqualTo(Instants.UNKNOWN);
    assertThat(records.followUpEnds.get(1)).isEqualTo(Instants.UNKNOWN);
    assertThat(Instants.format(records.followUpEnds.get(2))).isEqualTo("2020-01-01T11:30:00");
    assertThat(records.patients.size()).isEqualTo(3);
    assertThat(records.noticed)
        .containsOnlyKeys(
            "patient who is dead, of no known day: not known to be alive at any time",
            "encounter that is not finished: taken to go on, so that no input has it",
            "death known from a discharge alone: taken to be at the discharge");
    assertThat(records.dropped)
        .containsOnlyKeys("Patient: replaced by another record", "Encounter: status \"planned\"");
  }

  @Test
  void filesAreReadWhateverTheirNamesAreOrTheirOrderIs() throws IOException {
    write("z.ndjson", PATIENT, "");
    write("y.ndjson", ENCOUNTER);
    Files.createDirectory(temp.resolve("more"));
    try (GZIPOutputStream out =
        new GZIPOutputStream(Files.newOutputStream(temp.resolve("more/a.NDJSON.gz")))) {
      out.write(CONDITION.getBytes(StandardCharsets.UTF_8));
    }
    write("b.ndjson", "{\"resourceType\":\"Claim\",\"id\":\"1\"}");
    write("c.ndjson", "");
    write("export.json", "{}");

    Records records = read();

    assertThat(codes(records)).containsExactly("d_84114007");
    assertThat(records.passedOver)
        .containsExactly(
            "export.json (of another kind)",
            "b.ndjson (resources of the type \"Claim\")",
            "c.ndjson (empty)");
  }

  @Test
  void whatCannotBeUsedIsRefusedInOneLine() throws IOException {
    with(CONDITION);
    String at = "c0.ndjson, line 1, Condition/c: ";
    refused(
        CONDITION.replace("2020-01-01T10:30:00+01:00", "2020-13-01"),
        at + "\"recordedDate\" must be a time");
    refused(
        CONDITION.replace("{\"reference\":\"Patient/p\"}", "\"Patient/p\""),
        at + "\"subject\" must be an object");
    refused(CONDITION + "\n" + CONDITION, "c0.ndjson, line 2, Condition/c: is there twice");
    refused(
        CONDITION + "\n" + PATIENT, "c0.ndjson, line 2, Patient/p: is not of the type Condition");
    refused(CONDITION.replace("\"c\"", "\"c/d\""), "\"id\" must be an id of FHIR, but is \"c/d\"");
    refused(CONDITION.replace("\"c\"", "{}"), "c0.ndjson, line 1: \"id\" must be a text");
    refused(CONDITION.replace(",\"recorded", ",,\"recorded"), "c0.ndjson, line 1: malformed JSON");
    refused("{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}", "nested deeper than 64 levels");
    refused("[]", "c0.ndjson, line 1: must hold a JSON object");
    refused("{}", "\"resourceType\" is missing");
    refused(
        CONDITION
            .replace("Patient/p", "http://a/Patient/p")
            .replace("Encounter/e", "http://b/Encounter/e"),
        at + "refers to the server \"http://b\", where others refer to \"http://a\"");
    refused(
        event(
            "Observation",
            "\"status\":\"final\",\"valueQuantity\":{\"value\":1e999},"
                + coded("code", "http://loinc.org", "1-1")),
        "c0.ndjson, line 1: the number 1e999 is too large");
  }

  private void refused(String event, String message) throws IOException {
    write("c0.ndjson", event.split("\n"));
    assertThatThrownBy(() -> read(true, ""))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void foldersAndRecordsThatAreNotWholeAreRefused() throws IOException {
    write("c.ndjson", CONDITION);
    assertThatThrownBy(this::read).hasMessageContaining("holds no Patient in a file that ends in");
    write("a.ndjson", PATIENT);
    assertThatThrownBy(this::read).hasMessageContaining("holds no Encounter in a file");
    write("b.ndjson", ENCOUNTER.replace("\"id\":\"e\",", ""));
    assertThatThrownBy(this::read).hasMessageContaining("b.ndjson, line 1, Encounter: has no id");
    write("b.ndjson", ENCOUNTER);
    write("a.ndjson", PATIENT, PATIENT);
    assertThatThrownBy(this::read)
        .hasMessageContaining("a.ndjson, line 2, Patient/p: the patient \"p\" is there twice");
    write("a.ndjson", PATIENT, PATIENT.replace("\"p\"", "\"q\""));
    write("c.ndjson", CONDITION.replace("Patient/p", "Patient/q"));
    assertThatThrownBy(this::read)
        .hasMessageContaining(
            "c.ndjson, line 1, Condition/c: the encounter \"e\" is of another patient");
    assertThatThrownBy(
            () ->
                new FhirSource(temp.resolve("absent"), CodeSystem.ALL, List.of(), false)
                    .read(Source.Watcher.NONE))
        .hasMessageContaining("absent: no such folder");
  }

  /** RxNorm and SNOMED CT have numbers in common. */
  @Test
  void codesThatWouldBeSpelledAlikeAreRefused() throws IOException {
    String drug = "\"status\":\"active\",\"intent\":\"order\",";
    String one = coded("medicationCodeableConcept", "http://snomed.info/sct", "1234567");
    String other =
        coded(
            "medicationCodeableConcept", "http://www.nlm.nih.gov/research/umls/rxnorm", "1234567");
    assertThatThrownBy(
            () ->
                with(
                    event("MedicationRequest", drug + one),
                    event("MedicationRequest", drug + other).replace("\"x\"", "\"y\"")))
        .hasMessageContaining(
            "MedicationRequest/y: the code \"m_1234567\" is one of rxnorm here, and one of snomed");
    assertThat(codes(read(false, "", CodeSystem.RXNORM))).containsExactly("m_1234567");
  }

  @Test
  void systemsAreNamed() {
    assertThat(CodeSystem.parse("snomed, icd-10"))
        .containsExactly(CodeSystem.SNOMED, CodeSystem.ICD_10);
    assertThatThrownBy(() -> CodeSystem.parse("snomed,ICD"))
        .hasMessageContaining(
            "\"ICD\" is not known; name some of icd-10, icd-9, icd-10-pcs, snomed");
    assertThatThrownBy(() -> CodeSystem.parse("atc,atc")).hasMessageContaining("is there twice");
  }
}
