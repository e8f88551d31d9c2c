package dev.gsig.fuzz;

import dev.gsig.attribution.Model;
import dev.gsig.cli.Main;
import dev.gsig.ehr.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Readers of what earlier runs left, through the commands that go on with it. */
final class RunReaders {
  private static final int OWN_SCRIPTS = 4;

  private RunReaders() {}

  /** Results: the command that shows them ends well or refuses, and markup stays text. */
  static void report(Path file) {
    Path report = file.resolveSibling("report.html");
    run(List.of("report", "--in", file, "--out", report));
    String page = new String(Target.bytes(report), StandardCharsets.UTF_8);
    Fuzzed.require(count(page, "<script") == OWN_SCRIPTS, "markup in a report");
    Fuzzed.require(!page.contains("<img"), "markup in a report");
  }

  /** Results as a table of each kind of rows, in each format by turns. */
  static void export(Path file) {
    List<String> rows =
        List.of("events", "patients", "visits", "thetas", "measure", "labels", "what-if");
    List<String> formats = List.of("csv", "jsonl", "parquet");
    int length = Target.bytes(file).length;
    for (String each : rows) {
      String format = formats.get((length + each.length()) % formats.size());
      Path out = file.resolveSibling("table." + format);
      try {
        run(List.of("export", "--in", file, "--rows", each, "--out", out));
      } finally {
        delete(out);
      }
    }
  }

  /** Results to be gone on with: what is complete stays, byte for byte, or the whole file does. */
  static void resume(Path file) {
    byte[] before = Target.bytes(file);
    Path baseline = file.resolveSibling("baseline.safetensors");
    if (!Files.exists(baseline)) {
      Seeds.mean().save(baseline);
    }
    delete(file.resolveSibling(file.getFileName() + ".provenance.json"));
    try {
      run(
          List.of("explain", "--model", Seeds.CASE, "--cohort", Seeds.CASE.resolve("cohort.jsonl")),
          List.of("--baseline", baseline, "--method", "ig", "--steps", 2),
          List.of("--resume", "--out", file));
    } catch (InvalidInputException e) {
      Fuzzed.require(Arrays.equals(Target.bytes(file), before), "changed and refused");
      throw e;
    }
    int kept = new String(before, StandardCharsets.ISO_8859_1).lastIndexOf('\n') + 1;
    byte[] start = Arrays.copyOf(Target.bytes(file), kept);
    Fuzzed.require(Arrays.equals(start, Arrays.copyOf(before, kept)), "other results than before");
  }

  /** A file where outputs are to go: replaced as one of gsig's, or left as it is. */
  static void replace(Path file) {
    byte[] before = Target.bytes(file);
    Path results = file.resolveSibling("results.jsonl");
    try {
      Files.write(results, Seeds.results());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (List<String> command : List.of(List.of("report"), List.of("export", "--format", "csv"))) {
      try {
        run(command, List.of("--in", results, "--out", file));
        before = Target.bytes(file);
      } catch (InvalidInputException e) {
        Fuzzed.require(Arrays.equals(Target.bytes(file), before), "changed and refused");
      }
    }
  }

  /** A checkpoint of training: what comes of it is a model. */
  static void checkpoint(Path file) {
    Path cohort = file.resolveSibling("patients");
    Path out = file.resolveSibling("trained");
    TrainingRun.writeCohort(cohort);
    try {
      Files.createDirectories(out);
      Files.copy(file, out.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run(TrainingRun.resumed(cohort, out));
    Model model = Model.load(out, "simd");
    Fuzzed.requireFinite(model.logits(Seeds.PATIENT), "the logits");
  }

  /** What a run left beside its results: nothing is computed, as no file is where it says. */
  static void provenance(Path file) {
    String name = file.getFileName().toString().replace(".provenance.json", "");
    run(List.of("verify", file.resolveSibling(name)));
    throw new AssertionError("verified without a model");
  }

  /** Runs a command, which ends well or refuses. */
  private static void run(List<?>... words) {
    String[] args =
        Stream.of(words).flatMap(List::stream).map(Object::toString).toArray(String[]::new);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    int code = Main.run(args, err, err);
    String line = said.toString(StandardCharsets.UTF_8).strip();
    if (code == 2) {
      throw new InvalidInputException(line);
    }
    Fuzzed.require(code == 0, "exit code " + code + ": " + line);
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
