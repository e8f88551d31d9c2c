package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisplayTest {
  @TempDir Path folder;

  private Display read(String json) throws IOException {
    Files.writeString(folder.resolve(Display.FILE_NAME), json);
    return Display.in(folder);
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    Display display =
        new Display(
            "death within 365 days",
            false,
            Map.of("1", "dies", "0", "lives"),
            Map.of(
                "sex", new Display.Feature(null, null, Map.of("0", "female", "1", "male")),
                "sbp", new Display.Feature("systolic blood pressure", "mmHg", Map.of())),
            Map.of("l_2160-0", "mg/dl"),
            new Display.Test(0.869, 0.817, 0.918, 200));
    display.write(folder);
    assertThat(Display.in(folder)).isEqualTo(display);
    assertThat(Files.readString(folder.resolve(Display.FILE_NAME)))
        .contains("\"sex\":{\"values\":{\"0\":\"female\",\"1\":\"male\"}}")
        .contains("\"test\": {\"auroc\":0.869,\"low\":0.817,\"high\":0.918,\"patients\":200}");
  }

  @Test
  void nothingNeedsToBeTold() throws IOException {
    assertThat(Display.in(folder)).isEqualTo(Display.NONE);
    assertThat(read("{}")).isEqualTo(Display.NONE);
    assertThat(read("{\"outcome\":\"stroke\"}").outcome()).isEqualTo("stroke");
    assertThat(read("{\"test\":{\"auroc\":0.5}}").test().patients()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"outcom\":\"stroke\"} | outcom",
        "{\"outcome\":1} | outcome",
        "{\"calibrated\":\"no\"} | calibrated",
        "{\"tabular\":{\"age\":{\"units\":\"years\"}}} | units",
        "{\"tabular\":[]} | tabular",
        "{\"units\":{\"l_1\":2}} | l_1",
        "{\"test\":{\"auroc\":1.5}} | auroc",
        "{\"test\":{\"low\":0.5}} | auroc",
      })
  void anythingElseIsRefusedByItsKey(String json, String key) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(Display.FILE_NAME)
        .hasMessageContaining(key + "\"");
  }
}
