package dev.gsig.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import dev.gsig.service.ExplanationService;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The description of the service, read by Swagger's parser, and what is answered beside it. */
@Tag("process")
class OpenApiConformanceTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static ExplanationService service;
  private static SwaggerParseResult parsed;

  @BeforeAll
  static void start() throws Exception {
    service = ExplanationService.start(Records.service().build());
    parsed = new OpenAPIV3Parser().readContents(send("GET", "/openapi.json", "", "").body());
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static HttpResponse<String> send(String method, String path, String type, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(service.address() + path))
            .method(method, BodyPublishers.ofString(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void theParserHasNothingToSay() {
    assertThat(parsed.getMessages()).isEmpty();
    OpenAPI api = parsed.getOpenAPI();
    assertThat(api.getInfo().getTitle()).isEqualTo("gsig");
    assertThat(api.getPaths()).isNotEmpty();
    api.getPaths()
        .values()
        .forEach(
            path ->
                assertThat(path.readOperations())
                    .isNotEmpty()
                    .allSatisfy(
                        operation -> assertThat(operation.getResponses()).containsKey("200")));
  }

  /** What is answered is described. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "GET;/health;/health;;;200",
        "GET;/ready;/ready;;;200",
        "GET;/metrics;/metrics;;;200",
        "GET;/models;/models;;;200",
        "GET;/words;/words;;;200",
        "GET;/cds-services;/cds-services;;;200",
        "POST;/explain;/explain;application/x-ndjson;{};400",
        "POST;/explain;/explain;application/fhir+json;{};400",
        "POST;/reload?model=none;/reload;;;404",
        "POST;/cds-services/demo;/cds-services/{name};application/json;{};400",
        "POST;/cds-services/none;/cds-services/{name};application/json;{};404",
        "GET;/pages/none;/pages/{name};;;404",
      })
  void whatIsAnsweredIsDescribed(
      String method, String path, String pattern, String type, String body, int status)
      throws Exception {
    HttpResponse<String> answer =
        send(method, path, type == null ? "" : type, body == null ? "" : body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    Operation operation =
        method.equals("GET")
            ? parsed.getOpenAPI().getPaths().get(pattern).getGet()
            : parsed.getOpenAPI().getPaths().get(pattern).getPost();
    assertThat(operation.getResponses()).containsKey(String.valueOf(status));
  }

  /** A record is explained as the description says it is. */
  @Test
  void aBundleIsAnsweredWithTheTypeThatIsDescribed() throws Exception {
    String record = FhirContext.forR4Cached().newJsonParser().encodeResourceToString(Records.of(1));
    HttpResponse<String> answer = send("POST", "/explain", "application/fhir+json", record);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(
            parsed
                .getOpenAPI()
                .getPaths()
                .get("/explain")
                .getPost()
                .getResponses()
                .get("200")
                .getContent())
        .containsKey(answer.headers().firstValue("Content-Type").orElseThrow());
  }
}
