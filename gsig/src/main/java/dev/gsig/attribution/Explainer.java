package dev.gsig.attribution;

import dev.gsig.attribution.internal.math.Finite;
import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathGradient;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.internal.Batches;
import dev.gsig.tensor.internal.Workers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Explains patients by a {@link PathMethod}: integrated gradients and others along the straight
 * path from a baseline. Immutable and shared by threads; the same patient gives the same bits
 * whatever else is computed, and on however many threads.
 */
public final class Explainer {
  /** Stops at a patient who cannot be explained. */
  static final BiConsumer<Trajectory, InvalidInputException> REFUSE =
      (patient, reason) -> {
        throw reason;
      };

  private static final Logger LOG = System.getLogger(Explainer.class.getName());

  /** Enough to fill a GPU with short sequences; each takes work on the host. */
  private static final int MOST_PATIENTS = 16;

  private final ExplainableModel model;
  private final PathStarts starts;
  private final ExplainOptions options;
  private final Layout layout;
  private final Helpers helpers;

  /**
   * How the computation is laid out; no choice changes a bit of the result.
   *
   * @param stepsPerBatch steps in one pass; 0 to choose
   * @param patientsPerBatch patients whose steps go through the same passes; 0 to choose
   * @param trimPadding whether positions that provably do not matter are left out
   */
  record Layout(int stepsPerBatch, int patientsPerBatch, boolean trimPadding) {
    static final Layout DEFAULT = new Layout(0, true);

    Layout(int stepsPerBatch, boolean trimPadding) {
      this(stepsPerBatch, 0, trimPadding);
    }
  }

  /** A patient whose path is open. */
  private record Patient(Trajectory trajectory, TokenSequence sequence, ModelPath path) {}

  /** Hands on what became of some patients, in order; the failure comes behind them, if any. */
  private record Explained(List<Runnable> deliveries, RuntimeException failure) {
    void deliver() {
      deliveries.forEach(Runnable::run);
      if (failure != null) {
        throw failure;
      }
    }

    /** With what follows behind. */
    Explained and(Supplier<Explained> next) {
      if (failure != null) {
        return this;
      }
      Explained more = next.get();
      List<Runnable> all = new ArrayList<>(deliveries);
      all.addAll(more.deliveries);
      return new Explained(all, more.failure);
    }
  }

  private Explainer(
      ExplainableModel model,
      PathStarts starts,
      ExplainOptions options,
      Layout layout,
      Helpers helpers) {
    this.model = model;
    this.starts = starts;
    this.options = options;
    this.layout = layout;
    this.helpers = helpers;
  }

  /**
   * An explainer.
   *
   * @param baseline statistics of a validation set; may be null if the options need none
   * @throws InvalidInputException if the baseline is missing or another model's, or if the model
   *     lacks a class or a token that the options name
   */
  public static Explainer of(ExplainableModel model, Baseline baseline, ExplainOptions options) {
    return of(model, baseline, options, Layout.DEFAULT);
  }

  /**
   * An explainer whose paths start from a bank of patients.
   *
   * @param references made for this model
   * @throws IllegalArgumentException if the method does not use references, or the bank is another
   *     model's
   * @throws InvalidInputException if the model lacks the class that the options name
   */
  public static Explainer withReferences(
      ExplainableModel model, ReferenceBank references, ExplainOptions options) {
    if (!MethodOption.REFERENCES.isUsedBy(options.method()) || references.model() != model) {
      throw new IllegalArgumentException(
          "references are for a method that uses them and the model that they were made for");
    }
    requireClass(model, options);
    PathStarts starts = PathStarts.of(model, references, options);
    return new Explainer(model, starts, options, Layout.DEFAULT, Helpers.NONE);
  }

  static Explainer of(
      ExplainableModel model, Baseline baseline, ExplainOptions options, Layout layout) {
    if (MethodOption.REFERENCES.isUsedBy(options.method())) {
      throw new InvalidInputException(
          "the method "
              + options.method().label()
              + " starts from validation patients; give a bank of them");
    }
    PathStarts starts = PathStarts.of(model, baseline, options);
    requireClass(model, options);
    return new Explainer(model, starts, options, layout, Helpers.NONE);
  }

