package dev.gsig.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Token and TLS, by a client that nobody here wrote: the JDK's. */
@Tag("process")
class AccessTest {
  private static final char[] PASSWORD = "for the tests".toCharArray();
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  @TempDir private static Path temp;
  private static Path keystore;
  private static ExplanationService service;
  private static HttpClient trusting;
  private static String patient;

  @BeforeAll
  static void start() throws Exception {
    keystore = temp.resolve("keys.p12");
    keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1");
    service = ExplanationService.start(options(ServiceOptions.LOOPBACK, true, TOKEN));
    KeyStore known = KeyStore.getInstance(keystore.toFile(), PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("service", known.getCertificate("mykey"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    trusting = HttpClient.newBuilder().sslContext(context).build();
    patient = Files.readAllLines(Path.of("../demo/test.jsonl")).get(0);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static void keytool(String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(more));
    command.addAll(List.of("-keystore", keystore.toString(), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", new String(PASSWORD), "-alias", "mykey"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static ServiceOptions options(String host, boolean tls, String token) {
    return ServiceOptions.local(Map.of("demo", ExplanationServiceTest.MODEL)).toBuilder()
        .host(host)
        .tls(tls ? Tls.of(keystore, PASSWORD) : null)
        .token(token)
        .threads(1)
        .build();
  }

  private static int status(String path, String authorization) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(service.address() + path));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return trusting.send(request.build(), BodyHandlers.ofString()).statusCode();
  }

  @Test
  void explainsToWhoBringsTheToken() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(service.address() + "/explain"))
            .header("Authorization", "Bearer " + TOKEN)
            .POST(BodyPublishers.ofString(patient))
            .build();
    HttpResponse<String> response = trusting.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"subject_id\":\"p3879\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer 0123456789abcdef0123456789abcdee",
        "Bearer ",
        "Basic 0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef",
      })
  void refusesAnotherToken(String authorization) throws Exception {
    assertThat(status("/models", authorization)).isEqualTo(401);
  }

  @Test
  void refusesWithoutTheTokenWhateverIsAskedFor() throws Exception {
    for (String path : List.of("/models", "/words", "/metrics", "/explain", "/nowhere")) {
      assertThat(status(path, null)).as(path).isEqualTo(401);
    }
    for (String path : List.of("/health", "/ready", "/", "/openapi.json")) {
      assertThat(status(path, null)).as(path).isEqualTo(200);
    }
  }

  @Test
  void provesItself() {
    HttpRequest request = HttpRequest.newBuilder(URI.create(service.address() + "/health")).build();
    assertThatThrownBy(() -> HttpClient.newHttpClient().send(request, BodyHandlers.ofString()))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void plainRequestsAreNotAnsweredWhereTlsIs() {
    URI plain = URI.create(service.address().replace("https", "http") + "/health");
    assertThatThrownBy(
            () ->
                HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(plain).build(), BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void othersReachItOnlyWithTokenAndTls() throws Exception {
    String everywhere = "0.0.0.0";
    for (boolean tls : new boolean[] {true, false}) {
      for (String token : Stream.of("", TOKEN).map(t -> t.isEmpty() ? null : t).toList()) {
        if (!tls || Objects.isNull(token)) {
          assertThatThrownBy(() -> options(everywhere, tls, token))
              .isInstanceOf(InvalidInputException.class)
              .hasMessageContaining("needs a token and TLS");
        }
      }
    }
    assertThat(options(everywhere, true, TOKEN).host()).isEqualTo(everywhere);
  }

  @Test
  void aKeyStoreThatCannotBeReadIsNamed() throws IOException {
    assertThatThrownBy(() -> Tls.of(keystore, "wrong".toCharArray()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(keystore + ": cannot be read as a key store with this password");
    Path other = Files.writeString(temp.resolve("no.p12"), "no key store");
    assertThatThrownBy(() -> Tls.of(other, PASSWORD))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(other.toString());
  }
}
