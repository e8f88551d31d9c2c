package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.importer.ModelImport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The side file {@code OUT.provenance.json}: what a run's results depend on, and where and when
 * they were made. It is there from the first result on, with {@code "finished": null} until the
 * end, and is replaced whole. {@code inputs} holds what the results depend on, so that only a run
 * with equal {@code inputs} may continue them.
 */
final class Provenance {
  private static final String PACKED = ".gz";

  private final Path file;
  private final CohortPatients cohort;
  private final Setup setup;
  private final Map<String, Object> inputs;
  private final Instant started = now();

  /**
   * Describes a run that starts now.
   *
   * @param results the run's output
   * @param cohort what the patients come from
   * @param setup what they are explained with
   */
  Provenance(Path results, CohortPatients cohort, Setup setup) {
    this.file = of(results);
    Kinds.PROVENANCE.requireReplaceable(file);
    this.cohort = cohort;
    this.setup = setup;
    this.inputs = inputs(setup, cohort.sortsVisits());
  }

  /** Where the side file of results is. */
  static Path of(Path results) {
    return results.resolveSibling(results.getFileName() + ".provenance.json");
  }

  /** The side file of results that are there, which may have been packed after they were made. */
  static Path find(Path results) {
    String name = results.getFileName().toString();
    Path file = of(results);
    return Files.exists(file) || !FolderFiles.hasEnding(name, PACKED)
        ? file
        : of(results.resolveSibling(name.substring(0, name.length() - PACKED.length())));
  }

  /**
   * Makes sure that the results of an earlier run, if it left its side file, may be continued.
   *
   * @throws InvalidInputException naming the first thing that differs
   */
  void requireSameInputs() {
    if (!Files.exists(file)) {
      return;
    }
    JsonObject before = Json.read(file).object("inputs");
    Set<String> keys = new LinkedHashSet<>(inputs.keySet());
    keys.addAll(before.keys());
    for (String key : keys) {
      String now = Json.write(inputs.get(key));
      String then = Json.write(before.raw(key));
      if (!now.equals(then)) {
        throw new InvalidInputException(
            file
                + ": the results were made with "
                + key
                + " "
                + Text.shorten(then, 80)
                + ", now it is "
                + Text.shorten(now, 80)
                + "; resume with what they were made with, or name another --out");
      }
    }
  }

  /**
   * Writes the side file of a run that has not come to its end.
   *
   * @throws InvalidInputException if it cannot be written
   */
  void begin() {
    write(null, null, null, null, null);
  }

  /**
   * Writes the side file of a run that has.
   *
   * @param kept results that an earlier run had made
   * @param explained results of this run
   * @param leftOut patients that were left out in this run
   * @param time what they took
   * @throws InvalidInputException if it cannot be written
   */
  void finish(int kept, int explained, int leftOut, Duration time) {
    write(now(), time.toMillis() / 1e3, kept, explained, leftOut);
  }

  private void write(
      Instant finished, Double seconds, Integer kept, Integer explained, Integer leftOut) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("engine", Version.engine());
    json.put("model", setup.model().folder().toString());
    json.put("cohort", cohort.name());
    json.put("cohort_sha256", finished == null ? null : cohort.sha256());
    json.put("baseline", setup.baselineFile() == null ? null : setup.baselineFile().toString());
    if (setup.groups() != null && setup.groups().file() != null) {
      json.put("groups", setup.groups().file().toString());
    }
    json.put("inputs", inputs);
    json.put("backend", setup.model().backendDescription());
    json.put("threads", setup.threads());
    json.put("java", Version.java());
    json.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    json.put("started", started.toString());
    json.put("finished", finished == null ? null : finished.toString());
    json.put("seconds", seconds);
    json.put("patients_kept", kept);
    json.put("patients_explained", explained);
    if (cohort.skipsInvalid()) {
      json.put("skip_invalid", true);
      json.put("patients_left_out", leftOut);
    }
    byte[] text = (Json.write(json) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(text));
  }

  /**
   * What results depend on, but for the patients.
   *
   * @param sortVisits whether visits were sorted
   */
  static Map<String, Object> inputs(Setup setup, boolean sortVisits) {
    Model model = setup.model();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("weights_sha256", model.weightsSha256());
    json.put("config_sha256", FileHash.sha256(Model.configuration(model.folder())));
    json.put("vocab_sha256", FileHash.sha256(ModelImport.vocabularyFiles(model.folder())));
    json.put(
        "baseline_sha256",
        setup.baselineFile() == null ? null : FileHash.sha256(setup.baselineFile()));
    json.put("significant_digits", model.significantDigits());
    json.putAll(OptionsJson.write(setup.explainer().options()));
    if (setup.groups() != null) {
      json.put("groups", setup.groups().label());
    }
    setup.questions().write(json);
    if (sortVisits) {
      json.put("sort_visits", true);
    }
    if (model.graph() != null && !model.graph().isFused()) {
      json.put("no_fusion", true);
    }
    if (setup.explainer().referenceCount() > 0) {
      json.put("references", setup.explainer().referenceCount());
    }
    return json;
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }
}
