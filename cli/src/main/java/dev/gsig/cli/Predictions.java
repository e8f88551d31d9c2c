package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.Prediction;
import dev.gsig.cli.table.CsvText;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.Trajectory;
import dev.gsig.train.AurocInterval;
import dev.gsig.train.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a model says of the patients of a cohort, and how well it tells their labels. */
final class Predictions {
  /** What every table of them begins with. */
  static final String HEADER = "subject_id,label,predicted_class,probability";

  private static final long SEED = 1;

  private final Labels labels;
  private final String cohort;
  private final List<Trajectory> patients = new ArrayList<>();
  private final List<double[]> probabilities = new ArrayList<>();
  private final List<Integer> predicted = new ArrayList<>();

  private Predictions(Labels labels, String cohort) {
    this.labels = labels;
    this.cohort = cohort;
  }

  /**
   * Those of a model, of nobody yet.
   *
   * @param cohort what messages call the patients' cohort
   * @throws InvalidInputException if the model predicts tokens: of thousands of them none is asked
   *     for
   */
  static Predictions of(Model model, String cohort) {
    if (model.predictsTokens()) {
      throw new InvalidInputException(
          model
              + ": predicts the next token, and no classes; gsig explain --target next:CODE tells"
              + " the probability of one");
    }
    return new Predictions(model.labels(), cohort);
  }

  /**
   * Adds a patient.
   *
   * @param logits one for each of the model's labels
   * @throws InvalidInputException if the patient's labels are none of the model's
   */
  void add(Trajectory patient, double[] logits) {
    LabelledCohort.requireOf(labels, patient, cohort);
    patients.add(patient);
    probabilities.add(Prediction.probabilities(logits, labels));
    predicted.add(Prediction.of(logits, labels).predictedClass());
  }

  /** How many patients. */
  int size() {
    return patients.size();
  }

  /** A line for each patient, in order, behind a header: CSV as in RFC 4180. */
  String table() {
    StringBuilder csv = new StringBuilder(HEADER);
    if (labels.count() > 1) {
      csv.append("_0");
      IntStream.range(1, labels.count()).forEach(c -> csv.append(",probability_").append(c));
    }
    csv.append('\n');
    for (int i = 0; i < size(); i++) {
      csv.append(CsvText.cell(patients.get(i).subjectId()))
          .append(',')
          .append(label(patients.get(i)))
          .append(',')
          .append(predicted.get(i));
      EvaluationFiles.cells(csv, probabilities.get(i));
      csv.append('\n');
    }
    return csv.toString();
  }

  /** The class; of a multi-label model the numbers of the labels that the patient has. */
  private String label(Trajectory patient) {
    if (!labels.multiLabel()) {
      return patient.label() == null ? "" : patient.label().toString();
    }
    return patient.labels() == null
        ? ""
        : IntStream.range(0, labels.count())
            .filter(k -> has(patient, k))
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(";"));
  }

  /** How well the model tells the labels of those who have any, in lines to be shown. */
  List<String> quality() {
    List<Integer> known = IntStream.range(0, size()).filter(this::isLabelled).boxed().toList();
    List<String> lines = new ArrayList<>();
    lines.add(
        Text.count(size(), "patient")
            + (known.isEmpty()
                ? ", none with a label"
                : known.size() < size() ? ", " + known.size() + " with a label" : ""));
    for (int k = 0; k < labels.count() && !known.isEmpty(); k++) {
      int column = k;
      boolean[] positive = new boolean[known.size()];
      for (int i = 0; i < positive.length; i++) {
        positive[i] = has(patients.get(known.get(i)), k);
      }
      double[] p = known.stream().mapToDouble(i -> probabilities.get(i)[column]).toArray();
      lines.add(name(k) + quality(positive, p));
    }
    return lines;
  }

  private boolean isLabelled(int i) {
    Trajectory patient = patients.get(i);
    return (labels.multiLabel() ? patient.labels() : patient.label()) != null;
  }

  /** Whether a patient is what a column tells the probability of. */
  private boolean has(Trajectory patient, int column) {
    return labels.multiLabel()
        ? patient.labels().get(column) == 1
        : patient.label() == (labels.count() == 1 ? 1 : column);
  }

  private String name(int column) {
    if (labels.count() == 1) {
      return "";
    }
    return labels.multiLabel()
        ? "label " + labels.describe(column) + ", "
        : "class " + labels.describe(column) + " against the rest, ";
  }

  private static String quality(boolean[] positive, double[] p) {
    int positives = 0;
    for (boolean each : positive) {
      positives += each ? 1 : 0;
    }
    boolean both = positives > 0 && positives < positive.length;
    double brier = Metrics.brier(positive, p);
    return positives
        + " of "
        + Text.count(positive.length, "patient")
        + " ("
        + Text.percent((double) positives / positive.length)
        + "; mean probability "
        + Text.percent(Arrays.stream(p).average().orElseThrow())
        + "): "
        + (both
            ? TrainProgress.metrics(
                new Metrics(Metrics.auroc(positive, p), Metrics.auprc(positive, p), brier),
                AurocInterval.of(positive, p, SEED))
            : "no AUROC; Brier " + Text.decimal(brier, 4));
  }
}
