package dev.gsig.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PickledVocabularyTest {
  @TempDir Path folder;

  private Path file(String pickle) throws IOException {
    return Files.write(folder.resolve("vocab.pkl"), Base64.getDecoder().decode(pickle));
  }

  /** {@code pickle.dumps} of a Counter and a defaultdict(int), by protocols 2 and 4. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gAJjY29sbGVjdGlvbnMKQ291bnRlcgpxAH1xAShYBQAAAFtQQURdcQJLAFgBAAAAYXEDSwFYAQAAAGJxBEsCdYVx"
            + "BVJxBi4=",
        "gASVOQAAAAAAAACMC2NvbGxlY3Rpb25zlIwHQ291bnRlcpSTlH2UKIwFW1BBRF2USwCMAWGUSwGMAWKUSwJ1hZRS"
            + "lC4=",
        "gAJjY29sbGVjdGlvbnMKZGVmYXVsdGRpY3QKcQBjX19idWlsdGluX18KbG9uZwpxAYVxAlJxAyhYBQAAAFtQQURd"
            + "cQRLAFgBAAAAYXEFSwFYAQAAAGJxBksCdS4=",
        "gASVTgAAAAAAAACMC2NvbGxlY3Rpb25zlIwLZGVmYXVsdGRpY3SUk5SMCGJ1aWx0aW5zlIwDaW50lJOUhZRSlCiM"
            + "BVtQQURdlEsAjAFhlEsBjAFilEsCdS4="
      })
  void dictionariesOfCollections(String pickle) throws IOException {
    assertThat(Vocabularies.read(file(pickle))).isEqualTo(Map.of("[PAD]", 0, "a", 1, "b", 2));
  }

  /** {@code pickle.dumps(datetime.timedelta(1), 4)}: what is not known stands alone. */
  @Test
  void anotherObjectIsNoVocabularyAndNotDamaged() throws IOException {
    Path file = file("gASVJAAAAAAAAACMCGRhdGV0aW1llIwJdGltZWRlbHRhlJOUSwFLAEsAh5RSlC4=");
    assertThatThrownBy(() -> Vocabularies.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it holds no dictionary of codes to whole numbers");
  }
}
