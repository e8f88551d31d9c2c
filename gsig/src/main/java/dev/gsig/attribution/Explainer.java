package dev.gsig.attribution;

import dev.gsig.attribution.internal.math.ScoreFunction;
import dev.gsig.attribution.internal.run.CohortRun;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.internal.Workers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Explains patients by a {@link PathMethod}: integrated gradients and others along the straight
 * path from a baseline. Immutable and shared by threads; the same patient gives the same bits
 * whatever else is computed, and on however many threads.
 */
public final class Explainer {
  private static final Logger LOG = System.getLogger(Explainer.class.getName());

  private final ExplainableModel model;
  private final PathStarts starts;
  private final ExplainOptions options;
  private final Batching batching;
  private final RowNoise noise;
  private final PatientExplainer patients;

  /**
   * How many steps and patients go through the model together; no choice changes a bit of the
   * result.
   *
   * @param stepsPerBatch steps in one pass; 0 to choose
   * @param patientsPerBatch patients whose steps go through the same passes; 0 to choose
   * @param trimPadding whether positions that provably do not matter are left out
   */
  record Batching(int stepsPerBatch, int patientsPerBatch, boolean trimPadding) {
    static final Batching DEFAULT = new Batching(0, true);

    Batching(int stepsPerBatch, boolean trimPadding) {
      this(stepsPerBatch, 0, trimPadding);
    }
  }

  private Explainer(
      ExplainableModel model, PathStarts starts, ExplainOptions options, Batching batching) {
    this(model, starts, options, batching, null);
  }

  private Explainer(
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
    patients = new PatientExplainer(model, starts, options, batching, noise);
  }

  /**
   * An explainer.
   *
   * @param baseline statistics of a validation set; may be null if the options need none
   * @throws InvalidInputException if the baseline is missing or another model's, or if the model
   *     lacks a class or a token that the options name
   */
  public static Explainer of(ExplainableModel model, Baseline baseline, ExplainOptions options) {
    return of(model, baseline, options, Batching.DEFAULT);
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
    if (!options.startsFromReferences() || references.model() != model) {
      throw new IllegalArgumentException(
          "references are for a method that uses them and the model that they were made for");
    }
    requireClass(model, options);
    requireCodes(model, options);
    PathStarts starts = PathStarts.of(model, references, options);
    return new Explainer(model, starts, options, Batching.DEFAULT);
  }

  static Explainer of(
      ExplainableModel model, Baseline baseline, ExplainOptions options, Batching batching) {
    if (options.startsFromReferences()) {
      throw new InvalidInputException(
          "the method "
              + options.method().label()
              + " starts from validation patients; give a bank of them");
    }
    PathStarts starts = PathStarts.of(model, baseline, options);
    requireClass(model, options);
    requireCodes(model, options);
    return new Explainer(model, starts, options, batching);
  }

  private static void requireClass(ExplainableModel model, ExplainOptions options) {
    if (options.explainedClass() != null) {
      model.labels().requireClass(options.explainedClass());
    }
    Target.NextTokens next = options.target().next();
    if (next != null && !model.predictsTokens()) {
      throw new InvalidInputException(
          "the target "
              + options.target().label()
              + " is of a model that predicts the next token, but "
              + model
              + " tells classes apart; explain a class");
    }
    if (next == null && model.predictsTokens() && options.explainedClass() == null) {
      throw new InvalidInputException(
          model
              + " predicts the next token; name what is explained: --target next:CODE, next:A/B or"
              + " next:FILE, or --class CODE");
    }
    if (next != null && options.explainedClass() != null) {
      throw new InvalidInputException(
          "the target " + options.target().label() + " is of no class; leave the class out");
    }
  }

  /**
   * Explains another model in the same way: from the same validation patients, and the same means,
   * which need not be the other model's own.
   *
   * @param other of the same inputs, such as one that was {@link ExplainableModel#randomised}
   */
  public Explainer on(ExplainableModel other) {
    return new Explainer(other, starts.on(other), options, batching, noise);
  }

  /**
   * Explains the same class of each patient, whatever is predicted.
   *
   * @param explainedClass one that the model has
   */
  public Explainer forClass(int explainedClass) {
    ExplainOptions o = options.toBuilder().explainedClass(explainedClass).build();
    requireClass(model, o);
    return new Explainer(model, starts, o, batching, noise);
  }

  /**
   * Explains somebody near each patient: the row x_j of every code of every input is moved by
   * {@code radius * ||x_j||_2} in a random direction. Where paths start stays.
   *
   * @param radius of the moves, relative to the length of each row; not negative
   * @param seed of the directions, which are each patient's own, whatever else is explained
   */
  public Explainer near(double radius, long seed) {
    return new Explainer(model, starts, options, batching, new RowNoise(radius, seed));
  }

