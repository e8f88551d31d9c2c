package dev.gsig.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.ehr.cohort.FhirPatient;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bundles and CDS Hooks; the demo's model knows codes of SNOMED CT. */
@Tag("process")
class FhirServiceTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String PATIENT =
      "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"male\",\"birthDate\":\"1940-02-03\"}";
  private static final String ENCOUNTER =
      "{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\","
          + "\"subject\":{\"reference\":\"Patient/p\"},"
          + "\"period\":{\"start\":\"2019-01-01T10:00:00Z\",\"end\":\"2019-01-01T12:00:00Z\"}}";
  private static final String CONDITION =
      "{\"resourceType\":\"Condition\",\"id\":\"c\",\"subject\":{\"reference\":\"Patient/p\"},"
          + "\"encounter\":{\"reference\":\"Encounter/e\"},\"code\":{\"coding\":["
          + "{\"system\":\"http://snomed.info/sct\",\"code\":\"59621000\"}]}}";
  private static final String EMPTY = bundle();
  private static final String RECORD = bundle(PATIENT, ENCOUNTER, CONDITION);

  private static ExplanationService service;

  @BeforeAll
  static void start() throws Exception {
    service = ExplanationService.start(options(0.0));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static ServiceOptions options(Double threshold) {
    return ServiceOptions.builder(
            Map.of("demo", new ModelSource(ExplanationServiceTest.MODEL, FhirOptions.DEFAULT)))
        .threads(2)
        .page((line, model) -> "<!doctype html><title>" + model.folder() + "</title>" + line)
        .cdsThreshold(threshold)
        .publicAddress("https://gsig.example.org")
        .build();
  }

  private static String bundle(String... resources) {
    StringBuilder text = new StringBuilder("{\"resourceType\":\"Bundle\",\"type\":\"searchset\"");
    if (resources.length > 0) {
      text.append(",\"entry\":[");
      for (int i = 0; i < resources.length; i++) {
        text.append(i == 0 ? "" : ",").append("{\"resource\":").append(resources[i]).append('}');
      }
      text.append(']');
    }
    return text.append('}').toString();
  }

  private static HttpResponse<String> post(String path, String type, String accept, String body)
      throws Exception {
    return post(service, path, type, accept, body);
  }

  private static HttpResponse<String> post(
      ExplanationService asked, String path, String type, String accept, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(asked.address() + path))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body));
    if (accept != null) {
      request.header("Accept", accept);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonObject get(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(service.address() + path)).build();
    return Json.object(CLIENT.send(request, BodyHandlers.ofString()).body(), path);
  }

  private static double probability() {
    try (Model model = Model.load(ExplanationServiceTest.MODEL)) {
      FhirOptions options = FhirOptions.DEFAULT.withVocabulary(model.vocabulary());
      FhirPatient patient = FhirPatient.read(List.of(RECORD), null, "the record", options);
      return model.predict(patient.trajectory()).probability();
    }
  }

  @Test
  void aBundleIsAnsweredWithARiskAssessment() throws Exception {
    HttpResponse<String> answer = post("/explain", "application/fhir+json", null, RECORD);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/fhir+json");
    JsonObject risk = Json.object(answer.body(), "the answer");
    assertThat(risk.string("resourceType")).isEqualTo("RiskAssessment");
    assertThat(risk.objects("basis").get(0).string("reference")).isEqualTo("Condition/c");
    assertThat(risk.objects("prediction").get(0).number("probabilityDecimal"))
        .isCloseTo(100 * probability(), within(0.01));
  }

  @Test
  void aBundleIsAnsweredWithALineOrAPageIfThatIsAskedFor() throws Exception {
    HttpResponse<String> line =
        post("/explain", "application/fhir+json", "application/x-ndjson", RECORD);
    assertThat(Json.object(line.body(), "the line").string("subject_id")).isEqualTo("p");
    HttpResponse<String> page = post("/explain", "application/fhir+json", "text/html", RECORD);
    assertThat(page.body()).startsWith("<!doctype html>").contains("\"subject_id\":\"p\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                                   | 400 | resourceType",
        "{\"resourceType\":\"Patient\"}                       | 400 | must be Bundle",
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"} | 400 | holds no Patient, or several",
        "[                                                    | 400 | the request",
      })
  void aBundleThatCannotBeReadIsToldWhy(String body, int status, String message) throws Exception {
    HttpResponse<String> answer = post("/explain", "application/fhir+json", null, body);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(Json.object(answer.body(), "the answer").string("error"))
        .contains(message)
        .doesNotContain("\n");
  }

  @Test
  void codesThatTheModelDoesNotKnowAreNotExplainedAsIfTheyWereRead() throws Exception {
    String other = CONDITION.replace("59621000", "1");
    HttpResponse<String> answer =
        post("/explain", "application/fhir+json", null, bundle(PATIENT, ENCOUNTER, other));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("1 of 1 code");
  }

  /** Nor is a card made of them. */
  @Test
  void aCardIsNotMadeOfCodesThatTheModelDoesNotKnow() throws Exception {
    String other = bundle(CONDITION.replace("59621000", "1"));
    HttpResponse<String> answer =
        post(
            "/cds-services/demo",
            "application/json",
            null,
            fetched(PATIENT, bundle(ENCOUNTER), other));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("1 of 1 code");
  }

  /** An assessment has no place for them, and must not look as if they had been asked about. */
  @Test
  void changesAreNotAskedOfAnAssessment() throws Exception {
    HttpResponse<String> answer =
        post("/explain?without=d_59621000", "application/fhir+json", null, RECORD);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(406);
    HttpResponse<String> line =
        post(
            "/explain?without=d_59621000", "application/fhir+json", "application/x-ndjson", RECORD);
    assertThat(line.statusCode()).as(line.body()).isEqualTo(200);
    assertThat(line.body()).contains("\"what_if\":[");
  }

  @Test
  void aRecordWithoutAnythingToReadIsNotExplained() throws Exception {
    HttpResponse<String> answer =
        post("/explain", "application/fhir+json", null, bundle(PATIENT, ENCOUNTER));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
  }

  @Test
  void aModelThatReadsValuesIsNotAskedWithout() {
    Path folder = Path.of("../gsig/src/test/resources/blocks/value-linear");
    assertThatThrownBy(
            () ->
                ServedModel.load(
                    "values",
                    new ModelSource(folder, FhirOptions.DEFAULT),
                    ServiceOptions.EXPLANATION))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("reads values beside codes, but Bundles would be read without");
  }

  @Test
  void aRiskAssessmentIsOfABundle() throws Exception {
    HttpResponse<String> answer =
        post("/explain", "application/x-ndjson", "application/fhir+json", "{}");
    assertThat(answer.statusCode()).isEqualTo(406);
  }

  private static String hook(String... prefetch) {
    StringBuilder text =
        new StringBuilder(
            "{\"hook\":\"patient-view\",\"hookInstance\":\"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea\","
                + "\"context\":{\"userId\":\"Practitioner/1\",\"patientId\":\"p\"},\"prefetch\":{");
    for (int i = 0; i < prefetch.length; i += 2) {
      text.append(i == 0 ? "" : ",").append('"').append(prefetch[i]).append("\":");
      text.append(prefetch[i + 1]);
    }
    return text.append("}}").toString();
  }

  /** What a client sends of this record. */
  private static String fetched(String patient, String encounters, String conditions) {
    return hook(
        "patient", patient,
        "encounters", encounters,
        "conditions", conditions,
        "procedures", EMPTY,
        "medicationRequests", EMPTY,
        "medicationStatements", "null",
        "medicationAdministrations", EMPTY,
        "observations", EMPTY,
        "allergyIntolerances", EMPTY,
        "immunizations", EMPTY);
  }

  private static String fetched() {
    return fetched(PATIENT, bundle(ENCOUNTER), bundle(CONDITION));
  }

  @Test
  void discoveryListsAServiceForEachModel() throws Exception {
    List<JsonObject> services = get("/cds-services").objects("services");
    assertThat(services).hasSize(1);
    JsonObject one = services.get(0);
    assertThat(one.string("hook")).isEqualTo("patient-view");
    assertThat(one.string("id")).isEqualTo("demo");
    assertThat(one.string("description")).contains("death 31 to 365 days after the last visit");
    assertThat(one.object("prefetch").string("patient")).isEqualTo("Patient/{{context.patientId}}");
    assertThat(one.object("prefetch").keys()).hasSize(10);
  }

  @Test
  void aCardTellsTheRiskAndItsReasonsAndLinksToThePage() throws Exception {
    HttpResponse<String> answer = post("/cds-services/demo", "application/json", null, fetched());

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    List<JsonObject> cards = Json.object(answer.body(), "the answer").objects("cards");
    assertThat(cards).hasSize(1);
    JsonObject card = cards.get(0);
    assertThat(card.string("summary"))
        .hasSizeLessThan(140)
        .matches(
            "Risk of death 31 to 365 days after the last visit \\d+\\.\\d% \\(reference"
                + " \\d+\\.\\d%\\)")
        .contains(String.format(java.util.Locale.ROOT, "%.1f%%", 100 * probability()));
    assertThat(card.string("indicator")).isEqualTo("warning");
    assertThat(card.object("source").string("label")).isEqualTo("gsig, model demo");
    assertThat(card.string("detail"))
        .contains(
            "* Essential hypertension",
            "Not seen: 5 of the model's other inputs (an average stands for each). ",
            "This says what the model used, not what causes")
        .doesNotContain("unknown", ": +0.00", ": -0.00");
    JsonObject link = card.objects("links").get(0);
    assertThat(link.string("type")).isEqualTo("absolute");
    assertThat(link.string("url")).startsWith("https://gsig.example.org/pages/");
    String page = link.string("url").substring("https://gsig.example.org".length());
    HttpResponse<String> shown =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(service.address() + page)).build(),
            BodyHandlers.ofString());
    assertThat(shown.statusCode()).isEqualTo(200);
    assertThat(shown.body()).contains("\"subject_id\":\"p\"");
  }

  @Test
  void belowTheThresholdThereIsNoCard() throws Exception {
    try (ExplanationService other = ExplanationService.start(options(1.0))) {
      HttpResponse<String> answer =
          post(other, "/cds-services/demo", "application/json", null, fetched());
      assertThat(answer.body()).isEqualTo("{\"cards\":[]}\n");
    }
  }

  /** No card would look like a low risk. */
  @Test
  void aRecordThatCannotBeReadIsSaidToBe() throws Exception {
    HttpResponse<String> answer =
        post("/cds-services/demo", "application/json", null, fetched(PATIENT, EMPTY, EMPTY));
    JsonObject card = Json.object(answer.body(), "the answer").objects("cards").get(0);
    assertThat(card.string("summary")).startsWith("No risk of death").endsWith("is told");
    assertThat(card.string("indicator")).isEqualTo("info");
  }

  @Test
  void dataThatWereNotFetchedAreAskedFor() throws Exception {
    HttpResponse<String> none = post("/cds-services/demo", "application/json", null, hook());
    assertThat(none.statusCode()).isEqualTo(412);
    assertThat(none.body()).contains("prefetch lacks patient");
    HttpResponse<String> nobody =
        post("/cds-services/demo", "application/json", null, fetched("null", EMPTY, EMPTY));
    assertThat(nobody.statusCode()).isEqualTo(412);
    String first =
        bundle(ENCOUNTER)
            .replace(
                "\"type\":\"searchset\"",
                "\"type\":\"searchset\",\"link\":[{\"relation\":\"next\",\"url\":\"http://x\"}]");
    HttpResponse<String> part =
        post("/cds-services/demo", "application/json", null, fetched(PATIENT, first, EMPTY));
    assertThat(part.statusCode()).isEqualTo(412);
    assertThat(part.body()).contains("the first page of encounters only");
  }

  @Test
  void otherHooksAndServicesAreRefused() throws Exception {
    String other = fetched().replace("patient-view", "order-sign");
    assertThat(post("/cds-services/demo", "application/json", null, other).statusCode())
        .isEqualTo(400);
    assertThat(post("/cds-services/other", "application/json", null, fetched()).statusCode())
        .isEqualTo(404);
    assertThat(
            post("/cds-services/demo/feedback", "application/json", null, "{\"feedback\":[]}")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void aPageIsNotFoundByChance() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(service.address() + "/pages/" + "0".repeat(32))).build();
    assertThat(CLIENT.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
  }

  @Test
  void aServiceThatWasNotToldHowToReadBundlesSaysSo() throws Exception {
    try (ExplanationService other =
        ExplanationService.start(
            ServiceOptions.local(Map.of("demo", ExplanationServiceTest.MODEL)))) {
      HttpResponse<String> answer = post(other, "/explain", "application/fhir+json", null, RECORD);
      assertThat(answer.statusCode()).isEqualTo(415);
      assertThat(answer.body()).contains("--fhir");
    }
  }
}
