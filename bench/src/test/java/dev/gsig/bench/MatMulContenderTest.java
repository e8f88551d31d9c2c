package dev.gsig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatMulContenderTest {
  @Test
  void listsItsProductsAndAnswersEachGo() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    new MatMulContender(1).serve(new BufferedReader(new StringReader("go\ngo\n")), out, 0, 0);

    List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0))
        .contains(
            "{\"name\":\"linear S d->ff\",\"batch\":1,\"m\":128,\"k\":128,\"n\":512}",
            "{\"name\":\"linear S d->ff backward\",\"batch\":1,\"m\":128,\"k\":512,\"n\":128}",
            "{\"name\":\"attention M forward\",\"batch\":8,\"m\":128,\"k\":32,\"n\":128}");
    assertThat(lines.get(1)).isEqualTo("ready");
    for (String answer : lines.subList(2, 4)) {
      JsonObject json = Json.object(answer, "answer");
      assertThat(json.number("seconds")).isPositive();
      JsonObject gflops = json.object("gflops");
      assertThat(gflops.keys()).containsExactlyElementsOf(names(lines.get(0)));
      assertThat(gflops.keys()).allSatisfy(name -> assertThat(gflops.number(name)).isPositive());
    }
  }

  private static List<String> names(String shapes) {
    return Json.object(shapes, "shapes").objects("shapes").stream()
        .map(shape -> shape.string("name"))
        .toList();
  }
}
