package dev.gsig.cli;

import dev.gsig.ehr.cohort.CodePatterns;
import dev.gsig.ehr.cohort.CohortEntry;
import dev.gsig.ehr.cohort.FirstDiagnosis;
import dev.gsig.ehr.cohort.HospitalMortality;
import dev.gsig.ehr.cohort.LabelFile;
import dev.gsig.ehr.cohort.Mortality;
import dev.gsig.ehr.cohort.Physionet2012Source;
import dev.gsig.ehr.cohort.Source;
import dev.gsig.ehr.cohort.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what is to be predicted. */
final class CohortTaskFlags {
  /** The option that takes patients and index dates from the table cohort. */
  static final String INDEX_COHORT = "--index-cohort";

  private static final String IN_HOSPITAL = "hospital-mortality";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "heart-failure (will the next visit be the first with a target code?), mortality (death"
              + " within the horizon after the index visit) or hospital-mortality (physionet2012:"
              + " death before the end of the hospital stay)")
  private String task;

  @Option(
      names = "--labels",
      paramLabel = "PATH",
      description =
          "in place of --task: MEDS labels (subject_id, prediction_time, and boolean_value,"
              + " integer_value or categorical_value), a file or a folder of files; - reads a file of CSV from standard input")
  private Path labels;

  @Option(
      names = "--target-codes",
      paramLabel = "CODES",
      description =
          "heart-failure: the target; a star ends what codes begin with; c_ and the number of a"
              + " concept of omop is it with all of its descendants; default: d9_428*,d10_I50*"
              + " (synthea: d_88805009,d_84114007; omop: c_316139; fhir: d9_428*, d10_I50* and"
              + " synthea's)")
  private String targetCodes;

  @Option(
      names = "--horizon-days",
      paramLabel = "N",
      defaultValue = "365",
      description = "mortality, and any task with --index-cohort: the horizon; default: 365")
  private int horizonDays;

  @Option(
      names = "--follow-up-days",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "mortality: for how many days longer than the source says deaths are known; default: 0.",
        "mimic4: a year after the last discharge; synthea, fhir: to the end of the last encounter of"
            + " all; meds: to the subject's last admission, discharge or code; omop: to the end of the"
            + " person's last observation period or visit. Who is not known to have lived"
            + " through the horizon, nor to have died, is left out"
      })
  private int followUpDays;

  @Option(
      names = "--index",
      paramLabel = "VISIT",
      defaultValue = "last",
      description =
          "mortality: the index visit, last, first or random of those that may be it;"
              + " default: last")
  private String index;

  @Option(
      names = INDEX_COHORT,
      paramLabel = "ID",
      description =
          "omop: the definition of the table cohort that names patients and index dates: the task"
              + " asks what happens within the horizon after the day of each entry")
  private Integer indexCohort;

  @Option(
      names = "--min-visits",
      paramLabel = "N",
      defaultValue = "1",
      description = "fewest visits of an input; default: 1")
  private int minVisits;

  Task task(Source source, long seed) {
    require(minVisits >= 1, "--min-visits must be at least 1, but is " + minVisits);
    require(
        horizonDays >= 1 && horizonDays <= 36_500,
        "--horizon-days must be 1 to 36500, but is " + horizonDays);
    require(
        followUpDays >= 0 && followUpDays <= 36_500,
        "--follow-up-days must be 0 to 36500, but is " + followUpDays);
    require((task == null) != (labels == null), "name a --task, or --labels");
    Mortality.Index visit =
        Choice.of(
            command,
            "--index",
            index,
            List.of(Mortality.Index.values()),
            i -> i.name().toLowerCase(Locale.ROOT));
    if (labels != null) {
      Given.refuse(
          command,
          "a --task",
          "--target-codes",
          "--horizon-days",
          "--follow-up-days",
          "--index",
          INDEX_COHORT);
      return new LabelFile(labels, minVisits);
    }
    String name = name(source);
    if (source instanceof Physionet2012Source icu) {
      Given.refuse(
          command,
          "other tasks",
          "--target-codes",
          "--horizon-days",
          "--follow-up-days",
          "--index");
      return new HospitalMortality(icu.hours(), minVisits);
    }
    CodePatterns target = target(source);
    if (indexCohort != null) {
      Given.refuse(command, "index visits, and --index-cohort names index dates", "--index");
      return new CohortEntry(indexCohort, name, target, horizonDays, followUpDays, minVisits);
    }
    if (target == null) {
      return new Mortality(horizonDays, followUpDays, minVisits, visit, seed);
    }
    Given.refuse(command, "--task mortality", "--horizon-days", "--follow-up-days", "--index");
    return new FirstDiagnosis(name, target, minVisits);
  }

  private String name(Source source) {
    return Choice.of(
        command,
        "--task",
        task,
        source instanceof Physionet2012Source
            ? List.of(IN_HOSPITAL)
            : List.of("heart-failure", "mortality"),
        t -> t);
  }

  /** The codes that are asked about; null where the task asks about none. */
  CodePatterns target(Source source) {
    if (labels != null || task == null || !name(source).equals("heart-failure")) {
      if (labels == null && task != null) {
        Given.refuse(command, "--task heart-failure", "--target-codes");
      }
      return null;
    }
    String codes = targetCodes == null ? source.heartFailure() : targetCodes;
    require(
        codes != null,
        "--task heart-failure of source concepts has no target of its own: name codes with"
            + " --target-codes, or leave --concepts source out");
    return CodePatterns.parse(codes);
  }

  /** The definition of the cohort that names index dates; null for none. */
  Integer indexCohort() {
    return indexCohort;
  }

  private void require(boolean holds, String message) {
    if (!holds) {
      throw new ParameterException(command.commandLine(), message);
    }
  }
}