  private static void requireClass(ExplainableModel model, ExplainOptions options) {
    if (options.explainedClass() != null) {
      model.labels().requireClass(options.explainedClass());
    }
  }

  /** The options. */
  public ExplainOptions options() {
    return options;
  }

  /** How many references it starts from; 0 where it starts from a baseline. */
  public int referenceCount() {
    return starts.references();
  }

  /**
   * Explains one patient on the calling thread.
   *
   * @throws InvalidInputException if the model cannot read the trajectory, or a number is not
   *     finite
   * @throws DeviceMemoryException naming the patient, if the device or the heap has no memory even
   *     for one step at a time
   */
  public Attribution explain(Trajectory trajectory) {
    PathAttribution raw = explainRaw(trajectory);
    return raw.toAttribution(model, options);
  }

  /**
   * Explains made-up patients on the calling thread, so that the JIT compiler has done its work
   * before somebody waits: the first seconds of a JVM are many times slower than the rest. Changes
   * no result. A service calls it before its first request, perhaps on a thread of its own while it
   * starts.
   *
   * @param limit ends it with the patient in work when it has passed; a few seconds are enough for
   *     a small model. An interrupt ends it as well, and is kept
   * @param use what is done with results, so that it is compiled, too: {@code json::write}
   * @return how many patients were explained: fewer than the time allows, perhaps none, if the
   *     model reads no made-up one
   */
  public int warmUp(Duration limit, Consumer<Attribution> use) {
    long start = System.nanoTime();
    MadeUpPatients patients = new MadeUpPatients(model);
    int explained = 0;
    try {
      Trajectory patient = patients.next();
      while (patient != null
          && Duration.ofNanos(System.nanoTime() - start).compareTo(limit) < 0
          && !Thread.currentThread().isInterrupted()) {
        use.accept(explain(patient));
        explained++;
        patient = patients.next();
      }
    } catch (InvalidInputException e) {
      LOG.log(Level.DEBUG, "gsig: no warm-up with made-up patients: {0}", e.getMessage());
    }
    return explained;
  }

  /**
   * Lends the path of one patient on the calling thread: for whoever looks at the gradient along
   * it, or compares several sums of it.
   *
   * @param use called once; the path is closed when it returns
   * @return what {@code use} returns
   * @throws InvalidInputException if the model cannot read the trajectory, or a number is not
   *     finite
   * @throws DeviceMemoryException naming the patient, if there is no memory even for one step at a
   *     time
   */
  public <R> R withPath(Trajectory trajectory, Function<PatientPath, R> use) {
    return withPatient(trajectory, (workspace, patient) -> use.apply(opened(workspace, patient)));
  }

  /** The attribution of every single input. */
  PathAttribution explainRaw(Trajectory trajectory) {
    return withPatient(trajectory, this::explain);
  }

  private <R> R withPatient(Trajectory trajectory, BiFunction<Workspace, Patient, R> use) {
    TokenSequence sequence = model.tokenize(trajectory);
    return ExplainableModel.namingShortage(
        trajectory,
        () ->
            model.withWorkspace(
                workspace -> {
                  try (ModelPath path = path(workspace, trajectory, sequence)) {
                    return use.apply(workspace, new Patient(trajectory, sequence, path));
                  }
                }));
  }

  /** The attributions of several patients whose steps go through the model together. */
  private List<PathAttribution> explainRaw(List<Trajectory> trajectories) {
    if (trajectories.size() == 1) {
      return List.of(explainRaw(trajectories.get(0)));
    }
    List<TokenSequence> sequences = trajectories.stream().map(model::tokenize).toList();
    int rows = sequences.stream().mapToInt(this::rows).max().orElseThrow();
    return model.withWorkspace(
        workspace -> {
          Passes passes = new Passes(model, workspace, rows, layout.stepsPerBatch);
          Company company = new Company(passes);
          List<Patient> patients = new ArrayList<>();
          try {
            for (int i = 0; i < sequences.size(); i++) {
              Trajectory trajectory = trajectories.get(i);
              ModelPath.Ends ends = ends(workspace, trajectory, sequences.get(i), 0, rows);
              ModelPath path = new ModelPath(model, workspace, ends, company::run);
              patients.add(new Patient(trajectory, sequences.get(i), path));
            }
            return company.map(patients, patient -> explain(workspace, patient));
          } finally {
            patients.forEach(patient -> patient.path.close());
          }
        });
  }

