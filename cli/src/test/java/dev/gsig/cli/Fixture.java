package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A private copy of one of the small models that parity with PyTorch is tested on. */
final class Fixture {
  /** No tabular branch, two classes; 3 patients, the first with two unknown codes. */
  static final String SEQUENCE_ONLY = "bert-pooler";

  /** Codes and two tabular values, one label; 3 patients, the first without the second value. */
  static final String MULTIMODAL = "pre-norm-final-norm";

  private static final Path CASES = Path.of("..", "gsig", "src", "test", "resources", "parity");

  final Path folder;
  final Path model;
  final Path cohort;
  final Path validation;
  final Path out;

  private Fixture(Path folder) {
    this.folder = folder;
    this.model = folder.resolve("model");
    this.cohort = folder.resolve("cohort.jsonl");
    this.validation = folder.resolve("validation.jsonl");
    this.out = folder.resolve("out.jsonl");
  }

  /** Copies a case; there is no baseline yet. */
  static Fixture copy(String name, Path folder) {
    Fixture fixture = new Fixture(folder);
    Path source = CASES.resolve(name);
    try {
      Files.createDirectories(fixture.model);
      for (String file : List.of("config.json", "model.safetensors", "vocab.json")) {
        Files.copy(source.resolve(file), fixture.model.resolve(file));
      }
      Files.copy(source.resolve("cohort.jsonl"), fixture.cohort);
      Files.copy(source.resolve("validation.jsonl"), fixture.validation);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return fixture;
  }

  /** Copies a case and makes its baseline. */
  static Fixture withBaseline(String name, Path folder) {
    Fixture fixture = copy(name, folder);
    Cli.Outcome made =
        Cli.run("baseline", "--model", fixture.model, "--cohort", fixture.validation);
    assertThat(made.code()).as(made.err()).isZero();
    return fixture;
  }

  Path weights() {
    return model.resolve("model.safetensors");
  }

  Path baseline() {
    return model.resolve("baseline.safetensors");
  }

  Path provenance() {
    return out.resolveSibling(out.getFileName() + ".provenance.json");
  }

  /** Repeats the cohort with new identifiers. */
  void repeatCohort(int times) {
    List<String> lines = lines(cohort);
    List<String> repeated = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      for (String line : lines) {
        repeated.add(line.replaceFirst("\"p(\\d)\"", "\"r" + i + "-$1\""));
      }
    }
    write(cohort, String.join("\n", repeated) + "\n");
  }

  /** Runs {@code explain} with few steps, and whatever options are given. */
  Cli.Outcome explain(Object... options) {
    List<Object> args =
        new ArrayList<>(List.of("explain", "--model", model, "--cohort", cohort, "--out", out));
    List<Object> given = List.of(options);
    // to a tolerance, and for Shapley values, there are none
    if (List.of("--steps", "--tolerance", "shapley").stream().noneMatch(given::contains)) {
      args.addAll(List.of("--steps", 6));
    }
    args.addAll(List.of(options));
    return Cli.run(args.toArray());
  }

  static List<String> lines(Path file) {
    return read(file).lines().toList();
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
