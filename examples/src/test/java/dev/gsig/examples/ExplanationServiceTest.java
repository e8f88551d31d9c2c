package dev.gsig.examples;

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
import java.io.BufferedReader;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  private static ExplanationService service;
  private static List<String> patients;
  private static List<String> expected;

  @BeforeAll
  static void start() throws IOException {
    Model model = Model.load(EmbeddingTest.MODEL);
    Baseline baseline = Baseline.load(EmbeddingTest.MODEL.resolve(Baseline.FILE_NAME));
    Explainer explainer = Explainer.of(model, baseline, ExplanationService.OPTIONS);
    patients = Files.readAllLines(EmbeddingTest.COHORT).subList(0, 3);
    AttributionJson json = new AttributionJson(model.significantDigits());
    try (CohortReader reader = CohortReader.of(bytes(patients), "patients")) {
      List<Trajectory> all = reader.all();
      expected = all.stream().map(explainer::explain).map(json::write).toList();
    }
    service = ExplanationService.start(model, explainer, 0, 2);
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
    Model model = Model.load(EmbeddingTest.MODEL);
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
        "steps=20 | the query takes without=CODE,... and with=NAME=VALUE, but not steps=20",
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

  @Test
  void healthNamesTheModel() throws Exception {
    HttpResponse<String> response =
        CLIENT.send(request("GET", "/health", BodyPublishers.noBody()), BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Json.object(response.body(), "health").string("weights_sha256")).hasSize(64);
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
    byte[] most = new byte[ExplanationService.MAX_BODY_BYTES];
    Arrays.fill(most, (byte) ' ');
    assertThat(post(BodyPublishers.ofByteArray(most)).statusCode()).isEqualTo(400); // blank

    HttpResponse<String> more =
        post(BodyPublishers.ofByteArray(new byte[ExplanationService.MAX_BODY_BYTES + 1]));
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

  /** As a program of its own, on a plain class path. */
  @Test
  void theProgramServes() throws Exception {
    Process process =
        Child.of(List.of(), ExplanationService.class, EmbeddingTest.MODEL, 0)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      assertThat(line).startsWith("listening on http://127.0.0.1:");
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(line.substring(13) + "/explain"))
              .POST(BodyPublishers.ofString(patients.get(0)))
              .build();
      HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
      assertThat(response.body()).isEqualTo(expected.get(0) + "\n");
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor()).isEqualTo(143); // as told to end, not by a fault
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
    String head = "POST /explain HTTP/1.1\r\nHost: a\r\n";
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
    String head = "POST /explain HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ";
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
      for (int i = 0; i < threads * ExplanationService.WAITING_PER_THREAD; i++) {
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
    String head = "POST /explain HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n";
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < ExplanationService.MAX_READING; i++) {
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

  /** What an outsider may copy: no type that may change with any version. */
  @Test
  void theExamplesUsePublicTypesOnly() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
      List<Path> sources = files.filter(f -> f.toString().endsWith(".java")).toList();
      assertThat(sources).isNotEmpty();
      for (Path source : sources) {
        assertThat(Files.readString(source)).as(source.toString()).doesNotContain(".internal.");
      }
    }
  }
}