  private static void requireCodes(ExplainableModel model, ExplainOptions options) {
    Optional<PathMethod> needing =
        options.methods().stream().filter(PathMethod::needsCodes).findFirst();
    if (needing.isPresent() && model.codeTable() == null) {
      throw new InvalidInputException(
          "the method "
              + needing.get().label()
              + " leads from code to code, but attributions of "
              + model
              + " are not taken at a table of code embeddings (attribution_point 'code');"
              + " choose another method");
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
    return patients.explain(trajectory, null).toAttribution(model, options);
  }

  /**
   * Explains one patient on several threads: the calling one, and others that are started for this
   * patient and take part of the model's passes. For somebody who waits; a cohort is done sooner by
   * {@link #explainAll}. Where a device computes, the calling thread is enough, and does it alone.
   *
   * @param threads how many, at least 1
   * @return what {@link #explain(Trajectory)} returns, to the last bit
   * @throws IllegalArgumentException if there is no thread
   * @throws InvalidInputException if the model cannot read the trajectory, or a number is not
   *     finite
   * @throws DeviceMemoryException naming the patient, if the device or the heap has no memory even
   *     for one step at a time
   */
  public Attribution explain(Trajectory trajectory, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, but is " + threads);
    }
    if (threads == 1) {
      return explain(trajectory);
    }
    try (Workers helpers = new Workers(threads - 1)) {
      return patients.explain(trajectory, helpers).toAttribution(model, options);
    }
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
    return patients.withPath(trajectory, null, use);
  }

  /** The attribution of every single input by the first method, on the calling thread. */
  PathAttribution explainRaw(Trajectory trajectory) {
    return patients.explain(trajectory, null).first();
  }

  /** What opens paths and explains along them. */
  PatientExplainer patients() {
    return patients;
  }

  /**
   * The logits of a patient some of whose rows are those where their path starts.
   *
   * @param sequences what the model reads, of this model's length
   * @param positions of each sequence those whose rows are replaced
   * @return one array for each sequence, one logit for each label
   * @throws InvalidInputException if the model cannot read a sequence, or a number is not finite
   * @throws DeviceMemoryException naming the patient, if there is no memory even for one
   */
  public double[][] logitsFromStart(
      Trajectory trajectory, List<TokenSequence> sequences, List<BitSet> positions) {
    return logitsFromStart(trajectory, sequences, positions, 0);
  }

  /**
   * The logits of a patient some of whose rows are those where the path from a reference starts.
   *
   * @param sequences what the model reads, of this model's length
   * @param positions of each sequence those whose rows are replaced
   * @param reference its number, from 0 to {@link #referenceCount} - 1; 0 where there are none
   * @return one array for each sequence, one logit for each label
   * @throws InvalidInputException if the model cannot read a sequence, or a number is not finite
   * @throws DeviceMemoryException naming the patient, if there is no memory even for one
   */
  public double[][] logitsFromStart(
      Trajectory trajectory, List<TokenSequence> sequences, List<BitSet> positions, int reference) {
    TokenSequence own = model.tokenize(trajectory);
    Map<String, double[]> starts =
        this.starts.rows(new Subject(trajectory, own, model.rowsFor(own)), reference);
    return model.logits(
        trajectory,
        sequences,
        (backend, input, item) ->
            input.withRows(backend, positions.get(item), starts.get(input.name())));
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
    explainAll(cohort, threads, inOrder, CohortRun.REFUSE);
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
    explainAll(cohort, threads, (patient, attribution) -> attribution, inOrder, leftOut);
  }

  /**
   * Explains a cohort as {@link #explainAll(Iterable, int, Consumer, BiConsumer)} does, and makes
   * something more of each attribution.
   *
   * @param cohort patients, read once
   * @param threads number of workers, at least 1
   * @param form of a patient and their attribution, on the threads that explain
   * @param inOrder takes what was made
   * @param leftOut takes the patients who cannot be explained, or of whom nothing can be made, and
   *     why, in their turn
   * @throws InvalidInputException if a patient cannot be read, after all before were delivered
   */
  public <R> void explainAll(
      Iterable<Trajectory> cohort,
      int threads,
      BiFunction<Trajectory, Attribution, R> form,
      Consumer<R> inOrder,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    explainAll(
        cohort,
        threads,
        (patient, readings) -> form.apply(patient, readings.toAttribution(model, options)),
        new CohortRun<>(inOrder, leftOut));
  }

  /**
   * Explains a cohort with results of another form.
   *
   * @param form makes a result of a patient and their readings, on the threads that explain
   */
  <R> void explainAll(
      Iterable<Trajectory> cohort,
      int threads,
      BiFunction<Trajectory, Readings, R> form,
      CohortRun<R> run) {
    run.mapGroups(
        model::letGoOfIdle,
        cohort,
        threads,
        patients.patientsPerBatch(),
        (group, workers) -> {
          List<Readings> all = patients.explain(group, workers);
          return IntStream.range(0, group.size())
              .mapToObj(i -> form.apply(group.get(i), all.get(i)))
              .toList();
        });
  }

  /**
   * What logits say in the terms of an attribution by these options.
   *
   * @param logits one for each label, of any record
   * @param explainedClass the attribution's; not read where the options say what is explained
   */
  public Prediction.Explained explained(double[] logits, int explainedClass) {
    ScoreFunction score = patients.scoreFunction(explainedClass);
    return new Prediction.Explained(
        score.score(logits), score.probability(logits), score.logOdds(logits));
  }
}
