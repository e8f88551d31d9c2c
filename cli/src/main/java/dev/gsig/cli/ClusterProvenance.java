package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.internal.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@link Provenance} tells of results in a file, of those that a cluster wrote into a folder:
 * the file {@value #FILE_NAME} in it, which {@code gsig verify FOLDER} reads.
 *
 * @param cohort where the patients are: one a line where {@code format} is {@code jsonl}
 * @param cohortSha256 of the lines; null where they are in no one file of the driver's machine
 * @param format how the patients are stored
 * @param sortVisits whether visits were sorted
 * @param explained how many patients there are results of
 * @param leftOut how many patients could not be used
 * @param started when the run began
 */
public record ClusterProvenance(
    String cohort,
    String cohortSha256,
    String format,
    boolean sortVisits,
    long explained,
    long leftOut,
    Instant started) {
  /** What the file is called. */
  public static final String FILE_NAME = "_gsig.provenance.json";

  /** The format of a cohort whose results have its order. */
  static final String LINES = "jsonl";

  /**
   * The content of the file.
   *
   * @param model the model, as the driver has it
   * @param explanation how patients were explained
   * @return one line of JSON, with its end
   */
  public String text(Model model, ExplanationFlags explanation) {
    Setup setup = explanation.setup(model, explanation.options(model), "VALIDATION.jsonl");
    Instant finished = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("engine", Version.engine());
    json.put("model", model.folder().toString());
    json.put("cohort", cohort);
    json.put("cohort_sha256", cohortSha256);
    json.put("format", format);
    json.put("baseline", setup.baselineFile() == null ? null : setup.baselineFile().toString());
    json.put("inputs", Provenance.inputs(setup, sortVisits));
    json.put("backend", model.backendDescription());
    json.put("java", Version.java());
    json.put("started", started.truncatedTo(ChronoUnit.MILLIS).toString());
    json.put("finished", finished.toString());
    json.put("seconds", Duration.between(started, finished).toMillis() / 1e3);
    json.put("patients_kept", 0L);
    json.put("patients_explained", explained);
    json.put("skip_invalid", true);
    json.put("patients_left_out", leftOut);
    return Json.write(json) + "\n";
  }
}
