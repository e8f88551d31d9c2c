package dev.gsig.service;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.evaluation.Change;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.attribution.evaluation.WhatIf;
import dev.gsig.attribution.evaluation.WhatIfJson;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.ehr.cohort.FhirPatient;
import dev.gsig.fhir.RiskAssessment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model in memory that explains, warmed up. Who uses it holds it; it is closed when it is retired
 * and nobody does any more.
 */
final class ServedModel {
  /** The most resources that an assessment names. */
  private static final int BASIS = 10;

  private static final Duration WARM_UP = Duration.ofMillis(1200);

  private final String name;
  private final Model model;
  private final Explainer explainer;
  private final FhirOptions fhir;
  private final Display display;
  private final WhatIf whatIf;
  private final AttributionJson json;
  private final WhatIfJson whatIfJson;
  private final String words;

  /** Who holds it, the slot that it is served from included. */
  private final AtomicInteger holders = new AtomicInteger(1);

  private ServedModel(String name, Model model, Explainer explainer, FhirOptions fhir) {
    this.name = name;
    this.model = model;
    this.explainer = explainer;
    this.fhir = fhir == null ? null : fhir.withVocabulary(model.vocabulary());
    display = Display.in(model.folder());
    whatIf = WhatIf.of(model, explainer, RemovalRules.DELETE);
    json = new AttributionJson(model.significantDigits());
    whatIfJson = new WhatIfJson(model.significantDigits());
    words = ServicePage.words(model);
  }

  /**
   * Loads a model folder with its baseline, and explains made-up patients until the first real one
   * need not wait for the compiler.
   *
   * @throws InvalidInputException if the folder is no model, lacks its baseline, or reads values
   *     that Bundles would be read without
   */
  static ServedModel load(String name, ModelSource source, ExplainOptions options) {
    Path folder = source.folder();
    Model model = Model.load(folder);
    try {
      requireValues(model, source);
      Baseline baseline = Baseline.load(folder.resolve(Baseline.FILE_NAME));
      Explainer explainer = Explainer.of(model, baseline, options);
      ServedModel served = new ServedModel(name, model, explainer, source.fhir());
      served.explainer.warmUp(WARM_UP, served.json::write);
      return served;
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /** A model that reads values must not be asked of records that were read without. */
  private static void requireValues(Model model, ModelSource source) {
    FhirOptions fhir = source.fhir();
    if (fhir != null
        && model.inputNames().contains(Model.VALUES)
        && (!fhir.values() || fhir.bins() != null)) {
      throw new InvalidInputException(
          source.folder()
              + ": reads values beside codes, but Bundles would be read without; name the folder of"
              + " its cohort, made with --values, for --fhir");
    }
  }

  String name() {
    return name;
  }

  Model model() {
    return model;
  }

  /** How its folder wants things told. */
  Display display() {
    return display;
  }

  /** What the explained class is, in words. */
  String outcome() {
    return display.outcome() == null ? "what the model predicts" : display.outcome();
  }

  /** What it and its codes are called, see {@link ServicePage#words}. */
  String words() {
    return words;
  }

  /**
   * Reads a patient of FHIR.
   *
   * @param pages Bundles
   * @param id whom they are about; null where there is one Patient only
   * @param name what messages call them
   * @throws Refusal 415 if it was not told how
   * @throws InvalidInputException if they cannot be read
   */
  FhirPatient read(List<String> pages, String id, String name) {
    if (fhir == null) {
      throw new Refusal(
          415, "the model " + this.name + " is not served for FHIR; start the service with --fhir");
    }
    return FhirPatient.read(pages, id, name, fhir);
  }

  /** An attribution as a RiskAssessment of now. */
  String assessment(Attribution why, FhirPatient patient) {
    return new RiskAssessment(
            outcome(),
            display.calibrated(),
            name + " " + model.weightsSha256(),
            Instant.now(),
            BASIS,
            model.descriptions())
        .json(why, patient);
  }

  Attribution explain(Trajectory patient, int threads) {
    return explainer.explain(patient, threads);
  }

  /** An attribution and the answers to what is asked besides as a line. */
  String line(Trajectory patient, Attribution why, List<Change> changes) {
    return whatIfJson.write(json, why, whatIf.answers(patient, why, changes));
  }

  /** Whether it could be held; not once it is closed. */
  boolean hold() {
    return holders.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
  }

  /** Lets it go; the last who does closes it. */
  void letGo() {
    if (holders.decrementAndGet() == 0) {
      model.close();
    }
  }
}
