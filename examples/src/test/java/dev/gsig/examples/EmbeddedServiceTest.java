package dev.gsig.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("process")
class EmbeddedServiceTest {
  /** As a program of its own, on a plain class path. */
  @Test
  void theProgramServes() throws Exception {
    String patient = Files.readAllLines(EmbeddingTest.COHORT).get(0);
    Process process =
        Child.of(List.of(), EmbeddedService.class, EmbeddingTest.MODEL)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      assertThat(line).startsWith("listening on http://127.0.0.1:");
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(line.substring(13) + "/explain"))
              .POST(BodyPublishers.ofString(patient))
              .build();
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(response.body()).contains("\"subject_id\":\"p3879\"");
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor()).isEqualTo(143); // as told to end, not by a fault
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
