package dev.gsig.cli;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The complete lines at the start of an output file that an earlier run left behind.
 *
 * @param patients how many there are
 * @param bytes where the last of them ends; anything behind it is half a line
 */
record KeptResults(int patients, long bytes) {
  /** Nothing is kept. */
  static final KeptResults NONE = new KeptResults(0, 0);

  /**
   * Reads the results and skips their patients in the cohort.
   *
   * @param file the output of the earlier run
   * @param patients is left at the first patient without a result
   * @param cohort where they come from; takes those that have no result because they cannot be used
   * @param setup what is asked for now
   * @param each takes each result
   * @throws InvalidInputException if a line is no result, was made with other options, or belongs
   *     to another patient than the cohort has in its place
   */
  static KeptResults skip(
      Path file,
      Iterator<Trajectory> patients,
      CohortPatients cohort,
      Setup setup,
      Consumer<JsonObject> each) {
    ExplainOptions options = setup.explainer().options();
    int kept = 0;
    long bytes = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      for (byte[] line = line(in); line != null; line = line(in)) {
        JsonObject result = Json.object(line, file + ", line " + (kept + 1));
        EarlierResults.refuse(result);
        requireSameOptions(result, options);
        requireSamePatient(result, patients, cohort, setup);
        each.accept(result);
        kept++;
        bytes += line.length + 1;
      }
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
    return new KeptResults(kept, bytes);
  }

  /** The next line without its end; null where no complete one follows. */
  private static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      line.write(b);
    }
    return line.toByteArray();
  }

  private static void requireSamePatient(
      JsonObject result, Iterator<Trajectory> patients, CohortPatients cohort, Setup setup) {
    String there = result.string("subject_id");
    Trajectory patient = null;
    while (patient == null && patients.hasNext()) {
      patient = patients.next();
      if (cohort.skipsInvalid() && !there.equals(patient.subjectId())) {
        patient = passedOver(patient, cohort, setup);
      }
    }
    if (patient == null) {
      throw new InvalidInputException(
          result.source()
              + ": the result of "
              + Json.quote(there)
              + " is beyond the end of the cohort; resume with the cohort that it was made from, or"
              + " name another --out");
    }
    String wanted = patient.subjectId();
    cohort.used(wanted);
    if (!there.equals(wanted)) {
      throw new InvalidInputException(
          result.source()
              + ": is the result of "
              + Json.quote(there)
              + ", but the cohort has "
              + Json.quote(wanted)
              + " in that place; resume with the cohort that it was made from, or name another"
              + " --out");
    }
  }

  /** Null if the earlier run left the patient out; else the patient, who should have a result. */
  private static Trajectory passedOver(Trajectory patient, CohortPatients cohort, Setup setup) {
    try {
      setup.explainer().explain(patient);
      return patient;
    } catch (InvalidInputException e) {
      cohort.leaveOut(patient, e);
      return null;
    }
  }

  private static void requireSameOptions(JsonObject result, ExplainOptions options) {
    List<String> methods = options.methods().stream().map(PathMethod::label).toList();
    String there = String.join(",", ResultReadings.methods(result));
    requireSame(result, "method", there, String.join(",", methods));
    boolean integral = options.path().isIntegralBy(options.method());
    boolean shared =
        options.path().sharedAttribution() && MethodOption.ATTRIBUTION.isUsedBy(options.method());
    boolean steps = !integral && MethodOption.STEPS.isUsedBy(options.method());
    requireSame(result, "steps", steps ? options.path().steps() + "" : "null");
    requireSame(
        result, "tolerance", integral || shared ? options.path().sharedTolerance() + "" : "null");
    requireSame(result, "baseline", options.sequenceBaseline().label());
    requireSame(result, "tabular_baseline", options.tabularBaseline().label());
    if (result.has("value_baseline")) {
      requireSame(result, "value_baseline", options.valueBaseline().label());
    }
  }

  private static void requireSame(JsonObject result, String key, String wanted) {
    requireSame(result, key, String.valueOf(result.raw(key)), wanted);
  }

  private static void requireSame(JsonObject result, String key, String there, String wanted) {
    if (!there.equals(wanted)) {
      throw result.invalid(
          key,
          "is "
              + Text.shorten(there, 40)
              + ", but "
              + wanted
              + " is asked for; resume with the options that it was made with, or name another"
              + " --out");
    }
  }
}
