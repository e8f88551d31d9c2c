package dev.gsig.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gsig.service.ExplanationService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The rules of CDS Hooks 2.0 (cds-hooks.hl7.org/2.0), table by table: discovery, requests, cards,
 * feedback; by a JSON library that is not ours.
 */
@Tag("process")
class CdsHooksConformanceTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Pattern PREFETCH_TOKEN = Pattern.compile("\\{\\{(context\\.\\w+)}}");

  private static ExplanationService service;

  @BeforeAll
  static void start() throws IOException {
    service =
        ExplanationService.start(
            Records.service()
                .page((line, model) -> "<!doctype html><title>a page</title>")
                .publicAddress("https://gsig.example.org")
                .build());
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(service.address() + path)).build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, JsonNode body) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(service.address() + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build(),
        BodyHandlers.ofString());
  }

  private static JsonNode discovered() throws Exception {
    return JSON.readTree(get("/cds-services").body()).get("services").get(0);
  }

  /** The request as an EHR makes it of what discovery asks for. */
  private static ObjectNode request(int seed) throws Exception {
    Bundle record = Records.of(seed);
    ObjectNode request = JSON.createObjectNode();
    request.put("hook", "patient-view");
    request.put("hookInstance", UUID.randomUUID().toString());
    ObjectNode context = request.putObject("context");
    context.put("userId", "Practitioner/example");
    context.put("patientId", "patient-" + seed);
    ObjectNode prefetch = request.putObject("prefetch");
    JsonNode templates = discovered().get("prefetch");
    templates
        .properties()
        .forEach(
            template -> {
              String type = template.getValue().asText().split("[/?]")[0];
              List<Resource> found =
                  record.getEntry().stream()
                      .map(entry -> entry.getResource())
                      .filter(resource -> resource.fhirType().equals(type))
                      .toList();
              prefetch.set(template.getKey(), fetched(type, found));
            });
    return request;
  }

  private static JsonNode fetched(String type, List<Resource> found) {
    Resource answer;
    if (type.equals("Patient")) {
      answer = found.get(0);
    } else {
      Bundle searched = new Bundle();
      searched.setType(Bundle.BundleType.SEARCHSET);
      searched.setTotal(found.size());
      found.forEach(resource -> searched.addEntry().setResource(resource));
      answer = searched;
    }
    try {
      return JSON.readTree(
          FhirContext.forR4Cached().newJsonParser().encodeResourceToString(answer));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** hook, id and description are required; each prefetch is a template of context alone. */
  @Test
  void discoveryTellsWhatTheSpecificationWants() throws Exception {
    HttpResponse<String> answer = get("/cds-services");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    JsonNode services = JSON.readTree(answer.body()).get("services");
    assertThat(services.isArray()).isTrue();
    assertThat(services).hasSize(1);
    JsonNode each = services.get(0);
    assertThat(each.get("hook").asText()).isEqualTo("patient-view");
    assertThat(each.get("id").asText()).matches("[A-Za-z0-9._-]+");
    assertThat(each.get("description").asText()).isNotBlank();
    each.get("prefetch")
        .forEach(
            template -> {
              List<String> tokens = new ArrayList<>();
              PREFETCH_TOKEN
                  .matcher(template.asText())
                  .results()
                  .forEach(m -> tokens.add(m.group(1)));
              assertThat(tokens).containsExactly("context.patientId");
            });
  }

  /** summary below 140 characters, an indicator, a source with a label, absolute links. */
  @Test
  void cardsAreAsTheSpecificationHasThem() throws Exception {
    for (int seed = 1; seed <= 5; seed++) {
      HttpResponse<String> answer = post("/cds-services/demo", request(seed));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonNode cards = JSON.readTree(answer.body()).get("cards");
      assertThat(cards).hasSize(1);
      JsonNode card = cards.get(0);
      assertThat(UUID.fromString(card.get("uuid").asText())).isNotNull();
      assertThat(card.get("summary").asText()).isNotBlank().hasSizeLessThan(140);
      assertThat(card.get("indicator").asText()).isIn(Set.of("info", "warning", "critical"));
      assertThat(card.get("detail").asText()).isNotBlank();
      assertThat(card.get("source").get("label").asText()).isNotBlank();
      for (JsonNode link : card.get("links")) {
        assertThat(link.get("label").asText()).isNotBlank();
        assertThat(URI.create(link.get("url").asText()).isAbsolute()).isTrue();
        assertThat(link.get("type").asText()).isIn("absolute", "smart");
      }
      assertThat(List.of("uuid", "summary", "detail", "indicator", "source", "links"))
          .containsAll(
              () -> {
                List<String> names = new ArrayList<>();
                card.fieldNames().forEachRemaining(names::add);
                return names.iterator();
              });
    }
  }

  /** Without a field that is required: 400. Without data: 412. */
  @Test
  void requestsAreHeldToTheSpecification() throws Exception {
    for (String required : List.of("hook", "hookInstance", "context")) {
      ObjectNode request = request(1);
      request.remove(required);
      assertThat(post("/cds-services/demo", request).statusCode()).as(required).isEqualTo(400);
    }
    ObjectNode without = request(1);
    without.remove("prefetch");
    assertThat(post("/cds-services/demo", without).statusCode()).isEqualTo(412);
    ObjectNode part = request(1);
    ((ObjectNode) part.get("prefetch")).remove("conditions");
    assertThat(post("/cds-services/demo", part).statusCode()).isEqualTo(412);
    ObjectNode page = request(1);
    ((ObjectNode) page.get("prefetch").get("conditions"))
        .putArray("link")
        .addObject()
        .put("relation", "next")
        .put("url", "http://example.org/next");
    assertThat(post("/cds-services/demo", page).statusCode()).isEqualTo(412);
  }

  /** What an EHR adds, such as how to ask its server, is no fault. */
  @Test
  void whatIsOptionalIsTaken() throws Exception {
    ObjectNode request = request(2);
    request.put("fhirServer", "https://ehr.example.org/fhir");
    request.putObject("fhirAuthorization").put("access_token", "secret").put("expires_in", 300);
    request.putObject("extension").put("of-an-ehr", true);
    assertThat(post("/cds-services/demo", request).statusCode()).isEqualTo(200);
  }

  @Test
  void feedbackIsTaken() throws Exception {
    ObjectNode feedback = JSON.createObjectNode();
    feedback
        .putArray("feedback")
        .addObject()
        .put("card", UUID.randomUUID().toString())
        .put("outcome", "overridden")
        .put("outcomeTimestamp", "2026-01-01T10:00:00Z");
    assertThat(post("/cds-services/demo/feedback", feedback).statusCode()).isEqualTo(200);
  }
}
