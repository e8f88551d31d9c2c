package dev.gsig.examples;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.ehr.cohort.FhirPatient;
import dev.gsig.fhir.RiskAssessment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Explains a patient of whom a FHIR server tells, and answers in its language: {@code FhirRisk
 * MODEL BUNDLE.json}, a model folder and what {@code Patient/ID/$everything} answered, prints a
 * RiskAssessment. For a model of one outcome, whose codes are whole.
 */
public final class FhirRisk {
  private static final int MOST_RESOURCES = 10;

  private FhirRisk() {}

  /**
   * Prints the RiskAssessment.
   *
   * @param args model folder with its baseline, and the Bundle's file
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: FhirRisk MODEL_DIR BUNDLE.json");
      System.exit(2);
    }
    try {
      System.out.println(assess(Path.of(args[0]), Path.of(args[1])));
    } catch (InvalidInputException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  /** The RiskAssessment of a Bundle's patient. */
  static String assess(Path folder, Path bundle) throws IOException {
    try (Model model = Model.load(folder)) {
      FhirOptions options = FhirOptions.DEFAULT.withVocabulary(model.vocabulary());
      FhirPatient patient =
          FhirPatient.read(List.of(Files.readString(bundle)), null, bundle.toString(), options);
      // Another hospital's codes would be explained as if the model had read them.
      UnknownCodes codes = new UnknownCodes(model.vocabulary(), model.tokenizer().specialTokens());
      codes.add(patient.trajectory());
      codes.requireFew(bundle.toString());
      Baseline baseline = Baseline.load(folder.resolve(Baseline.FILE_NAME));
      Explainer explainer = Explainer.of(model, baseline, ExplainOptions.DEFAULT);
      Attribution why = explainer.explain(patient.trajectory());
      Display display = Display.in(folder);
      return new RiskAssessment(
              display.outcome() == null ? "the model's outcome" : display.outcome(),
              display.calibrated(),
              folder.getFileName().toString(),
              null,
              MOST_RESOURCES,
              Descriptions.read(folder.resolve(Descriptions.FILE_NAME)))
          .json(why, patient);
    }
  }
}
