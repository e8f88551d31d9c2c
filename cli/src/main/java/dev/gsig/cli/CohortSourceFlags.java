package dev.gsig.cli;

import dev.gsig.ehr.cohort.CodeSystem;
import dev.gsig.ehr.cohort.Drugs;
import dev.gsig.ehr.cohort.FhirSource;
import dev.gsig.ehr.cohort.Measurement;
import dev.gsig.ehr.cohort.MedsSource;
import dev.gsig.ehr.cohort.MimicSource;
import dev.gsig.ehr.cohort.Physionet2012Source;
import dev.gsig.ehr.cohort.Source;
import dev.gsig.ehr.cohort.SyntheaSource;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options that say where patients come from. */
final class CohortSourceFlags {
  private static final int MOST_BINS = 1000;
  private static final String INPUT = "--input";
  private static final String EXTREMES = "--extremes";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Parameters(
      paramLabel = "SOURCE",
      description =
          "mimic4 (the folder hosp), meds (a file or folder), synthea (a folder of CSV),"
              + " physionet2012 (a folder with sets of the challenge: set-a or measurements-a.csv,"
              + " Outcomes-a.txt), omop (a folder of CSV or Parquet, or a database), fhir (a folder of"
              + " bulk data in FHIR R4: .ndjson, packed or not)")
  private String source;

  @Option(
      names = INPUT,
      paramLabel = "PATH",
      description =
          "the source's folder or file, which must be named; meds: - reads a file of CSV from"
              + " standard input; omop: --jdbc URL may stand in its place")
  private Path input;

  @Option(
      names = "--drugs",
      paramLabel = "KIND",
      description = {
        "mimic4: drugs by name, ndc, atc or none; default: name, or atc with --atc-map.",
        "omop: by concept as recorded, by ingredient, by atc (both with the vocabulary's"
            + " concept_ancestor) or none; default: concept, or ingredient with --vocabulary"
      })
  private String drugs;

  @Option(
      names = "--atc-map",
      paramLabel = "FILE",
      description = "mimic4: table with the columns ndc and atc")
  private Path atcMap;

  @Mixin private OmopFlags omop;

  @Mixin private VisitsFlag visits;

  @Option(
      names = "--code-systems",
      paramLabel = "NAME,...",
      description =
          "fhir: the code systems that are read, in the order in which one coding of several is"
              + " chosen; default: all, icd-10, icd-9, icd-10-pcs, snomed, cpt, hcpcs, rxnorm, atc,"
              + " ndc, cvx, loinc")
  private String codeSystems;

  @Option(
      names = "--hours",
      paramLabel = "N",
      defaultValue = "48",
      description = "physionet2012: read the first N hours of each stay, up to 48; default: 48")
  private int hours;

  @Option(
      names = "--visit-hours",
      paramLabel = "N",
      defaultValue = "1",
      description = "physionet2012: a visit is N hours of a stay; default: 1")
  private int visitHours;

  @Option(
      names = "--test-set",
      paramLabel = "SET",
      defaultValue = "b",
      description =
          "physionet2012: the stays of this set are the test part, and the others are split into"
              + " training and validation by their --split; none splits all alike; default: b")
  private String testSet;

  @Option(
      names = "--tabular",
      paramLabel = "NAME=CODE,...",
      defaultValue = "",
      description =
          "last values before the index time, beside age and sex: LOINC codes (synthea, fhir), items"
              + " of labevents or names of omr (mimic4), codes (meds), variables (physionet2012, beside"
              + " height, weight and the kind of unit), concepts (omop); for example bmi=39156-5")
  private String tabular;

  @Mixin private ValuesFlag values;

  @Option(
      names = "--bins",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "in place of --values, for models that read no numbers: a code says in which of N bins its"
              + " value is (l_..._q1 and so on), between quantiles of the training patients' values,"
              + " which bins.json has")
  private int bins;

  @Option(
      names = EXTREMES,
      description =
          "where a visit has several values of a code, its lowest and its highest become codes"
              + " beside that of the last (l_..._low, l_..._high), with --values or --bins")
  private boolean extremes;

