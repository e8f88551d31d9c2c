package dev.gsig.attribution;

import dev.gsig.attribution.Explainer.Batching;
import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.attribution.internal.run.Workspace;
import dev.gsig.attribution.path.PathGradient;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.internal.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Explains one patient, or several whose steps go through the model together: opens their paths and
 * has the method attribute along them.
 */
final class PatientExplainer {
  /** Enough to fill a GPU with short sequences; each takes work on the host. */
  private static final int MOST_PATIENTS = 16;

  private final ExplainableModel model;
  private final PathStarts starts;
  private final ExplainOptions options;
  private final Batching batching;
  private final RowNoise noise;

  /**
   * Explains as some options say.
   *
   * @param noise moves the patients' rows; null for none
   */
  PatientExplainer(
      ExplainableModel model,
      PathStarts starts,
      ExplainOptions options,
      Batching batching,
      RowNoise noise) {
    this.model = model;
    this.starts = starts;
    this.options = options;
    this.batching = batching;
    this.noise = noise;
  }

  /**
   * The attributions of every single input of one patient, by each method.
   *
   * @param helpers those who are idle take some of the passes; null for nobody
   */
  Readings explain(Trajectory trajectory, Workers helpers) {
    return withPath(trajectory, helpers, this::attribute);
  }

  /** Lends the open path of one patient. */
  <R> R withPath(Trajectory trajectory, Workers helpers, Function<PatientPath, R> use) {
    TokenSequence sequence = model.tokenize(trajectory);
    return ExplainableModel.namingShortage(
        trajectory,
        () ->
            model.withWorkspace(
                workspace -> {
                  try (ModelPath path = path(workspace, trajectory, sequence, 0, helpers)) {
                    return use.apply(opened(workspace, path, helpers));
                  }
                }));
  }

  /**
   * The attributions of some patients, who go through the model together if there are several.
   *
   * @param helpers of one who is alone; null for nobody
   */
  List<Readings> explain(List<Trajectory> patients, Workers helpers) {
    if (patients.size() == 1) {
      return List.of(explain(patients.get(0), helpers));
    }
    List<TokenSequence> sequences = patients.stream().map(model::tokenize).toList();
    int rows = sequences.stream().mapToInt(this::rows).max().orElseThrow();
    return model.withWorkspace(
        workspace -> {
          Passes passes = new Passes(model, workspace, rows, batching.stepsPerBatch(), null);
          PatientBatch batch = new PatientBatch(passes);
          List<ModelPath> paths = new ArrayList<>();
          try {
            for (int i = 0; i < sequences.size(); i++) {
              Subject subject = new Subject(patients.get(i), sequences.get(i), rows);
              ModelPath.Ends ends = ends(workspace, subject, 0);
              paths.add(new ModelPath(model, workspace, ends, batch::run));
            }
            return batch.map(paths, path -> attribute(opened(workspace, path, null)));
          } finally {
            paths.forEach(ModelPath::close);
          }
        });
  }

  private Readings attribute(PatientPath path) {
    return new Readings(
        options.methods().stream().map(m -> path.attribute(m, options.path())).toList());
  }

  private PatientPath opened(Workspace workspace, ModelPath path, Workers helpers) {
    Subject subject = path.subject();
    ScoreFunction score = scoreFunction(path);
    path.explain(score);
    FromReferences references =
        starts.references() == 0 ? null : new FromReferences(workspace, path, score, helpers);
    return new PatientPath(
        subject.trajectory(),
        subject.sequence(),
        path.spans(),
        () -> model.prediction(path.endLogits()),
        score.explainedClass(),
        references == null ? path : new MeanPath(references),
        options.path(),
        references == null ? path : references,
        starts.values());
  }

  /** The paths from the references to one patient, one open at a time. */
  private final class FromReferences implements MeanPath.References, PatientPath.Account {
    private final Workspace workspace;
    private final ModelPath patient;
    private final ScoreFunction score;
    private final Workers helpers;
    private final double[] startProbabilities = new double[starts.references()];
    private int gradients;

