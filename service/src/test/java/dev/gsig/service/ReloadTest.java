package dev.gsig.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several models, and models that are replaced while they are asked. */
@Tag("process")
class ReloadTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir private Path temp;
  private ExplanationService service;
  private String patient;

  @BeforeEach
  void start() throws IOException {
    Map<String, Path> models = new LinkedHashMap<>();
    models.put("first", copy("first"));
    models.put("second", copy("second"));
    service = ExplanationService.start(ServiceOptions.local(models));
    patient = Files.readAllLines(Path.of("../demo/test.jsonl")).get(0);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private Path copy(String name) throws IOException {
    Path folder = Files.createDirectory(temp.resolve(name));
    try (Stream<Path> files = Files.list(ExplanationServiceTest.MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    return folder;
  }

  private HttpRequest request(String path, String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(service.address() + path));
    return (body == null ? request : request.POST(BodyPublishers.ofString(body))).build();
  }

  private HttpResponse<String> ask(String path, String body) throws Exception {
    return CLIENT.send(request(path, body), BodyHandlers.ofString());
  }

  @Test
  void severalModelsAreAskedByName() throws Exception {
    assertThat(ask("/explain?model=second", patient).statusCode()).isEqualTo(200);
    HttpResponse<String> none = ask("/explain", patient);
    assertThat(none.statusCode()).isEqualTo(400);
    assertThat(none.body()).contains("say which model: model=first or model=second");
    HttpResponse<String> other = ask("/explain?model=third", patient);
    assertThat(other.statusCode()).isEqualTo(404);
    assertThat(other.body()).contains("there is no model third, but first, second");
    HttpResponse<String> both = ask("/explain?model=first&model=second", patient);
    assertThat(both.statusCode()).isEqualTo(400);
  }

  /** All the while somebody asks, and every answer is the one that it was. */
  @Test
  void noRequestIsLostWhileAModelIsReplaced() throws Exception {
    String expected = ask("/explain?model=first", patient).body();
    AtomicBoolean done = new AtomicBoolean();
    List<CompletableFuture<Integer>> askers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      askers.add(
          CompletableFuture.supplyAsync(
              () -> {
                int answers = 0;
                while (!done.get()) {
                  try {
                    HttpResponse<String> answer = ask("/explain?model=first", patient);
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                    assertThat(answer.body()).isEqualTo(expected);
                    answers++;
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }
                return answers;
              }));
    }
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> reloaded = ask("/reload?model=first", "");
      assertThat(reloaded.statusCode()).as(reloaded.body()).isEqualTo(200);
    }
    done.set(true);
    for (CompletableFuture<Integer> asker : askers) {
      assertThat(asker.get(1, TimeUnit.MINUTES)).isPositive();
    }
  }

  @Test
  void aFolderThatCannotBeLoadedChangesNothing() throws Exception {
    String before = ask("/models", null).body();
    Files.delete(temp.resolve("first/vocab.json"));

    HttpResponse<String> refused = ask("/reload?model=first", "");

    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(Json.object(refused.body(), "answer").string("error"))
        .startsWith("the model was not replaced: ")
        .contains("vocab.json");
    assertThat(ask("/models", null).body()).isEqualTo(before);
    assertThat(ask("/explain?model=first", patient).statusCode()).isEqualTo(200);
  }
}
