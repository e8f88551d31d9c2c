package dev.gsig.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vocab.txt}, BERT's WordPiece vocabulary: the id of a code is the number of its line. */
class VocabulariesTest {
  @TempDir Path temp;

  private Path file(byte[] content) throws IOException {
    return Files.write(temp.resolve("vocab.txt"), content);
  }

  private Map<String, Integer> read(String content) throws IOException {
    return Vocabularies.read(file(content.getBytes(StandardCharsets.UTF_8)));
  }

  /** Lines end as Python reads them, which wrote and reads these files. */
  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void aLineIsACodeHoweverItEnds(String end) throws IOException {
    Map<String, Integer> ids = Map.of("[PAD]", 0, "[UNK]", 1, "d_I10", 2);

    assertThat(read(String.join(end, "[PAD]", "[UNK]", "d_I10"))).isEqualTo(ids);
    assertThat(read(String.join(end, "[PAD]", "[UNK]", "d_I10", ""))).isEqualTo(ids);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void aBlankLineTakesAnIdAndNamesNoCode(String end) throws IOException {
    assertThat(read(String.join(end, "[PAD]", "", "d_I10", " \t", "", "m_C03C", "", "")))
        .isEqualTo(Map.of("[PAD]", 0, "d_I10", 2, "m_C03C", 5));
  }

  @Test
  void onlyLineEndsDivideLines() throws IOException {
    assertThat(read("a\u2028b\u0085c\fd\u000be\nf"))
        .isEqualTo(Map.of("a\u2028b\u0085c\fd\u000be", 0, "f", 1));
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstCode() throws IOException {
    assertThat(read("\ufeff[PAD]\nd_I10\n")).isEqualTo(Map.of("[PAD]", 0, "d_I10", 1));
  }

  /** No word is put together from pieces: codes are looked up whole, and a piece is one, too. */
  @Test
  void piecesOfWordsAreCodesAsTheyStand() throws IOException {
    assertThat(read("[PAD]\nE11\n##.9\n##\n#\n"))
        .isEqualTo(Map.of("[PAD]", 0, "E11", 1, "##.9", 2, "##", 3, "#", 4));
  }

  @Test
  void letterCaseAndSpacesWithinAreKept() throws IOException {
    assertThat(read("d_i10\nd_I10\nHeart failure\n\u00e9\n"))
        .isEqualTo(Map.of("d_i10", 0, "d_I10", 1, "Heart failure", 2, "\u00e9", 3));
  }

  @Test
  void aCodeThatIsThereTwiceIsRefusedByItsLine() throws IOException {
    Path twice = file("[PAD]\r\n\r\nd_I10\r\nd_I10\r\n".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> Vocabularies.read(twice))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(twice + ": line 4: \"d_I10\" is there twice");
  }

  @Test
  void bytesThatAreNotUtf8AreRefusedByTheirLine() throws IOException {
    Path latin = file("[PAD]\nd_I10\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> Vocabularies.read(latin))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(latin + ", line 3: is not valid UTF-8; save it as UTF-8");

    Path wide = file("[PAD]\nd_I10\n".getBytes(StandardCharsets.UTF_16));
    assertThatThrownBy(() -> Vocabularies.read(wide))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(wide + ": is UTF-16; save it as UTF-8");
  }
}
