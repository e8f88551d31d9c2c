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
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model in memory that explains, warmed up. Who uses it holds it; it is closed when it is retired
 * and nobody does any more.
 */
final class ServedModel {
  private static final Duration WARM_UP = Duration.ofMillis(1200);

  private final String name;
  private final Model model;
  private final Explainer explainer;
  private final WhatIf whatIf;
  private final AttributionJson json;
  private final WhatIfJson whatIfJson;
  private final String words;

  /** Who holds it, the slot that it is served from included. */
  private final AtomicInteger holders = new AtomicInteger(1);

  private ServedModel(String name, Model model, Explainer explainer) {
    this.name = name;
    this.model = model;
    this.explainer = explainer;
    whatIf = WhatIf.of(model, explainer, RemovalRules.DELETE);
    json = new AttributionJson(model.significantDigits());
    whatIfJson = new WhatIfJson(model.significantDigits());
    words = ServicePage.words(model);
  }

  /**
   * Loads a model folder with its baseline, and explains made-up patients until the first real one
   * need not wait for the compiler.
   *
   * @throws dev.gsig.ehr.InvalidInputException if the folder is no model, or lacks its baseline
   */
  static ServedModel load(String name, Path folder, ExplainOptions options) {
    Model model = Model.load(folder);
    try {
      Baseline baseline = Baseline.load(folder.resolve(Baseline.FILE_NAME));
      ServedModel served = new ServedModel(name, model, Explainer.of(model, baseline, options));
      served.explainer.warmUp(WARM_UP, served.json::write);
      return served;
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  Model model() {
    return model;
  }

  /** What it and its codes are called, see {@link ServicePage#words}. */
  String words() {
    return words;
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