  private PathAttribution explain(Workspace workspace, Patient patient) {
    return opened(workspace, patient).attribute(options.method(), options.path());
  }

  private PatientPath opened(Workspace workspace, Patient patient) {
    ModelPath path = patient.path;
    Prediction prediction = model.prediction(path.endLogits());
    ScoreFunction score = scoreFunction(prediction);
    path.explain(score);
    Paths paths = starts.references() == 0 ? null : new Paths(workspace, patient, score);
    return new PatientPath(
        patient.trajectory,
        patient.sequence,
        path.spans(),
        prediction,
        score.explainedClass(),
        paths == null ? path : new MeanPath(paths),
        options.path(),
        paths == null ? path::gradients : () -> paths.gradients);
  }

  /** The paths from the references to one patient, one open at a time. */
  private final class Paths implements MeanPath.References {
    private final Workspace workspace;
    private final Patient patient;
    private final ScoreFunction score;
    private int gradients;

    Paths(Workspace workspace, Patient patient, ScoreFunction score) {
      this.workspace = workspace;
      this.patient = patient;
      this.score = score;
    }

    @Override
    public int count() {
      return starts.references();
    }

    @Override
    public void with(int index, Consumer<PathGradient> use) {
      try (ModelPath path = path(workspace, patient.trajectory, patient.sequence, index)) {
        path.explain(score);
        use.accept(path);
        gradients += path.gradients();
      }
    }
  }

  /** What is explained, given what the model says. */
  ScoreFunction scoreFunction(Prediction prediction) {
    Labels labels = model.labels();
    int byDefault = labels.count() == 1 ? 1 : prediction.predictedClass();
    int c = options.explainedClass() == null ? byDefault : options.explainedClass();
    return new ScoreFunction(options.target(), c, labels.count(), labels.multiLabel());
  }

  /** The straight path of one patient; for tests, too. */
  ModelPath path(Workspace workspace, Trajectory trajectory, TokenSequence sequence) {
    return path(workspace, trajectory, sequence, 0);
  }

  /**
   * The straight path of one patient from one of several references.
   *
   * @param reference number of the reference that it starts from, where there are some
   */
  private ModelPath path(
      Workspace workspace, Trajectory trajectory, TokenSequence sequence, int reference) {
    ModelPath.Ends ends = ends(workspace, trajectory, sequence, reference, rows(sequence));
    return ModelPath.alone(model, workspace, ends, layout.stepsPerBatch, helpers);
  }

  /** Positions of a patient's own. */
  private int rows(TokenSequence sequence) {
    return layout.trimPadding ? model.rowsFor(sequence) : sequence.maxLength();
  }

  private ModelPath.Ends ends(
      Workspace workspace,
      Trajectory trajectory,
      TokenSequence sequence,
      int reference,
      int paddedRows) {
    Backend backend = workspace.backend();
    Subject subject = new Subject(trajectory, sequence, paddedRows);
    List<PathInput> end = model.open(backend, subject);
    List<PathInput> start = starts.of(backend, subject, end, reference);
    return new ModelPath.Ends(subject, rows(sequence), start, end, options.fixed());
  }

  /** Where the path of each input that has rows starts: rows as many as the model needs. */
  Map<String, double[]> rowStarts(Trajectory trajectory, TokenSequence sequence) {
    Subject subject = new Subject(trajectory, sequence, model.rowsFor(sequence));
    return model.withBackend(
        backend -> {
          List<PathInput> end = model.open(backend, subject);
          List<PathInput> start = starts.of(backend, subject, end, 0);
          Map<String, double[]> rows = new HashMap<>();
          for (PathInput input : start) {
            if (input.isRows()) {
              double[] numbers = input.download(backend);
              rows.put(
                  input.name(), Finite.require(subject.id(), "the baseline of " + input, numbers));
            }
            input.release(backend);
          }
          end.forEach(input -> input.release(backend));
          return rows;
        });
  }

