package dev.gsig.fuzz;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.service.ExplanationService;
import dev.gsig.service.ModelSource;
import dev.gsig.service.ServiceOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Bodies of requests, sent to the service of the demo's model. */
final class ServiceReaders {
  private static final Path MODEL = Path.of("..", "demo", "model");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static ExplanationService service;

  private ServiceReaders() {}

  static void lines(Path file) {
    post("/explain", "application/x-ndjson", file)
        .lines()
        .forEach(line -> Json.object(line, "the answer").string("subject_id"));
  }

  static void bundle(Path file) {
    JsonObject risk =
        Json.object(post("/explain", "application/fhir+json", file).strip(), "the answer");
    Fuzzed.require(risk.string("resourceType").equals("RiskAssessment"), "no RiskAssessment");
  }

  static void hook(Path file) {
    JsonObject answer = Json.object(post("/cds-services/demo", "application/json", file), "cards");
    for (JsonObject card : answer.objects("cards")) {
      Fuzzed.require(card.string("summary").length() < 140, "a summary that is too long");
      Fuzzed.require(!card.string("detail").contains("NaN"), "a number that is none");
    }
  }

  /** What is answered; a refusal has to be the sender's to mend, in one line. */
  private static String post(String path, String type, Path file) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(service().address() + path))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(Target.bytes(file)))
            .build();
    HttpResponse<String> answer;
    try {
      answer = CLIENT.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    int status = answer.statusCode();
    if (status >= 400 && status < 500) {
      throw new InvalidInputException(Json.object(answer.body(), "the answer").string("error"));
    }
    Fuzzed.require(status == 200, "the status " + status + ": " + answer.body());
    return answer.body();
  }

  private static synchronized ExplanationService service() {
    if (service == null) {
      try {
        service =
            ExplanationService.start(
                ServiceOptions.builder(Map.of("demo", new ModelSource(MODEL, FhirOptions.DEFAULT)))
                    .threads(1)
                    .cdsThreshold(0.0)
                    .build());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return service;
  }

  static List<byte[]> seeds(Target target) {
    try {
      return switch (target) {
        case SERVICE_LINES ->
            List.of(utf8(Files.readAllLines(Path.of("..", "demo", "test.jsonl")).get(0)));
        case SERVICE_BUNDLE -> FhirReaders.seeds(Target.FHIR_BUNDLE);
        default -> List.of(utf8(hook()));
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hook() {
    StringBuilder prefetch = new StringBuilder();
    for (String name :
        List.of(
            "encounters",
            "procedures",
            "medicationRequests",
            "medicationStatements",
            "medicationAdministrations",
            "observations",
            "allergyIntolerances",
            "immunizations")) {
      prefetch.append(",\"").append(name).append("\":null");
    }
    return "{\"hook\":\"patient-view\",\"hookInstance\":\"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea\","
        + "\"context\":{\"userId\":\"Practitioner/1\",\"patientId\":\"p\"},\"prefetch\":{"
        + "\"patient\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1950-01-01\"},"
        + "\"conditions\":{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":["
        + "{\"resource\":{\"resourceType\":\"Condition\",\"id\":\"c\",\"subject\":{\"reference\":"
        + "\"Patient/p\"},\"code\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":"
        + "\"59621000\"}]}}}]}"
        + prefetch
        + "}}";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
