package dev.gsig.cli;

import dev.gsig.ehr.cohort.Drugs;
import dev.gsig.ehr.cohort.Measurement;
import dev.gsig.ehr.cohort.MedsSource;
import dev.gsig.ehr.cohort.MimicSource;
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
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Parameters(
      paramLabel = "SOURCE",
      description = "mimic4 (the folder hosp), meds (a file or folder), synthea (a folder of CSV)")
  private String source;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      required = true,
      description = "the source's folder or file; meds: - reads a file of CSV from standard input")
  private Path input;

  @Option(
      names = "--drugs",
      paramLabel = "KIND",
      description = "mimic4: drugs by name, ndc, atc or none; default: name, or atc with --atc-map")
  private String drugs;

  @Option(
      names = "--atc-map",
      paramLabel = "FILE",
      description = "mimic4: table with the columns ndc and atc")
  private Path atcMap;

  @Mixin private VisitsFlag visits;

  @Option(
      names = "--tabular",
      paramLabel = "NAME=CODE,...",
      defaultValue = "",
      description =
          "last values before the index time, beside age and sex: LOINC codes (synthea), items of"
              + " labevents or names of omr (mimic4), codes (meds); for example bmi=39156-5")
  private String tabular;

  @Mixin private ValuesFlag values;

  List<Measurement> measurements() {
    return Measurement.parse(tabular);
  }

  Source source() {
    String kind =
        Choice.of(command, "SOURCE", source, List.of("mimic4", "meds", "synthea"), name -> name);
    if (!kind.equals("mimic4")) {
      Given.refuse(command, "mimic4", "--drugs", "--atc-map");
    }
    if (!kind.equals("meds")) {
      Given.refuse(command, "meds", VisitsFlag.NAME);
    }
    return switch (kind) {
      case "mimic4" -> new MimicSource(input, drugs(), measurements(), values.isAsked());
      case "meds" -> new MedsSource(input, visits.visits(), measurements(), values.isAsked());
      default -> new SyntheaSource(input, measurements(), values.isAsked());
    };
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
