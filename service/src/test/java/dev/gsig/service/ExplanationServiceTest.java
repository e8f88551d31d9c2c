package dev.gsig.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("process")
class ExplanationServiceTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final String FUROSEMIDE = "m_313988";
  static final Path MODEL = Path.of("../demo/model");
  private static final Path COHORT = Path.of("../demo/test.jsonl");
  private static final int THREADS = 2;

  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static final List<String> AUDIT = new CopyOnWriteArrayList<>();

  private static ExplanationService service;
  private static List<String> patients;
  private static List<String> expected;

  @BeforeAll
  static void start() throws IOException {
    Model model = Model.load(MODEL);
    Baseline baseline = Baseline.load(MODEL.resolve(Baseline.FILE_NAME));
    Explainer explainer = Explainer.of(model, baseline, ServiceOptions.EXPLANATION);
    patients = Files.readAllLines(COHORT).subList(0, 3);
    AttributionJson json = new AttributionJson(model.significantDigits());
    try (CohortReader reader = CohortReader.of(bytes(patients), "patients")) {
      List<Trajectory> all = reader.all();
      expected = all.stream().map(explainer::explain).map(json::write).toList();
    }
    service = ExplanationService.start(local(Map.of("demo", MODEL)));
  }

  private static ServiceOptions local(Map<String, Path> models) {
    return ServiceOptions.local(models).toBuilder()
        .threads(THREADS)
        .log(LOG::add)
        .audit(AUDIT::add, false)
        .build();
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static ByteArrayInputStream bytes(List<String> lines) {
    return new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  private static HttpRequest request(String method, String path, BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(service.address() + path))
        .method(method, body)
        .build();
  }

  private static HttpResponse<String> post(BodyPublisher body) throws Exception {
    return CLIENT.send(request("POST", "/explain", body), BodyHandlers.ofString());
  }

  private static String error(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(response.body()).doesNotContain("Exception", "\tat ");
    return Json.object(response.body(), "answer").string("error");
  }

  @Test
  void answersAsTheCommandLineWrites() throws Exception {
    HttpResponse<String> response = post(BodyPublishers.ofString(String.join("\n", patients)));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
    assertThat(response.body().lines()).containsExactlyElementsOf(expected);
  }

  private static HttpResponse<String> ask(String query) throws Exception {
    BodyPublisher patient = BodyPublishers.ofString(patients.get(0));
    return CLIENT.send(request("POST", "/explain?" + query, patient), BodyHandlers.ofString());
  }

  /** What is asked besides changes nothing else, and is what the library answers. */
  @Test
  void changedRecordsAreAskedInTheQuery() throws Exception {
    HttpResponse<String> response =
        ask("without=" + FUROSEMIDE + "&with=age%3D60&without=" + FUROSEMIDE + ",egfr");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonObject line = Json.object(response.body(), "answer");
    Map<String, Object> rest = new LinkedHashMap<>(line.toMap());
    rest.remove("what_if");
    assertThat(Json.write(rest)).isEqualTo(expected.get(0));
    List<JsonObject> answers = line.objects("what_if");
    assertThat(answers).hasSize(3);
    assertThat(answers.get(0).strings("without")).containsExactly(FUROSEMIDE);
    assertThat(answers.get(1).string("with")).isEqualTo("age");
    assertThat(answers.get(2).strings("without")).containsExactly(FUROSEMIDE, "egfr");
    Model model = Model.load(MODEL);
    try (CohortReader reader = CohortReader.of(bytes(patients.subList(0, 1)), "the patient")) {
      Trajectory patient = reader.all().get(0);
      List<Visit> visits = new ArrayList<>();
      for (Visit visit : patient.visits()) {
        List<String> codes = new ArrayList<>(visit.codes());
        codes.removeIf(FUROSEMIDE::equals);
        visits.add(new Visit(visit.time(), codes, visit.age(), visit.tokenType()));
      }
      visits.removeIf(visit -> visit.codes().isEmpty());
      Trajectory without = new Trajectory(patient.subjectId(), visits, patient.tabular(), null);
      assertThat(answers.get(0).number("probability"))
          .isCloseTo(model.predict(without).probability(), within(1e-5));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "without=NOPE | the model knows no code and no tabular value NOPE",
        "with=age | with takes NAME=VALUE with a number, but is age",
        "with=age%3Dold | with takes NAME=VALUE with a number, but is age=old",
        "with=NOPE%3D1 | the model knows no code and no tabular value NOPE",
        "steps=20 | the query takes model=..., with=..., without=..., but not steps=20",
      })
  void aQueryThatCannotBeAnsweredIsToldWhy(String query, String message) throws Exception {
    HttpResponse<String> response = ask(query);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response)).isEqualTo(message);
  }

  @Test
  void changesAreBounded() throws Exception {
    String query =
        IntStream.rangeClosed(0, Asked.MAX_CHANGES)
            .mapToObj(i -> "with=age%3D" + i)
            .collect(Collectors.joining("&"));
    HttpResponse<String> response = ask(query);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response)).isEqualTo("the query has 21 changes; ask about at most 20");
  }

  @Test
  void requestsAtTheSameTimeDoNotDisturbEachOther() {
    List<CompletableFuture<String>> answers =
        IntStream.range(0, 9)
            .mapToObj(i -> BodyPublishers.ofString(patients.get(i % 3)))
            .map(
                body ->
                    CLIENT
                        .sendAsync(request("POST", "/explain", body), BodyHandlers.ofString())
                        .thenApply(HttpResponse::body))
            .collect(Collectors.toList());

    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).join()).isEqualTo(expected.get(i % 3) + "\n");
    }
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return CLIENT.send(request("GET", path, BodyPublishers.noBody()), BodyHandlers.ofString());
  }

  @Test
  void theModelsAreNamedWithTheirWeights() throws Exception {
    JsonObject models = Json.object(get("/models").body(), "models").object("models");
    assertThat(models.keys()).containsExactly("demo");
    assertThat(models.object("demo").string("weights_sha256")).hasSize(64);
  }

  @Test
  void tellsThatItLivesAndAnswers() throws Exception {
    assertThat(get("/health").body()).isEqualTo("{\"status\":\"ok\"}\n");
    assertThat(get("/ready").body()).isEqualTo("{\"status\":\"ready\"}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | the request: the cohort is empty",
        "{ | the request, line 1: ",
        "{\"subject_id\":\"p\"} | the request, line 1: ",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"[PAD]\"]}]} | [PAD]",
        "{\"subject_id\":\"p\",\"visits\":[{\"codes\":[\"NOPE\"]}]} | the request: 1 of 1 code",
        "'[' | the request, line 1: ",
      })
  void aBadRequestIsToldWhatIsWrong(String body, String message) throws Exception {
    HttpResponse<String> response = post(BodyPublishers.ofString(body));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response)).contains(message).doesNotContain("\n");
  }

  @Test
  void aBadPatientBehindGoodOnesFailsTheRequestAsAWhole() throws Exception {
    HttpResponse<String> response = post(BodyPublishers.ofString(patients.get(0) + "\n{}\n"));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response)).contains("the request, line 2: ");
  }

  @Test
  void whatIsNotUtf8IsABadRequest() throws Exception {
    HttpResponse<String> response = post(BodyPublishers.ofByteArray(new byte[] {'{', (byte) 0xff}));
    assertThat(response.statusCode()).isEqualTo(400);
    error(response);
  }

  @Test
  void aRequestIsBounded() throws Exception {
    byte[] most = new byte[Limits.DEFAULT.bytes()];
    Arrays.fill(most, (byte) ' ');
    assertThat(post(BodyPublishers.ofByteArray(most)).statusCode()).isEqualTo(400); // blank

    HttpResponse<String> more =
        post(BodyPublishers.ofByteArray(new byte[Limits.DEFAULT.bytes() + 1]));
    assertThat(more.statusCode()).isEqualTo(413);
    assertThat(error(more)).contains("1048576 bytes");

    String many =
        IntStream.range(0, 101)
            .mapToObj(i -> "{\"subject_id\":" + i + ",\"visits\":[{\"codes\":[\"x\"]}]}\n")
            .collect(Collectors.joining());
    HttpResponse<String> crowd = post(BodyPublishers.ofString(many));
    assertThat(crowd.statusCode()).isEqualTo(413);
    assertThat(error(crowd)).contains("101 patients");
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    HttpResponse<String> get =
        CLIENT.send(request("GET", "/explain", BodyPublishers.noBody()), BodyHandlers.ofString());
    assertThat(get.statusCode()).isEqualTo(405);
    assertThat(get.headers().firstValue("Allow")).hasValue("POST");
    assertThat(error(get)).isEqualTo("/explain takes POST");

    HttpResponse<String> elsewhere =
        CLIENT.send(
            request("POST", "/explain/all", BodyPublishers.noBody()), BodyHandlers.ofString());
    assertThat(elsewhere.statusCode()).isEqualTo(404);
    assertThat(error(elsewhere)).startsWith("there is no /explain/all");
  }

  private static Socket send(String start) throws IOException {
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(service.address()).getPort());
    socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static int health() throws Exception {
    return CLIENT
        .send(request("GET", "/health", BodyPublishers.noBody()), BodyHandlers.ofString())
        .statusCode();
  }

  /** Half a request holds nobody up: neither half a head nor half a body. */
  @Test
  @Timeout(25) // the server gives up on them after 30 seconds
  void halfARequestHoldsNobodyUp() throws Exception {
    String head = "POST /explain HTTP/1.1\r\nHost: localhost\r\n";
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        held.add(send(head));
        held.add(send(head + "Content-Length: 100\r\n\r\n{"));
        held.add(send(head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{"));
      }
      assertThat(health()).isEqualTo(200);
      HttpResponse<String> response = post(BodyPublishers.ofString(patients.get(0)));
      assertThat(response.body()).isEqualTo(expected.get(0) + "\n");
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  /** A patient that arrives byte by byte is explained as any other. */
  @Test
  void aSlowRequestIsAnswered() throws Exception {
    byte[] body = patients.get(0).getBytes(StandardCharsets.UTF_8);
    String head =
        "POST /explain HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ";
    try (Socket socket = send(head + body.length + "\r\n\r\n")) {
      socket.setTcpNoDelay(true);
      for (byte b : body) {
        socket.getOutputStream().write(b);
      }
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith(expected.get(0) + "\n");
    }
  }

  @Test
  void moreThanCanBeComputedIsToldToComeAgain() throws Exception {
    ThreadPoolExecutor workers = service.workers();
    CountDownLatch latch = new CountDownLatch(1);
    int threads = workers.getMaximumPoolSize();
    CountDownLatch started = new CountDownLatch(threads);
    Callable<Boolean> task =
        () -> {
          started.countDown();
          return latch.await(1, TimeUnit.MINUTES);
        };
    List<Future<Boolean>> busy = new ArrayList<>();
    try {
      for (int i = 0; i < threads; i++) {
        busy.add(workers.submit(task));
      }
      started.await();
      for (int i = 0; i < threads * Limits.DEFAULT.waitingPerThread(); i++) {
        busy.add(workers.submit(task));
      }
      HttpResponse<String> refused = post(BodyPublishers.ofString(patients.get(0)));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(error(refused)).contains("come again");
      assertThat(health()).isEqualTo(200);
    } finally {
      latch.countDown();
    }
    for (Future<Boolean> one : busy) {
      assertThat(one.get()).isTrue();
    }
    assertThat(post(BodyPublishers.ofString(patients.get(0))).statusCode()).isEqualTo(200);
  }

  @Test
  void moreBodiesThanFitAreToldToComeAgain() throws Exception {
    String head = "POST /explain HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n";
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < Limits.DEFAULT.reading(); i++) {
        Socket socket = send(head + "Content-Length: 100\r\n\r\n");
        held.add(socket);
        // it is being read from: the server asks for the body
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      }
      // that asks before the route does, which follows at once
      while (service.freeToRead() > 0) {
        Thread.onSpinWait();
      }
      assertThat(post(BodyPublishers.ofString(patients.get(0))).statusCode()).isEqualTo(503);
      assertThat(health()).isEqualTo(200);
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  /** Of each request a line, and nothing about patients in it. */
  @Test
  void theLogTellsOfRequestsAndNotOfPatients() throws Exception {
    String subject = Json.object(patients.get(0), "the patient").string("subject_id");
    HttpResponse<String> response = post(BodyPublishers.ofString(patients.get(0)));
    post(BodyPublishers.ofString(patients.get(0) + "\n" + patients.get(0)));
    String id = response.headers().firstValue("X-Request-Id").orElseThrow();

    String logged = await(LOG, id);
    JsonObject line = Json.object(logged, "the log");
    assertThat(line.string("route")).isEqualTo("/explain");
    assertThat(line.integer("status")).isEqualTo(200);
    assertThat(line.integer("patients")).isEqualTo(1);
    JsonObject audited = Json.object(await(AUDIT, id), "the audit");
    assertThat(audited.string("model")).isEqualTo("demo");
    assertThat(audited.string("weights_sha256")).hasSize(64);
    assertThat(LOG).noneMatch(each -> each.contains(subject));
    assertThat(AUDIT).noneMatch(each -> each.contains(subject));
  }

  /** The line is written behind the answer. */
  private static String await(List<String> lines, String id) throws InterruptedException {
    for (int i = 0; i < 1000; i++) {
      for (String line : lines) {
        if (line.contains(id)) {
          return line;
        }
      }
      Thread.sleep(10);
    }
    throw new AssertionError("no line for " + id);
  }

  @Test
  void metricsCountWhatWasAsked() throws Exception {
    post(BodyPublishers.ofString(patients.get(0)));
    get("/nowhere/p3879");
    String metrics = get("/metrics").body();
    assertThat(metrics)
        .contains("\n# TYPE gsig_requests_total counter\n")
        .containsPattern("\ngsig_requests_total\\{route=\"/explain\",status=\"200\"} [1-9]")
        .containsPattern("\ngsig_requests_total\\{route=\"none\",status=\"404\"} [1-9]")
        .containsPattern("\ngsig_patients_total\\{model=\"demo\"} [1-9]")
        .containsPattern("\ngsig_requests_waiting 0\n")
        .doesNotContain("p3879");
    // each line is a comment or a sample
    assertThat(metrics.lines())
        .allMatch(line -> line.startsWith("# ") || line.matches("[a-z_]+(\\{.*})? [0-9.E+-]+"));
    List<Long> buckets =
        metrics
            .lines()
            .filter(line -> line.startsWith("gsig_request_seconds_bucket{route=\"/explain\""))
            .map(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
            .toList();
    assertThat(buckets).hasSize(13).isSorted();
  }

  /** Requests for another host than this machine come from a page of elsewhere. */
  @Test
  void aBrowserIsNotLedHereByAnotherName() throws Exception {
    try (Socket socket = send("GET /models HTTP/1.1\r\nHost: evil.example\r\n\r\n")) {
      byte[] start = socket.getInputStream().readNBytes(12);
      assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 403");
    }
  }

  @ParameterizedTest
  @CsvSource({"/../demo/test.jsonl", "/page.js/..", "/%2e%2e/config.json", "/PAGE.JS"})
  void pathsLeadNowhereElse(String path) throws Exception {
    try (Socket socket =
        send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 404 ");
    }
  }
}
