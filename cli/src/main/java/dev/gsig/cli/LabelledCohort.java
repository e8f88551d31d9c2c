package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.evaluation.Faithfulness;
import dev.gsig.attribution.internal.WarningCounts;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Patients that methods are compared on.
 *
 * @param patients at least one
 * @param source where they were read, and how
 * @param isPart whether they are only the first of the cohort
 * @param unusable subjects of those that turned out to be of no use
 */
record LabelledCohort(
    List<Trajectory> patients, CohortPatients source, boolean isPart, Set<String> unusable) {
  private LabelledCohort(List<Trajectory> patients, CohortPatients source, boolean isPart) {
    this(patients, source, isPart, new HashSet<>());
  }

  /**
   * Reads a cohort.
   *
   * @param limit how many patients to take from its start; null for all
   * @throws InvalidInputException if it cannot be read, is empty, or all its labels are the same: a
   *     mean over one class says nothing about the other
   */
  static LabelledCohort read(CohortFlags cohort, Terminal terminal, Integer limit) {
    List<Trajectory> all = new ArrayList<>();
    try (CohortPatients patients = cohort.open(terminal)) {
      patients.forEach(all::add);
      List<Trajectory> some =
          limit == null || limit >= all.size() ? all : List.copyOf(all.subList(0, limit));
      patients.requireAny(some.size());
      return new LabelledCohort(some, patients, some.size() < all.size()).requireBothClasses();
    }
  }

  private LabelledCohort requireBothClasses() {
    Map<Integer, Long> labels = labels(patients);
    if (labels.size() == 1) {
      long labelled = labels.values().iterator().next();
      throw new InvalidInputException(
          source.name()
              + ": every "
              + (isPart ? "one of the first " + patients.size() + " patients" : "patient")
              + (labelled < patients.size() ? " with a label (" + labelled + ")" : "")
              + " has the label "
              + labels.keySet().iterator().next()
              + "; an evaluation needs patients of both classes, or none with a label");
    }
    return this;
  }

  /**
   * Makes sure that they are patients of the model.
   *
   * @throws InvalidInputException if it does not know most of their codes, or lacks one's class
   */
  void requireKnown(Model model) {
    unknownCodes(model).requireFew(source.name());
    patients.forEach(patient -> requireOf(model.labels(), patient, source.name()));
  }

  /**
   * Makes sure that a patient's labels, if there are any, are some of a model.
   *
   * @param cohort what messages call the patient's cohort
   * @throws InvalidInputException if they are not
   */
  static void requireOf(Labels labels, Trajectory patient, String cohort) {
    String wrong = null;
    if (labels.multiLabel()) {
      if (patient.labels() != null && patient.labels().size() != labels.count()) {
        wrong =
            Text.count(patient.labels().size(), "label") + ", but the model has " + labels.count();
      }
    } else if (patient.label() != null
        && (patient.label() < 0 || patient.label() >= labels.classes())) {
      wrong =
          "the label "
              + patient.label()
              + ", but the model's classes are 0 to "
              + (labels.classes() - 1);
    }
    if (wrong != null) {
      throw new InvalidInputException(
          cohort
              + ": patient "
              + Json.quote(patient.subjectId())
              + " has "
              + wrong
              + "; correct the label, or name the model that it is of");
    }
  }

  private UnknownCodes unknownCodes(Model model) {
    UnknownCodes codes = CohortPatients.unknownCodes(model);
    patients.forEach(codes::add);
    return codes;
  }

  /**
   * Takes a patient that the model cannot use.
   *
   * @throws InvalidInputException the reason, unless such patients are left out
   */
  void leaveOut(Trajectory patient, InvalidInputException reason) {
    source.leaveOut(patient, reason);
    unusable.add(patient.subjectId());
  }

  /**
   * Those who were not left out.
   *
   * @throws InvalidInputException if there is none, or all their labels are the same
   */
  LabelledCohort used() {
    List<Trajectory> used =
        patients.stream().filter(patient -> !unusable.contains(patient.subjectId())).toList();
    source.requireAny(used.size());
    return new LabelledCohort(used, source, isPart).requireBothClasses();
  }

  private static Map<Integer, Long> labels(List<Trajectory> patients) {
    return patients.stream()
        .map(Trajectory::label)
        .filter(Objects::nonNull)
        .collect(Collectors.groupingBy(label -> label, TreeMap::new, Collectors.counting()));
  }

  /** {@code 200 patients (label 0: 120, label 1: 80)}. */
  String inWords() {
    String labels =
        labels(patients).entrySet().stream()
            .map(e -> "label " + e.getKey() + ": " + e.getValue())
            .collect(Collectors.joining(", "));
    return Text.count(patients.size(), "patient") + (labels.isEmpty() ? "" : " (" + labels + ")");
  }

  /** Shows what is accepted to read them, and where a share is less than one code. */
  void sayWarnings(Terminal terminal, Model model, List<Double> percents) {
    WarningCounts warnings = new WarningCounts();
    source.say(terminal);
    Tokenizer tokenizer = model.tokenizer();
    int[] below = new int[percents.size()];
    for (Trajectory patient : patients) {
      var sequence = tokenizer.tokenize(patient);
      warnings.add(patient, sequence, model.featureNames());
      int codes = 0;
      for (int j = 0; j < sequence.length(); j++) {
        codes += sequence.isSpecial(j) ? 0 : 1;
      }
      for (int i = 0; i < below.length; i++) {
        below[i] += Faithfulness.isBelowOne(percents.get(i), codes) ? 1 : 0;
      }
    }
    warnings.lines(unknownCodes(model), source.tabularNames()).forEach(terminal::warn);
    for (int i = 0; i < below.length; i++) {
      if (below[i] > 0) {
        terminal.say(
            "note: "
                + FaithfulnessFlags.number(percents.get(i))
                + "% is less than one code in "
                + Text.count(below[i], "patient")
                + "; one code was removed there");
      }
    }
  }
}
