package dev.gsig.fuzz;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.Explainer;
import dev.gsig.ehr.CodeGroups;
import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.TrajectoryJson;
import dev.gsig.ehr.ValueBins;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.LineSource;
import dev.gsig.ehr.internal.Utf8;
import dev.gsig.importer.internal.check.CheckFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;

/** Readers of what is not a model: vocabularies, cohorts, baselines, check files. */
final class DataReaders {
  private static final int LARGEST_VOCABULARY = 100_000;

  private DataReaders() {}

  /** Codes and ids are each other's inverse. */
  static void vocabulary(Path file) {
    Vocabulary vocabulary = Vocabulary.read(file).requireWithin(LARGEST_VOCABULARY);
    int found = 0;
    for (int id = 0; id < LARGEST_VOCABULARY && found < vocabulary.size(); id++) {
      if (vocabulary.codeOf(id).isPresent()) {
        String code = vocabulary.codeOf(id).get();
        Fuzzed.require(vocabulary.idOf(code).getAsInt() == id, "the id of " + code);
        found++;
      }
    }
    Fuzzed.require(found == vocabulary.size(), "a code without an id");
  }

  /**
   * Text: whole and in pieces the decoder says what Java's own says. What is read of a file is
   * decoded likewise, but for the pointers of Git LFS, which are text and refused.
   */
  static void text(Path file) {
    byte[] bytes = Target.bytes(file);
    String whole = refusedOr(() -> Utf8.decode(bytes, 0, bytes.length, "whole"));
    StringBuilder pieces = new StringBuilder();
    String inPieces =
        refusedOr(
            () -> {
              try (Reader reader = Utf8.reader(new ByteArrayInputStream(bytes), "pieces")) {
                char[] chars = new char[7];
                for (int n = reader.read(chars); n >= 0; n = reader.read(chars)) {
                  pieces.append(chars, 0, n);
                }
                return pieces.toString();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    String javas = new String(bytes, StandardCharsets.UTF_8);
    boolean sound = Arrays.equals(javas.getBytes(StandardCharsets.UTF_8), bytes);
    String expected = !sound ? null : javas.startsWith("\uFEFF") ? javas.substring(1) : javas;
    Fuzzed.require(Objects.equals(whole, expected), "text read differently");
    Fuzzed.require(Objects.equals(inPieces, expected), "text read differently in pieces");
    if (!sound) {
      throw new InvalidInputException("not UTF-8");
    }
  }

  private static String refusedOr(Supplier<String> text) {
    try {
      return text.get();
    } catch (InvalidInputException e) {
      return null;
    }
  }

  /** Packed lines: what is read to its end is what Java's own reader unpacks. */
  static void packed(Path file) {
    byte[] bytes = Target.bytes(file);
    StringBuilder lines = new StringBuilder();
    try (LineSource source = LineSource.open(file)) {
      for (String line = source.next(); line != null; line = source.next()) {
        lines.append(line).append('\n');
      }
      if (bytes.length > 1 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
          String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
          Fuzzed.require(
              lines.toString().startsWith(text.replace("\uFEFF", "").stripTrailing())
                  || text.contains("\uFEFF"),
              "lines unpacked differently");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file for {@code --check}: every row can be asked for. */
  static void check(Path file) {
    CheckFile check = CheckFile.read(file);
    for (int row = 0; row < Math.min(check.size(), 100); row++) {
      Fuzzed.requireFinite(check.logits(row), "row " + row);
      check.sequence(row, Seeds.model().config().tokenizer(Seeds.model().vocabulary()));
    }
  }

  /** A cohort: patients come back the same when written again, and the model's answer is finite. */
  static void cohort(Path file) {
    List<Trajectory> patients = CohortReader.readAll(file);
    StringBuilder again = new StringBuilder();
    patients.forEach(patient -> again.append(TrajectoryJson.write(patient)).append('\n'));
    Path copy = file.resolveSibling("copy.jsonl");
    write(copy, again.toString());
    Fuzzed.require(CohortReader.readAll(copy).equals(patients), "patients read differently");
    for (Trajectory patient : patients) {
      Fuzzed.requireFinite(Seeds.model().logits(patient), "the logits");
    }
  }

  /** A baseline: whoever is explained from it gets numbers. */
  static void baseline(Path file) {
    Baseline baseline = Baseline.load(file);
    Explainer from = Explainer.of(Seeds.model(), baseline, Seeds.explainer().options());
    Attribution why = from.explain(Seeds.PATIENT);
    Fuzzed.requireFinite(
        why.tokens().stream().mapToDouble(token -> token.scores().l2()).toArray(), "the scores");
  }

  /** What codes mean: a text for each. */
  static void descriptions(Path file) {
    Descriptions descriptions = Descriptions.read(file);
    Fuzzed.require(!descriptions.of("d_I10").isEmpty(), "a code without a text");
  }

  /** What values look like: it comes back the same when written again, and its mean is 0. */
  static void values(Path file) {
    CodeValues values = CodeValues.read(file);
    Path copy = file.resolveSibling("copy.json");
    values.write(copy);
    CodeValues again = CodeValues.read(copy);
    Fuzzed.require(again.codes().equals(values.codes()), "codes read differently");
    for (String code : values.codes()) {
      Fuzzed.require(
          values.count(code) == again.count(code)
              && values.mean(code) == again.mean(code)
              && values.sd(code) == again.sd(code),
          "values read differently");
      Fuzzed.require(values.standardised(code, values.mean(code)) == 0, "a mean that is not 0");
    }
  }

  /** Bins of values: they come back the same when written again, and a limit is in its own. */
  static void bins(Path file) {
    ValueBins bins = ValueBins.read(file);
    Path copy = file.resolveSibling("copy.json");
    bins.write(copy);
    ValueBins again = ValueBins.read(copy);
    Fuzzed.require(again.codes().equals(bins.codes()), "codes read differently");
    for (String code : bins.codes()) {
      List<Double> limits = bins.limits(code);
      Fuzzed.require(
          limits.equals(again.limits(code)) && bins.count(code) == again.count(code),
          "bins read differently");
      int words = bins.descriptions(code, "text").size();
      Fuzzed.require(words == limits.size() + 1, "bins without words");
      for (int i = 0; i < limits.size(); i++) {
        String in = bins.binned(code, limits.get(i));
        Fuzzed.require(in.equals(code + "_q" + (i + 1)), "a limit in another bin: " + in);
      }
    }
  }

  /** Groups of codes: none that a code is in is blank. */
  static void groups(Path file) {
    String group = CodeGroups.read(file).groupOf("d_I10");
    Fuzzed.require(group == null || !group.isBlank(), "a group without a name");
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
