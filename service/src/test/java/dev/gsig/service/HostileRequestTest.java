package dev.gsig.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.ehr.internal.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that are made to harm, byte by byte on a socket: each is refused in one line that tells
 * nothing of the inside, and the service answers the next one.
 */
@Tag("process")
class HostileRequestTest {
  private static final int BYTES = 1 << 16;
  private static final String FHIR = "application/fhir+json";
  private static final String SUBJECT = "s3cret-subject";

  private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)");

  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static ExplanationService service;
  private static String patient;

  @BeforeAll
  static void start() throws IOException {
    patient = Files.readAllLines(Path.of("../demo/test.jsonl")).get(0);
    service =
        ExplanationService.start(
            ServiceOptions.builder(
                    Map.of(
                        "demo", new ModelSource(ExplanationServiceTest.MODEL, FhirOptions.DEFAULT)))
                .threads(2)
                .limits(new Limits(BYTES, 3, 30, 64, 16))
                .cdsThreshold(0.0)
                .log(LOG::add)
                .build());
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  /** What an answer was: its status, its head in lower case, and its body. */
  private record Reply(int status, String head, String body) {}

  private static Socket connect() throws IOException {
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(service.address()).getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends bytes as they stand, and reads until the other side is done. */
  private static Reply send(byte[] request) throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      try {
        out.write(request);
        out.flush();
      } catch (SocketException e) {
        // it was answered before all had been sent
      }
      return reply(socket);
    }
  }

  /** One answer, as long as its head says; else all that comes. */
  private static Reply reply(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        read.write(b);
        String all = read.toString(StandardCharsets.UTF_8);
        if (all.endsWith("\r\n\r\n")) {
          String head = all.strip().toLowerCase(Locale.ROOT);
          Matcher length = LENGTH.matcher(head);
          byte[] body =
              length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : in.readAllBytes();
          int status = Integer.parseInt(head.split(" ")[1]);
          return new Reply(status, head, new String(body, StandardCharsets.UTF_8));
        }
      }
    } catch (SocketException e) {
      // closed with what we had sent unread
    }
    return new Reply(0, read.toString(StandardCharsets.UTF_8), "");
  }

  private static byte[] request(String line, String headers, byte[] body) {
    String head =
        line
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
            + body.length
            + "\r\n"
            + headers
            + "\r\n";
    byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = Arrays.copyOf(start, start.length + body.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    return all;
  }

  private static Reply post(String path, String type, byte[] body) throws IOException {
    return send(request("POST " + path, "Content-Type: " + type + "\r\n", body));
  }

  private static Reply post(String path, String type, String body) throws IOException {
    return post(path, type, body.getBytes(StandardCharsets.UTF_8));
  }

  /** One line, of one key, without a trace, a path of this machine or a patient. */
  private static void assertRefused(Reply reply, int status) {
    assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
    String error = Json.object(reply.body(), "the answer").string("error");
    assertThat(error).isNotBlank().hasSizeLessThan(1000);
    assertThat(error.lines().count()).as(error).isOne();
    assertThat(error)
        .doesNotContain("Exception", "\tat ", "java.", "dev.gsig", SUBJECT)
        .doesNotContain(System.getProperty("user.dir"));
  }

  @AfterEach
  void theServiceIsUnharmed() throws IOException {
    Reply reply = post("/explain", "application/x-ndjson", patient);
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(LOG).noneMatch(line -> line.contains(SUBJECT) || line.contains("\tat "));
    assertThat(LOG).noneMatch(line -> line.contains("\"status\":500"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/pages/..%2f..%2fmodel",
        "/pages/%00",
        "//explain",
        "/explain/",
        "/explain/../explain",
        "/EXPLAIN",
        "/cds-services/demo/../..",
        "/cds-services/%2e%2e/feedback",
        "/explain;jsessionid=1",
        "/%0d%0aSet-Cookie:%20a=b"
      })
  void pathsLeadNowhere(String path) throws IOException {
    Reply reply = post(path, "application/json", "{}");

    assertThat(reply.status()).isIn(404, 405);
    if (!path.startsWith("//")) { // which the JDK's server answers by itself
      assertRefused(reply, reply.status());
    }
    assertThat(reply.head()).doesNotContain("set-cookie");
  }

  /** What the JDK's server refuses by itself is refused, too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /explain",
        "POST /explain HTTP/9.9",
        "POST /explain?%zz=1 HTTP/1.1",
        "\u0000\u0001\u0002",
        "POST /a b HTTP/1.1"
      })
  void linesThatAreNoneAreNotAnswered(String line) throws IOException {
    String head = line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    Reply reply = send(head.getBytes(StandardCharsets.ISO_8859_1));

    assertThat(reply.status()).isNotEqualTo(200).isNotEqualTo(500);
    assertThat(reply.body()).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO"})
  void otherMethodsAreRefused(String method) throws IOException {
    Reply reply = send(request(method + " /explain", "", new byte[0]));

    assertThat(reply.status()).isIn(405, 400, 501);
    assertThat(reply.body()).doesNotContain("Exception");
  }

  @Test
  void aBodyThatIsTooLongIsNotReadToItsEnd() throws IOException {
    byte[] body = "a".repeat(BYTES + 1).getBytes(StandardCharsets.US_ASCII);
    Reply declared = post("/explain", "application/x-ndjson", body);
    assertRefused(declared, 413);
    assertThat(declared.head()).contains("connection: close");

    String head = "POST /explain HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    String chunks =
        IntStream.range(0, 20)
            .mapToObj(i -> "2000\r\n" + "a".repeat(0x2000) + "\r\n")
            .collect(Collectors.joining());
    Reply chunked = send((head + chunks).getBytes(StandardCharsets.US_ASCII));
    assertRefused(chunked, 413);
  }

  /** A length beyond memory takes none. */
  @Test
  void aLengthIsNotBelieved() throws IOException {
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              ("POST /explain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000000000\r\n\r\n"
                      + "a".repeat(BYTES + 1))
                  .getBytes(StandardCharsets.US_ASCII));
      assertRefused(reply(socket), 413);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "abc", "1, 2", "1e3", ""})
  void lengthsThatAreNoneAreRefused(String length) throws IOException {
    Reply reply =
        send(
            ("POST /explain HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                    + length
                    + "\r\n\r\n{}")
                .getBytes(StandardCharsets.US_ASCII));

    assertThat(reply.status()).isBetween(400, 499);
    assertThat(reply.body()).doesNotContain("\tat ");
  }

  /** The rest of a body must not be taken for a request of its own. */
  @Test
  void aBodyThatIsNotReadEndsTheConnection() throws IOException {
    String inner = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    Reply reply =
        send(
            ("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + inner.length()
                    + "\r\n\r\n"
                    + inner)
                .getBytes(StandardCharsets.US_ASCII));

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.head()).contains("connection: close");
    assertThat(reply.body()).doesNotContain("HTTP/1.1 200").doesNotContain("\"ok\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "GZIP", "gzip, gzip"})
  void packedBodiesAreRefused(String encoding) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(patient.getBytes(StandardCharsets.UTF_8));
    }
    Reply reply =
        send(
            request(
                "POST /explain", "Content-Encoding: " + encoding + "\r\n", packed.toByteArray()));

    assertRefused(reply, 415);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/x-ndjson", FHIR})
  void whatIsNotUtf8IsRefused(String type) throws IOException {
    byte[] latin = "{\"subject_id\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    Reply reply = post("/explain", type, latin);

    assertRefused(reply, 400);
    assertThat(reply.body()).contains("UTF-8");
  }

  /** What editors on Windows put in front. */
  @Test
  void aByteOrderMarkIsPassedOver() throws IOException {
    assertThat(post("/explain", "application/x-ndjson", "\ufeff" + patient).status())
        .isEqualTo(200);
    assertThat(post("/explain", FHIR, "\ufeff" + record("")).status()).isEqualTo(200);
  }

  private static String record(String more) {
    return "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
        + "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\""
        + SUBJECT
        + "\",\"gender\":\"male\",\"birthDate\":\"1950-01-01\"}},"
        + "{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\","
        + "\"subject\":{\"reference\":\"Patient/"
        + SUBJECT
        + "\"},\"period\":{\"start\":\"2020-01-01T10:00:00Z\",\"end\":\"2020-01-01T11:00:00Z\"}}},"
        + "{\"resource\":{\"resourceType\":\"Condition\",\"id\":\"c\",\"subject\":{\"reference\":"
        + "\"Patient/"
        + SUBJECT
        + "\"},\"encounter\":{\"reference\":\"Encounter/e\"},\"code\":{\"coding\":[{\"system\":"
        + "\"http://snomed.info/sct\",\"code\":\"59621000\"}]}}}"
        + more
        + "]}";
  }

  private static String nested(String open, String close) {
    return open.repeat(10_000) + close.repeat(10_000);
  }

  static Stream<Arguments> hostileBundles() {
    return Stream.of(
        Arguments.of("depth", "{\"resourceType\":\"Bundle\",\"entry\":" + nested("[", "]") + "}"),
        Arguments.of("depth of objects", nested("{\"a\":", "}")),
        Arguments.of("depth of a resource", record(",{\"resource\":" + nested("[", "]") + "}")),
        Arguments.of("no end", record("").substring(0, 300)),
        Arguments.of("a second document", record("") + record("")),
        Arguments.of("keys twice", "{\"resourceType\":\"Bundle\",\"resourceType\":\"Bundle\"}"),
        Arguments.of("another type", "{\"resourceType\":\"Patient\",\"id\":\"p\"}"),
        Arguments.of("a list", "[1,2,3]"),
        Arguments.of("a text", "\"Bundle\""),
        Arguments.of("nothing", ""),
        Arguments.of("null", "null"),
        Arguments.of("NaN", "{\"resourceType\":\"Bundle\",\"total\":NaN}"),
        Arguments.of(
            "an entry that is none",
            "{\"resourceType\":\"Bundle\",\"type\":" + "\"collection\",\"entry\":[1]}"),
        Arguments.of(
            "entries that are none",
            "{\"resourceType\":\"Bundle\",\"type\":" + "\"collection\",\"entry\":{}}"),
        Arguments.of("a history", record("").replace("collection", "history")),
        Arguments.of(
            "a page",
            record("")
                .replace(
                    "\"entry\"",
                    "\"link\":[{\"relation\":\"next\","
                        + "\"url\":\"http://169.254.169.254/\"}],\"entry\"")),
        Arguments.of(
            "two patients",
            record("").replace("\"Encounter\",\"id\":\"e\"", "\"Patient\",\"id\":\"e\"")),
        Arguments.of("an id with a space", record("").replace("\"id\":\"c\"", "\"id\":\"c d\"")),
        Arguments.of(
            "an id with a line", record("").replace("\"id\":\"c\"", "\"id\":\"c\\u000ad\"")),
        Arguments.of(
            "an id that is a path", record("").replace("\"id\":\"c\"", "\"id\":\"../../c\"")),
        Arguments.of("no time", record("").replace("2020-01-01T10:00:00Z", "yesterday")),
        Arguments.of("a number for a text", record("").replace("\"59621000\"", "59621000")),
        Arguments.of("lone surrogates", record("").replace("59621000", "\\ud800")),
        Arguments.of("codes of a megabyte", record("").replace("59621000", "9".repeat(2 * BYTES))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostileBundles")
  void hostileBundlesAreRefused(String what, String bundle) throws IOException {
    Reply reply = post("/explain", FHIR, bundle);

    assertThat(reply.status()).as(what + ": " + reply).isBetween(400, 499);
    assertRefused(reply, reply.status());
  }

  /** Who refers to whom in circles is referred to, and not followed. */
  @Test
  void referencesInCirclesAreNotFollowed() throws IOException {
    String circle =
        ",{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"f\",\"status\":\"finished\","
            + "\"subject\":{\"reference\":\"Patient/"
            + SUBJECT
            + "\"},\"partOf\":{\"reference\":\"Encounter/g\"},\"period\":{\"start\":"
            + "\"2020-02-01T10:00:00Z\",\"end\":\"2020-02-01T11:00:00Z\"}}},"
            + "{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"g\",\"status\":\"finished\","
            + "\"subject\":{\"reference\":\"Encounter/f\"},\"partOf\":{\"reference\":"
            + "\"Encounter/f\"},\"period\":{\"start\":\"2020-02-01T10:00:00Z\",\"end\":"
            + "\"2020-02-01T11:00:00Z\"}}},{\"resource\":{\"resourceType\":\"MedicationRequest\","
            + "\"id\":\"m\",\"status\":\"completed\",\"intent\":\"order\",\"subject\":{\"reference\":"
            + "\"Patient/"
            + SUBJECT
            + "\"},\"medicationReference\":{\"reference\":\"MedicationRequest/m\"}}}";

    assertThat(post("/explain", FHIR, record(circle)).status()).isEqualTo(200);
  }

  /** A number beyond a double is no value; the record is refused, or the value is left out. */
  @ParameterizedTest
  @ValueSource(strings = {"1e400", "-1e400", "1e-400", "123456789012345678901234567890", "0.1e1"})
  void hugeNumbersDoNoHarm(String number) throws IOException {
    String observation =
        ",{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\","
            + "\"subject\":{\"reference\":\"Patient/"
            + SUBJECT
            + "\"},\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"2160-0\"}]},"
            + "\"valueQuantity\":{\"value\":"
            + number
            + "}}}";
    Reply reply = post("/explain", FHIR, record(observation));

    assertThat(reply.status()).isIn(200, 400);
    assertThat(reply.body()).doesNotContain("NaN", "Infinity");
  }

  private static String hook(String prefetch) {
    return "{\"hook\":\"patient-view\",\"hookInstance\":\"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea\","
        + "\"context\":{\"userId\":\"Practitioner/1\",\"patientId\":\""
        + SUBJECT
        + "\"},\"prefetch\":"
        + prefetch
        + "}";
  }

  /** A server that may not be asked says so in an OperationOutcome, which is no empty list. */
  @Test
  void whatCouldNotBeFetchedIsNotTakenForNothing() throws IOException {
    StringBuilder prefetch =
        new StringBuilder(
            "{\"patient\":{\"resourceType\":\"Patient\",\"id\":\""
                + SUBJECT
                + "\",\"birthDate\":\"1950-01-01\"}");
    for (String name :
        List.of(
            "encounters",
            "conditions",
            "procedures",
            "medicationRequests",
            "medicationStatements",
            "medicationAdministrations",
            "observations",
            "allergyIntolerances",
            "immunizations")) {
      prefetch.append(",\"" + name + "\":null");
    }
    String whole = prefetch.append('}').toString();
    assertThat(post("/cds-services/demo", "application/json", hook(whole)).status()).isEqualTo(200);

    String failed =
        whole.replace(
            "\"conditions\":null",
            "\"conditions\":{\"resourceType\":\"OperationOutcome\",\"issue\":[]}");
    Reply reply = post("/cds-services/demo", "application/json", hook(failed));
    assertRefused(reply, 412);
    assertThat(reply.body()).contains("OperationOutcome in place of conditions");
    String patientFailed =
        whole.replace("\"resourceType\":\"Patient\"", "\"resourceType\":\"Basic\"");
    assertRefused(post("/cds-services/demo", "application/json", hook(patientFailed)), 412);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"hook\":1}",
        "{\"hook\":\"patient-view\"}",
        "{\"hook\":\"patient-view\",\"hookInstance\":null}",
        "{\"hook\":\"patient-view\",\"hookInstance\":\"a\",\"context\":[]}",
        "{\"hook\":\"patient-view\",\"hookInstance\":\"a\",\"context\":{\"patientId\":{}}}"
      })
  void hooksThatAreNoneAreRefused(String body) throws IOException {
    assertRefused(post("/cds-services/demo", "application/json", body), 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "without",
        "without=",
        "with=a",
        "with==1",
        "a=b",
        "model=none",
        "model=%ff",
        "without=%0a"
      })
  void queriesAreToldWhatIsWrong(String query) throws IOException {
    Reply reply = post("/explain?" + query, "application/x-ndjson", patient);

    assertThat(reply.status()).as(reply.toString()).isBetween(400, 404);
    assertRefused(reply, reply.status());
  }

  /** Many connections that say nothing leave room for one that asks. */
  @Test
  void connectionsThatSayNothingHoldNobodyUp() throws IOException {
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        held.add(connect());
      }
      assertThat(post("/explain", "application/x-ndjson", patient).status()).isEqualTo(200);
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  /** A head may be long, but not without end. */
  @Test
  void aHeadIsBounded() throws IOException {
    StringBuilder head = new StringBuilder("POST /explain HTTP/1.1\r\nHost: localhost\r\n");
    for (int i = 0; i < 2_000; i++) {
      head.append("X-").append(i).append(": ").append("a".repeat(500)).append("\r\n");
    }
    Reply reply = send(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));

    assertThat(reply.status()).isNotEqualTo(200).isNotEqualTo(500);
  }
}
