package dev.gsig.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("process")
class OpenApiTest {
  /** Every path that programs ask is described, with its method, and no other. */
  @Test
  void describesThePathsThatThereAre() throws Exception {
    byte[] written = ServicePage.answer("/openapi.json").body();
    JsonObject document = Json.object(new String(written, StandardCharsets.UTF_8), "openapi.json");
    Map<String, String> described = new LinkedHashMap<>();
    JsonObject paths = document.object("paths");
    for (String path : paths.keys()) {
      assertThat(paths.object(path).keys()).as(path).hasSize(1);
      described.put(path, paths.object(path).keys().iterator().next());
    }
    Map<String, String> served;
    try (ExplanationService service =
        ExplanationService.start(
            ServiceOptions.local(Map.of("demo", ExplanationServiceTest.MODEL)))) {
      served = service.described();
    }
    assertThat(described).containsExactlyInAnyOrderEntriesOf(served);
  }
}
