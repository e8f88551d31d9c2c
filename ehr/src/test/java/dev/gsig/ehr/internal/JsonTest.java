package dev.gsig.ehr.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @TempDir Path folder;

  @Test
  void readsEveryKindOfValueInDocumentOrder() {
    JsonObject json =
        Json.object(
            "{\"z\":1,\"a\":-2.5e-3,\"t\":\"\\u00e9\\n\",\"y\":true,\"n\":null,\"l\":[1,[2],{}],"
                + "\"o\":{\"k\":\"v\"}}",
            "doc");

    assertThat(json.keys()).containsExactly("z", "a", "t", "y", "n", "l", "o");
    assertThat(json.raw("z")).isEqualTo(1L);
    assertThat(json.raw("a")).isEqualTo(-0.0025);
    assertThat(json.raw("t")).isEqualTo("é\n");
    assertThat(json.raw("y")).isEqualTo(true);
    assertThat(json.raw("n")).isNull();
    assertThat(json.raw("l")).isEqualTo(List.of(1L, List.of(2L), Map.of()));
    assertThat(json.raw("o")).isEqualTo(Map.of("k", "v"));
  }

  @Test
  void wholeNumbersBeyondALongBecomeDoubles() {
    assertThat(Json.parse("9223372036854775807", "doc")).isEqualTo(Long.MAX_VALUE);
    assertThat(Json.parse("9223372036854775808", "doc")).isEqualTo(0x1p63);
    assertThat(Json.parse("1.0", "doc")).isEqualTo(1.0);
  }

  @Test
  void parsedValuesAreNotModifiable() {
    List<?> list = (List<?>) Json.parse("[1]", "doc");
    Map<?, ?> map = (Map<?, ?>) Json.parse("{\"a\":1}", "doc");

    assertThatThrownBy(list::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\":",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":1e999}",
        "{\"a\":-1e999}",
        "{\"a\":tru}",
        "{\"a\":\"x}",
        "{\"a\":\"\u0001\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"\\ud800\":1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1}}",
        "{\"a\":1} x",
        "{\"a\":1} {}",
        "/* no */ {}",
        "# no\n{}",
        "[1,2]",
        "5",
        "null",
        "\"text\""
      })
  void refusesInOneLineNamingTheSource(String text) {
    assertThatThrownBy(() -> Json.object(text, "config.json"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("config.json: ")
        .message()
        .doesNotContain("\n", "Source", "Feature", "jackson", "Exception");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"a\":1,\"a\":2}", "{\"a\":null,\"a\":null}", "{\"a\":1,\"\\u0061\":2}"})
  void refusesDuplicateKeys(String text) {
    assertThatThrownBy(() -> Json.object(text, "doc"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("doc: the key \"a\" occurs twice in one object; remove one");
  }

  @Test
  void sameKeyInDifferentObjectsIsFine() {
    assertThat(Json.object("{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}", "doc").keys())
        .containsExactly("a", "b");
  }

  @Test
  void namesLineAndColumnOfADocumentAndTheColumnOfALine() {
    assertThatThrownBy(() -> Json.object("{\n  \"a\":\n}", "doc"))
        .hasMessage(
            "doc: malformed JSON at line 3, column 1: "
                + "Unexpected character ('}' (code 125)): expected a value");
    assertThatThrownBy(() -> Json.object("{\"a\":1} {}", "doc"))
        .hasMessage("doc: malformed JSON at column 9: nothing may follow the value");
  }

  @Test
  void boundsDepthStringsAndNumbers() {
    String deepest = "[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH);
    assertThat(Json.parse(deepest, "doc")).isInstanceOf(List.class);

    for (String text :
        List.of(
            "[" + deepest + "]",
            "[".repeat(1_000_000),
            "{\"a\":".repeat(1_000_000),
            "\"" + "x".repeat(20_000_000) + "\"",
            "1".repeat(5_000))) {
      assertThatThrownBy(() -> Json.parse(text, "doc"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("doc: unusable JSON: nested deeper than 64 levels");
    }
  }

  @Test
  void surrogatePairsAreCharacters() {
    assertThat(Json.parse("\"\\ud83d\\ude00\"", "doc")).isEqualTo("\ud83d\ude00");
  }

  @Test
  void readsAFileWithAByteOrderMark() throws Exception {
    Path file = folder.resolve("c.json");
    Files.write(file, "\ufeff{\"é\":1}".getBytes(StandardCharsets.UTF_8));

    assertThat(Json.read(file).integer("é")).isEqualTo(1);
  }

  @Test
  void refusesOtherEncodings() throws Exception {
    Path latin = Files.write(folder.resolve("latin.json"), new byte[] {'"', (byte) 0xE9, '"'});
    Path wide =
        Files.write(folder.resolve("wide.json"), "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE));

    assertThatThrownBy(() -> Json.read(latin))
        .hasMessage(latin + ": is not valid UTF-8; save it as UTF-8");
    assertThatThrownBy(() -> Json.read(wide))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(wide + ": malformed JSON");
  }

  @Test
  void refusesMissingFilesFoldersAndHugeFiles() throws Exception {
    Path missing = folder.resolve("missing.json");
    assertThatThrownBy(() -> Json.read(missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(missing + ": cannot be read: no such file; check the path");
    assertThatThrownBy(() -> Json.read(folder)).hasMessage(folder + ": is a folder; name a file");

    Path huge = folder.resolve("huge.json");
    try (var file = new java.io.RandomAccessFile(huge.toFile(), "rw")) {
      file.setLength(Json.MAX_DOCUMENT_BYTES + 1L);
    }
    assertThatThrownBy(() -> Json.read(huge))
        .hasMessage(huge + ": is larger than 100000000 bytes; is it the right file?");
  }

  @Test
  void writesEveryKindOfValue() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("text", "a\"\\\n\u0001é");
    map.put("none", null);
    map.put(
        "numbers",
        Arrays.asList(
            1,
            -2L,
            (short) 3,
            0.5,
            0.1f,
            new BigInteger("12345678901234567890"),
            new BigDecimal("1.10")));
    map.put("flags", List.of(true, false));
    map.put("empty", List.of(List.of(), Map.of()));

    assertThat(Json.write(map))
        .isEqualTo(
            "{\"text\":\"a\\\"\\\\\\n\\u0001é\",\"none\":null,"
                + "\"numbers\":[1,-2,3,0.5,0.1,12345678901234567890,1.10],"
                + "\"flags\":[true,false],\"empty\":[[],{}]}");
  }

  /** Double.toString printed 2.0E-3 as is, but some numbers with digits too many, before JDK 19. */
  @ParameterizedTest
  @CsvSource({
    "2e-3, 0.002",
    "2.0e22, 2.0E22",
    "2.2250738585072014e-308, 2.2250738585072014E-308",
    "4.9e-324, 4.9E-324",
    "5.684341886080802e-14, 5.684341886080802E-14",
    "1e23, 1.0E23",
    "-0.0, -0.0"
  })
  void writesTheShortestDigitsOnEveryJdk(double value, String expected) {
    assertThat(Json.write(value)).isEqualTo(expected);
    assertThat(Double.parseDouble(Json.write(value))).isEqualTo(value);
  }

  @Test
  void whatIsWrittenIsReadBackBitForBit() {
    java.util.Random random = new java.util.Random(7);
    for (int i = 0; i < 10_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value) && value != Math.rint(value)) {
        assertThat(Json.parse(Json.write(value), "doc")).isEqualTo(value);
      }
    }
  }

  @Test
  void doesNotWriteWhatJsonLacks() {
    for (Object value :
        List.of(Double.NaN, Double.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, new Object())) {
      assertThatThrownBy(() -> Json.write(value)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void quotesForMessagesOnOneLineAndShort() {
    assertThat(Json.quote("a\nb")).isEqualTo("\"a\\nb\"");
    assertThat(Json.quote("x".repeat(1000))).hasSizeLessThan(70).endsWith("...\"");
  }
}