  /**
   * Explains a cohort on several threads, several patients together on each where the backend
   * advises so; threads that find no patient left help with those of the others. The cohort is read
   * on the calling thread, a few patients ahead; results are delivered there in the order of the
   * cohort.
   *
   * @param cohort patients, read once
   * @param threads number of workers, at least 1
   * @param inOrder takes the results
   * @throws InvalidInputException if a patient cannot be read or explained, after all patients
   *     before it were delivered
   */
  public void explainAll(Iterable<Trajectory> cohort, int threads, Consumer<Attribution> inOrder) {
    explainAll(cohort, threads, inOrder, REFUSE);
  }

  /**
   * Explains a cohort as {@link #explainAll(Iterable, int, Consumer)} does, but goes on behind
   * patients who cannot be explained.
   *
   * @param cohort patients, read once
   * @param threads number of workers, at least 1
   * @param inOrder takes the results
   * @param leftOut takes the patients who cannot be explained, and why, in their turn
   * @throws InvalidInputException if a patient cannot be read, after all before were delivered
   */
  public void explainAll(
      Iterable<Trajectory> cohort,
      int threads,
      Consumer<Attribution> inOrder,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    explainAll(cohort, threads, raw -> raw.toAttribution(model, options), inOrder, leftOut);
  }

  /**
   * Explains a cohort with results of another form.
   *
   * @param form makes a result, on the threads that explain
   */
  <R> void explainAll(
      Iterable<Trajectory> cohort,
      int threads,
      Function<PathAttribution, R> form,
      Consumer<R> inOrder) {
    explainAll(cohort, threads, form, inOrder, REFUSE);
  }

  private <R> void explainAll(
      Iterable<Trajectory> cohort,
      int threads,
      Function<PathAttribution, R> form,
      Consumer<R> inOrder,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    Function<PathAttribution, Runnable> delivery =
        raw -> {
          R result = form.apply(raw);
          return () -> inOrder.accept(result);
        };
    try (Workers workers = new Workers(threads)) {
      boolean parallel = model.withBackend(Backend::isParallel);
      Explainer helped = helpedBy(parallel ? Helpers.NONE : Helpers.of(workers, model));
      workers.map(
          new Chunks<>(cohort, patientsPerBatch()),
          group -> helped.explainGroup(group, delivery, leftOut),
          Explained::deliver);
    } finally {
      model.letGoOfIdle();
    }
  }

  /** This explainer with passes that others may share. */
  Explainer helpedBy(Helpers helpers) {
    return new Explainer(model, starts, options, layout, helpers);
  }

  private int patientsPerBatch() {
    if (layout.patientsPerBatch > 0 || starts.references() > 0) {
      return Math.max(1, layout.patientsPerBatch);
    }
    long perStep = model.activationsPerStep(model.tokenizer().maxLength());
    return model.withBackend(b -> patientsPerBatch(b, perStep * options.path().steps()));
  }

  /** Patients whose steps go through the same passes, each of so many elements. */
  static int patientsPerBatch(Backend backend, long elementsPerPatient) {
    // Cores are kept busy by a patient each, and positions of shorter ones would be padded.
    return backend.isParallel()
        ? Math.min(MOST_PATIENTS, backend.advisedBatch(elementsPerPatient))
        : 1;
  }

  /**
   * What cannot be explained together is explained in two halves, so that a patient who cannot be
   * explained at all is found, and that memory for one is enough.
   */
  private Explained explainGroup(
      List<Trajectory> group,
      Function<PathAttribution, Runnable> delivery,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    try {
      return new Explained(explainRaw(group).stream().map(delivery).toList(), null);
    } catch (InvalidInputException | DeviceMemoryException | OutOfMemoryError e) {
      if (group.size() == 1) {
        return e instanceof InvalidInputException reason
            ? new Explained(List.of(() -> leftOut.accept(group.get(0), reason)), null)
            : new Explained(List.of(), Batches.shortage(e));
      }
      int half = group.size() / 2;
      return explainGroup(group.subList(0, half), delivery, leftOut)
          .and(() -> explainGroup(group.subList(half, group.size()), delivery, leftOut));
    }
  }
}