    /** Of {@code patient} only the end is used. */
    FromReferences(Workspace workspace, ModelPath patient, ScoreFunction score, Workers helpers) {
      this.workspace = workspace;
      this.patient = patient;
      this.score = score;
      this.helpers = helpers;
    }

    @Override
    public int count() {
      return starts.references();
    }

    @Override
    public void with(int index, Consumer<PathGradient> use) {
      Subject subject = patient.subject();
      try (ModelPath path =
          path(workspace, subject.trajectory(), subject.sequence(), index, helpers)) {
        path.explain(score);
        use.accept(path);
        gradients += path.gradients();
        startProbabilities[index] = path.startProbability();
      }
    }

    @Override
    public int gradients() {
      return gradients;
    }

    /** Every path was lent by now, for the mean score at the references. */
    @Override
    public double startProbability() {
      double sum = 0;
      for (double probability : startProbabilities) {
        sum += probability;
      }
      return sum / startProbabilities.length;
    }

    @Override
    public double endProbability() {
      return patient.endProbability();
    }
  }

  /** What is explained. */
  private ScoreFunction scoreFunction(ModelPath path) {
    // Else the gradients to come tell what the model says, and no pass is spent on it.
    boolean ofPrediction = options.isOfPrediction() && model.labels().count() > 1;
    return scoreFunction(ofPrediction ? model.prediction(path.endLogits()).predictedClass() : 0);
  }

  /**
   * What is explained.
   *
   * @param predicted the class that the model predicts, where it matters
   */
  ScoreFunction scoreFunction(int predicted) {
    Target.NextTokens next = options.target().next();
    if (next != null) {
      boolean alone = next.against().isEmpty() && !next.againstAll();
      return ScoreFunction.ofTokens(
          array(next.of()), alone ? null : array(next.against()), model.labels().count());
    }
    return ScoreFunction.of(
        options.target().isProbability(), options.explainedClass(), model.labels(), predicted);
  }

  private static int[] array(List<Integer> tokens) {
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The straight path of one patient, computed by the calling thread alone. */
  ModelPath path(Workspace workspace, Trajectory trajectory, TokenSequence sequence) {
    return path(workspace, trajectory, sequence, 0, null);
  }

  /**
   * The straight path of one patient.
   *
   * @param reference number of the reference that it starts from, where there are some
   */
  private ModelPath path(
      Workspace workspace,
      Trajectory trajectory,
      TokenSequence sequence,
      int reference,
      Workers helpers) {
    Subject subject = new Subject(trajectory, sequence, rows(sequence));
    ModelPath.Ends ends = ends(workspace, subject, reference);
    return ModelPath.alone(model, workspace, ends, batching.stepsPerBatch(), helpers);
  }

  private ModelPath.Ends ends(Workspace workspace, Subject subject, int reference) {
    Backend backend = workspace.backend();
    List<PathInput> own = model.open(backend, subject);
    List<PathInput> near =
        noise == null ? own : own.stream().map(i -> noise.near(backend, subject, i)).toList();
    List<PathInput> end = starts.ends(backend, subject, near);
    List<PathInput> start = starts.of(backend, subject, end, reference);
    return new ModelPath.Ends(subject, rows(subject.sequence()), start, end, options.fixed());
  }

  /** Positions of a patient's own. */
  private int rows(TokenSequence sequence) {
    return batching.trimPadding() ? model.rowsFor(sequence) : sequence.maxLength();
  }

  /** How many patients go through the model together. */
  int patientsPerBatch() {
    if (batching.patientsPerBatch() > 0 || starts.references() > 0) {
      return Math.max(1, batching.patientsPerBatch());
    }
    int rows = model.tokenizer().maxLength();
    int steps = options.path().steps();
    return model.withBackend(b -> patientsPerBatch(b, model.activationsPerStep(b, rows) * steps));
  }

  /** Patients whose steps go through the same passes, each of so many elements. */
  static int patientsPerBatch(Backend backend, long elementsPerPatient) {
    // Cores are kept busy by a patient each, and positions of shorter ones would be padded.
    return backend.isParallel()
        ? Math.min(MOST_PATIENTS, backend.advisedBatch(elementsPerPatient))
        : 1;
  }
}