  /** Into how many bins values are put; 0 for none. */
  int bins() {
    return bins;
  }

  /** Whether the lowest and highest values of a visit are written, too. */
  boolean extremes() {
    return extremes;
  }

  List<Measurement> measurements() {
    List<Measurement> given = isIcu() ? Physionet2012Source.GENERAL : List.of();
    return Measurement.parse(tabular, given);
  }

  private boolean isIcu() {
    return source.equals("physionet2012");
  }

  /**
   * The source.
   *
   * @param task for which it is read
   */
  Source source(CohortTaskFlags task) {
    List<String> kinds = List.of("mimic4", "meds", "synthea", "physionet2012", "omop", "fhir");
    String kind = Choice.of(command, "SOURCE", source, kinds, name -> name);
    boolean isOmop = kind.equals("omop");
    if (!kind.equals("mimic4")) {
      Given.refuse(command, "mimic4", "--atc-map");
    }
    if (!kind.equals("mimic4") && !isOmop) {
      Given.refuse(command, "mimic4 and omop", "--drugs");
    }
    if (!isOmop) {
      Given.refuse(command, "omop", OmopFlags.NAMES);
      Given.refuse(command, "omop", CohortTaskFlags.INDEX_COHORT);
    }
    omop.refuseWithoutDatabase();
    require(
        omop.isDatabase() != (input != null),
        isOmop
            ? "name the folder of the tables with --input, or a database with --jdbc"
            : "Missing required option: '" + INPUT + "=PATH'");
    if (!kind.equals("meds")) {
      Given.refuse(command, "meds", VisitsFlag.NAME);
    }
    if (!kind.equals("fhir")) {
      Given.refuse(command, "fhir", "--code-systems");
    }
    if (!isIcu()) {
      Given.refuse(command, "physionet2012", "--hours", "--visit-hours", "--test-set");
    }
    boolean numbers = numbers();
    return switch (kind) {
      case "mimic4" -> new MimicSource(input, drugs(), measurements(), numbers);
      case "meds" -> new MedsSource(input, visits.visits(), measurements(), numbers);
      case "omop" -> omop.source(input, drugs, measurements(), numbers, task);
      case "synthea" -> new SyntheaSource(input, measurements(), numbers);
      case "fhir" -> new FhirSource(input, systems(), measurements(), numbers);
      default -> {
        require(
            hours >= 1 && hours <= Physionet2012Source.MOST_HOURS,
            "--hours must be 1 to " + Physionet2012Source.MOST_HOURS + ", but is " + hours);
        require(visitHours >= 1, "--visit-hours must be at least 1, but is " + visitHours);
        yield new Physionet2012Source(input, hours, visitHours, testSet, measurements(), numbers);
      }
    };
  }

  private List<CodeSystem> systems() {
    return codeSystems == null ? CodeSystem.ALL : CodeSystem.parse(codeSystems);
  }

  /** Whether numbers are read, to be written or put into bins. */
  private boolean numbers() {
    if (Given.is(command, "--bins")) {
      require(bins >= 2 && bins <= MOST_BINS, "--bins must be 2 to 1000, but is " + bins);
      Given.refuse(command, "numbers as they are, and --bins for codes in their place", "--values");
    }
    boolean numbers = values.isAsked() || bins > 0;
    require(numbers || !extremes, EXTREMES + " are of values: ask for --values or --bins, too");
    return numbers;
  }

  private void require(boolean holds, String message) {
    if (!holds) {
      throw new ParameterException(command.commandLine(), message);
    }
  }

  private Drugs drugs() {
    String kind = drugs == null ? (atcMap == null ? "name" : "atc") : drugs;
    Choice.of(command, "--drugs", kind, List.of("name", "ndc", "atc", "none"), name -> name);
    if (kind.equals("atc") != (atcMap != null)) {
      throw new ParameterException(
          command.commandLine(), "--drugs atc and --atc-map FILE need each other");
    }
    return switch (kind) {
      case "name" -> Drugs.NAME;
      case "ndc" -> Drugs.NDC;
      case "none" -> Drugs.NONE;
      default -> Drugs.atc(atcMap);
    };
  }
}
