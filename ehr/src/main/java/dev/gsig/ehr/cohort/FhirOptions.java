package dev.gsig.ehr.cohort;

import dev.gsig.ehr.Display;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.ValueBins;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a patient's resources become the trajectory that a model reads: as those of the cohort that
 * it was trained on.
 *
 * @param systems the code systems that are read, in the order in which one coding of several is
 *     chosen
 * @param coding how codes are written
 * @param measurements tabular features besides age and sex, by LOINC codes
 * @param values whether numeric observations are read as codes with values
 * @param extremes whether the lowest and highest of several values are written, too
 * @param bins into which values are put; null to write them as they are
 * @param units in which the model's values are, by the codes and by the names of tabular features:
 *     a value in another unit is left out and counted, one of what has no unit here is taken as it
 *     stands
 * @param vocabulary the model's: of several codings one that it knows comes before others; null for
 *     none
 */
public record FhirOptions(
    List<CodeSystem> systems,
    Coding coding,
    List<Measurement> measurements,
    boolean values,
    boolean extremes,
    ValueBins bins,
    Map<String, String> units,
    Vocabulary vocabulary) {
  /** Every system, codes whole, no measurements, as {@code gsig cohort fhir} has it. */
  public static final FhirOptions DEFAULT =
      new FhirOptions(CodeSystem.ALL, Coding.WHOLE, List.of(), false, false, null, Map.of(), null);

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if bins or extremes are asked for without values
   */
  public FhirOptions {
    systems = List.copyOf(systems);
    measurements = List.copyOf(measurements);
    units = Map.copyOf(units);
    if (!values && (extremes || bins != null)) {
      throw new IllegalArgumentException("bins and extremes are of values");
    }
  }

  /**
   * As a cohort was made, of this or of another source whose codes are spelled alike: by the
   * choices in its {@code cohort-report.json}, the units in its {@code display.json}, and its
   * {@code bins.json} if it has one.
   *
   * @param cohort the folder that {@code gsig cohort} wrote
   * @param vocabulary the model's; null for none
   * @return the options
   * @throws InvalidInputException if the report is missing or does not tell
   */
  public static FhirOptions ofCohort(Path cohort, Vocabulary vocabulary) {
    JsonObject report = Json.read(cohort.resolve(CohortFiles.REPORT));
    JsonObject choices = report.object("choices");
    List<Measurement> measurements = new ArrayList<>();
    JsonObject tabular = choices.object("measurements");
    tabular.keys().forEach(name -> measurements.add(new Measurement(name, tabular.string(name))));
    Path bins = cohort.resolve(ValueBins.FILE_NAME);
    boolean binned = choices.has("bins");
    if (binned && !Files.exists(bins)) {
      throw new InvalidInputException(
          bins + ": is missing, though the cohort's values are in bins; name the cohort's folder");
    }
    return new FhirOptions(
        choices.has("code_systems")
            ? CodeSystem.parse(String.join(",", choices.strings("code_systems")))
            : CodeSystem.ALL,
        new Coding(
            choices.bool("drop_version", false),
            choices.integer("code_length"),
            choices.integer("drug_length")),
        measurements,
        binned || choices.bool("values", false),
        choices.bool("extremes", false),
        binned ? ValueBins.read(bins) : null,
        units(Display.in(cohort)),
        vocabulary);
  }

  /** These options for a model that knows other codes; null for none. */
  public FhirOptions withVocabulary(Vocabulary other) {
    return new FhirOptions(systems, coding, measurements, values, extremes, bins, units, other);
  }

  /**
   * The units that a folder's {@code display.json} tells, as {@link #units()} has them.
   *
   * @param display of a cohort, or of a model that was trained on one
   */
  public static Map<String, String> units(Display display) {
    Map<String, String> units = new HashMap<>(display.units());
    display
        .tabular()
        .forEach(
            (name, feature) -> {
              if (feature.unit() != null) {
                units.put(name, feature.unit());
              }
            });
    return units;
  }

  /** The unit of a code or of a tabular feature, as it is spelled to compare; null for any. */
  String unit(String name) {
    String unit = units.get(name);
    return unit == null ? null : Units.spelled(unit);
  }

  /** Whether the model knows a code. */
  boolean knows(String whole) {
    String written = coding.written(whole);
    return vocabulary != null
        && (vocabulary.idOf(written).isPresent()
            || (bins != null && bins.codes().contains(written)));
  }
}
