package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the demo's patients must come to, committed as {@code demo-digests.txt}: for each the
 * SHA-256 of the raw bits of every number of the result, and of its line of JSON, on {@code simd}
 * with the default options.
 */
final class DemoDigests {
  /** Set to {@code write}, the file is made anew, so that a change of numerics is a decision. */
  static final String PROPERTY = "gsig.digests";

  /** Tests of other modules run in a folder beside this one's. */
  private static final Path FILE =
      Path.of("..", "gsig", "src", "test", "resources", "demo-digests.txt");

  /** Of one patient. */
  record Digest(String bits, String line) {
    static Digest of(PathAttribution raw, Model model, ExplainOptions options) {
      AttributionJson json = new AttributionJson(model.significantDigits());
      String line = json.write(raw.toAttribution(model, options));
      byte[] utf8 = line.getBytes(StandardCharsets.UTF_8);
      return new Digest(Bits.digest(raw, model), Bits.sha256(utf8));
    }
  }

  private DemoDigests() {}

  /** The committed ones, by patient, in the cohort's order. */
  static Map<String, Digest> committed() {
    try {
      Map<String, Digest> digests = new LinkedHashMap<>();
      for (String line : Files.readAllLines(FILE)) {
        List<String> parts = List.of(line.split(" "));
        digests.put(parts.get(0), new Digest(parts.get(1), parts.get(2)));
      }
      return digests;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Holds results, in any order, against the committed ones; all that differ are listed. */
  static void assertCommitted(String how, Map<String, Digest> results) {
    Map<String, Digest> committed = committed();
    List<String> other =
        results.keySet().stream()
            .filter(patient -> !results.get(patient).equals(committed.get(patient)))
            .toList();
    assertThat(other)
        .as(
            "patients of the demo whose result, %s, has other bits than the committed; a change of"
                + " numerics is committed with -D%s=write",
            how, PROPERTY)
        .isEmpty();
  }

  static void write(Map<String, Digest> results) {
    String text =
        results.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue().bits() + " " + e.getValue().line() + "\n")
            .collect(Collectors.joining());
    try {
      Files.writeString(FILE, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
