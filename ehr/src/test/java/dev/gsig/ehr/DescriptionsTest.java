package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptionsTest {
  @TempDir Path folder;

  @Test
  void describesOrFallsBackToTheCode() throws Exception {
    Path file = Files.writeString(folder.resolve("d.json"), "{\"d_I10\":\"Hypertension\"}");
    Descriptions descriptions = Descriptions.read(file);

    assertThat(descriptions.of("d_I10")).isEqualTo("Hypertension");
    assertThat(descriptions.of("d_E11")).isEqualTo("d_E11");
    assertThat(Descriptions.NONE.of("d_I10")).isEqualTo("d_I10");
  }

  @Test
  void refusesOtherThanTexts() throws Exception {
    Path file = Files.writeString(folder.resolve("d.json"), "{\"d_I10\":3}");

    assertThatThrownBy(() -> Descriptions.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": \"d_I10\" must be a text, but is 3");
  }
}
