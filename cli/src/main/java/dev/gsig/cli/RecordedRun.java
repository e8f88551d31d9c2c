package dev.gsig.cli;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.CodeGroups;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.importer.ModelImport;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A finished run, as its side file tells of it: all that it takes to run it again.
 *
 * @param source the side file, for messages
 * @param engine what made the results
 * @param backend name of what computed them
 * @param model the model folder
 * @param cohort the patients; null if they came from standard input, or were gathered by Spark
 * @param cohortSha256 identifies them; null in side files of old
 * @param baselineFile the means or the patients that paths start from; null if none was needed
 * @param groupsFile the groups of codes; null if they are of no file
 * @param inputs what else the results depend on
 * @param options a part of {@code inputs}
 * @param patients how many results there are
 * @param skipInvalid whether patients that cannot be used were left out
 */
record RecordedRun(
    String source,
    String engine,
    String backend,
    Path model,
    Path cohort,
    String cohortSha256,
    Path baselineFile,
    Path groupsFile,
    JsonObject inputs,
    ExplainOptions options,
    int patients,
    boolean skipInvalid) {

  /**
   * Reads what {@link Provenance} wrote.
   *
   * @param results the output that the side file belongs to
   * @throws InvalidInputException if there is none, the run has not come to its end, or anything
   *     that is needed is missing or impossible
   */
  static RecordedRun of(Path results) {
    Path file =
        Files.isDirectory(results)
            ? results.resolve(ClusterProvenance.FILE_NAME)
            : Provenance.find(results);
    if (!Files.exists(file)) {
      throw new InvalidInputException(
          file
              + ": no such file; results are verified with the side file that gsig explain, or"
              + " gsig-spark in its folder, wrote");
    }
    JsonObject json = Json.read(file);
    JsonObject inputs = json.object("inputs");
    if (!json.has("finished")) {
      throw json.invalid(
          "finished", "is null: the run has not come to its end; go on with explain --resume");
    }
    int kept = json.integer("patients_kept");
    int explained = json.integer("patients_explained");
    if (kept < 0 || explained < 0 || kept + explained < 1) {
      throw json.invalid("patients_explained", "tells of no results");
    }
    String cohort = json.string("cohort");
    return new RecordedRun(
        file.toString(),
        json.string("engine"),
        backend(json),
        path(json, "model"),
        cohort.equals(Terminal.STANDARD_INPUT) || isGathered(json) ? null : path(json, "cohort"),
        json.stringOrNull("cohort_sha256"),
        json.has("baseline") ? path(json, "baseline") : null,
        json.has("groups") ? path(json, "groups") : null,
        inputs,
        OptionsJson.read(inputs),
        kept + explained,
        json.bool("skip_invalid", false));
  }

  /** Whether Spark made the patients of rows, or of other tables, so that no line has them. */
  private static boolean isGathered(JsonObject json) {
    return json.has("format") && !json.string("format").equals(ClusterProvenance.LINES);
  }

  private static String backend(JsonObject json) {
    String description = json.string("backend");
    String name = description.split(":", 2)[0];
    if (!name.matches("[a-z][a-z-]{0,30}")) {
      throw json.invalid("backend", "begins with no name of a backend");
    }
    return name;
  }

  private static Path path(JsonObject json, String key) {
    try {
      return Path.of(json.string(key));
    } catch (InvalidPathException e) {
      throw json.invalid(key, "is no path of this system");
    }
  }

  /**
   * This run over files that have moved. A baseline in the model folder moves with it.
   *
   * @param modelNow null where it was
   * @param cohortNow null where it was
   * @param baselineNow null where it was
   * @param groupsNow null where they were
   */
  RecordedRun at(Path modelNow, Path cohortNow, Path baselineNow, Path groupsNow) {
    Path folder = modelNow == null ? model : modelNow;
    Path start = baselineFile;
    if (baselineNow != null) {
      start = baselineNow;
    } else if (start != null && start.startsWith(model)) {
      start = folder.resolve(model.relativize(start));
    }
    return new RecordedRun(
        source,
        engine,
        backend,
        folder,
        cohortNow == null ? cohort : cohortNow,
        cohortSha256,
        start,
        groupsNow == null ? groupsFile : groupsNow,
        inputs,
        options,
        patients,
        skipInvalid);
  }

  /**
   * Makes sure that all files are those of then, but for the weights, which {@link #setup} checks.
   *
   * @throws InvalidInputException naming the first that is missing or has changed
   */
  void requireSameFiles() {
    requireSame(Model.configuration(model), inputs.string("config_sha256"), "--model");
    requireSame(ModelImport.vocabularyFiles(model), inputs.string("vocab_sha256"), "--model");
    if (baselineFile != null) {
      requireSame(baselineFile, inputs.string("baseline_sha256"), "--baseline-file");
    }
    if (groupsFile != null) {
      requireSame(groupsFile, GroupChoice.sha256(inputs.string("groups")), "--groups");
    }
    if (cohort == null) {
      throw new InvalidInputException(
          source
              + ": the patients came from standard input, or Spark gathered them; name a file of"
              + " them, one a line, with --cohort");
    }
    // what comes once is not read twice: its results speak for it
    if (!Terminal.isStandardStream(cohort)) {
      requireSame(cohort, cohortSha256, "--cohort");
    }
  }

  private static void requireSame(Path file, String sha256, String option) {
    requireSame(List.of(file), sha256, option);
  }

  private static void requireSame(List<Path> files, String sha256, String option) {
    for (Path file : files) {
      // A side file may name anything, devices that never end included.
      if (!Files.isRegularFile(file)) {
        throw new InvalidInputException(
            Text.shorten(file.toString(), 1000)
                + ": the results were made with it, and it is not there; name where it is now with "
                + option);
      }
    }
    Path first = files.get(0);
    boolean text = option.equals("--cohort");
    String now = text ? FileHash.sha256OfText(first) : FileHash.sha256(files);
    if (sha256 != null && !now.equals(sha256)) {
      throw changed(first.toString(), sha256, option);
    }
  }

  private static InvalidInputException changed(String what, String sha256, String option) {
    return new InvalidInputException(
        what
            + ": is not what the results were made with, which had the SHA-256 "
            + Text.shorten(sha256, 64)
            + "; name that one with "
            + option);
  }

  /**
   * Loads what the explanations need beside the model.
   *
   * @param loaded the model
   * @param threads how many patients to explain at a time
   * @throws InvalidInputException if anything is not as it was
   */
  Setup setup(Model loaded, int threads) {
    String weights = inputs.string("weights_sha256");
    if (!loaded.weightsSha256().equals(weights)) {
      throw changed("the weights in " + model, weights, "--model");
    }
    Setup setup = uncheckedSetup(loaded, threads).by(groups()).asking(Questions.read(inputs));
    Map<String, Object> now = Provenance.inputs(setup, sortVisits());
    TreeSet<String> keys = new TreeSet<>(inputs.keys());
    keys.addAll(now.keySet());
    for (String key : keys) {
      // What this version does not know of cannot be repeated.
      if (!now.containsKey(key) || !Json.write(now.get(key)).equals(Json.write(inputs.raw(key)))) {
        throw inputs.invalid(
            key,
            "is " + shown(inputs.raw(key)) + "; this " + Version.engine() + " cannot repeat it");
      }
    }
    return setup;
  }

  private Setup uncheckedSetup(Model loaded, int threads) {
    if (options.startsFromReferences()) {
      int count = inputs.integer("references");
      if (count < 1) {
        throw inputs.invalid("references", "is " + count + ", where it must be at least 1");
      }
      return Setup.references(loaded, references(), count, options, threads);
    }
    if (options.sequenceBaseline() instanceof ReferenceChoice) {
      ExplainOptions found = ReferenceChoice.found(options, loaded, references());
      return Setup.reference(loaded, baselineFile, found, threads);
    }
    return Setup.of(loaded, baselineFile, "VALIDATION.jsonl", options, threads);
  }

  /** By which codes were summed up; null for none. */
  private GroupChoice groups() {
    if (!inputs.has("groups")) {
      return null;
    }
    String label = inputs.string("groups");
    if (groupsFile == null && CodeGroups.named(label) == null) {
      throw inputs.invalid(
          "groups", "is " + shown(label) + "; this " + Version.engine() + " knows no such groups");
    }
    return GroupChoice.of(groupsFile == null ? Path.of(label) : groupsFile);
  }

  /** Whether the backend computed what it can of a graph at once. */
  boolean isFused() {
    return !inputs.bool("no_fusion", false);
  }

  /** Whether visits were sorted. */
  boolean sortVisits() {
    return inputs.bool("sort_visits", false);
  }

  private Path references() {
    if (baselineFile == null) {
      throw new InvalidInputException(source + ": names no patients that paths started from");
    }
    return baselineFile;
  }

  private static String shown(Object value) {
    return Text.shorten(Json.write(value), 80);
  }
}
