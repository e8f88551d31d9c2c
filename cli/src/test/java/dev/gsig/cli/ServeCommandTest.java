package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("process")
class ServeCommandTest {
  private static final Path MODEL = Path.of("../demo/model");

  @TempDir private Path temp;

  /** As a program of its own, which ends when it is told to. */
  @Test
  void explainsUntilItIsStopped() throws Exception {
    String patient = Files.readAllLines(Path.of("../demo/test.jsonl")).get(0);
    Path audit = temp.resolve("audit.jsonl");
    List<String> command = Child.java(Launch.class, List.of());
    command.addAll(
        List.of("serve", "--model", MODEL.toString(), "--port", "0", "--audit-subjects"));
    command.addAll(List.of("--audit-log", audit.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(temp.resolve("err.txt").toFile()).start();
    try (BufferedReader out = process.inputReader()) {
      String address = out.readLine();
      assertThat(address).startsWith("listening on http://127.0.0.1:");
      URI explain = URI.create(address.substring("listening on ".length()) + "/explain");
      HttpRequest.Builder request =
          HttpRequest.newBuilder(explain).POST(BodyPublishers.ofString(patient));

      HttpResponse<String> line = send(request);
      assertThat(line.statusCode()).as(line.body()).isEqualTo(200);
      assertThat(line.body()).contains("\"subject_id\":\"p3879\"");

      HttpResponse<String> page = send(request.header("Accept", "text/html"));
      assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
      assertThat(page.body()).startsWith(HtmlReport.beginning());
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143); // as told to end, not by a fault
    assertThat(Files.readAllLines(audit))
        .hasSize(2)
        .allMatch(entry -> entry.contains("\"subjects\":[\"p3879\"]"));
    assertThat(Files.readAllLines(temp.resolve("err.txt")))
        .filteredOn(each -> each.contains("\"event\":\"request\""))
        .hasSize(2)
        .noneMatch(each -> each.contains("p3879"));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--host 0.0.0.0 | others can reach 0.0.0.0: a service there needs a token and TLS",
        "--host nowhere.invalid | the host nowhere.invalid is no address of this machine",
        "--port 70000 | --port must be from 0 to 65535, but is 70000",
        "--threads 0 | --threads must be from 1 to 1024, but is 0",
        "--max-seconds 0 | --max-seconds must be from 1 to 86400, but is 0",
        "--audit-subjects | --audit-subjects is for --audit-log; leave it out",
        "--model ../demo/model | have one name; rename one of the folders",
        "--tls-keystore keys.p12 | --tls-keystore needs its password in the variable",
        "--token-file missing.txt | missing.txt",
        "--cds-threshold 0.2 | --cds-threshold is for --fhir; leave it out",
        "--fhir whole --cds-threshold 2 | --cds-threshold must be from 0 to 1, but is 2.0",
        "--fhir whole --fhir whole | --fhir goes with --model, one for each, but there are 2 and 1",
        "--fhir missing | cohort-report.json",
      })
  void refusesWhatItCannotServe(String more, String message) {
    String[] words = more.split(" ");
    Object[] args = new Object[words.length + 3];
    args[0] = "serve";
    args[1] = "--model";
    args[2] = MODEL;
    System.arraycopy(words, 0, args, 3, words.length);
    Cli.assertRefused(Cli.run(args), message);
  }

  @ParameterizedTest
  @CsvSource({"short", "'0123456789abcdef 0123456789abcdef'", "''"})
  void aTokenIsASecretOfSomeLength(String token) throws IOException {
    Path file = Files.writeString(temp.resolve("token.txt"), token);
    Cli.assertRefused(
        Cli.run("serve", "--model", MODEL, "--token-file", file),
        file + ": must hold one secret of at least 16 characters");
  }

  @Test
  void whatIsNoAuditLogIsNotAddedTo() throws IOException {
    Path years = Files.writeString(temp.resolve("years.txt"), "of work\n");
    Cli.assertRefused(
        Cli.run("serve", "--model", MODEL, "--port", 0, "--audit-log", years),
        years + ": exists and is no audit log of gsig");
    assertThat(years).hasContent("of work");
  }

  @Test
  void aFolderThatIsNoModelIsNamed() {
    Cli.assertRefused(Cli.run("serve", "--model", temp, "--port", 0), temp.toString());
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Cli.assertRefused(
          Cli.run("serve", "--model", MODEL, "--port", taken.getLocalPort()),
          "cannot listen on 127.0.0.1:" + taken.getLocalPort(),
          "choose another --port");
    }
  }
}
