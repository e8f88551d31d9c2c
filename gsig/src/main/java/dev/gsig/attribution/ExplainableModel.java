package dev.gsig.attribution;

import dev.gsig.attribution.internal.run.Workspace;
import dev.gsig.attribution.internal.run.WorkspacePool;
import dev.gsig.attribution.path.CodeTable;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.internal.Batches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What an attribution needs of a model. Whoever extends it says five things: what it tells apart,
 * how it reads a record, which weights and configuration it has, the inputs that paths lead to, and
 * the logits as a function of them. {@link Model} is the native Transformer; {@code
 * docs/your-own-model.md} has one of 40 lines.
 *
 * <p>Shared by threads: each call borrows a backend of its own from a pool, so that {@link #inputs}
 * and {@link #logits} are called by several threads at the same time, and change nothing. Closing
 * it frees what backends hold, device memory above all; what is computing meanwhile comes to its
 * end.
 */
public abstract class ExplainableModel implements AutoCloseable {
  private static final int SEQUENCES_AT_ONCE = 16;

  private final String name;
  private final Backend loader;
  private final WorkspacePool workspaces;

  /**
   * A model.
   *
   * @param name what messages call it
   * @param backend as {@link Backends#open} takes it
   * @throws IllegalArgumentException if there is no such backend; the message lists the choices
   * @throws UnsupportedOperationException if this machine lacks what the backend needs
   */
  protected ExplainableModel(String name, String backend) {
    this(name, Backends.open(backend));
  }

  /**
   * A model on a backend that is open.
   *
   * @param name what messages call it
   * @param loader holds the weights; taken over, and closed with the model
   */
  protected ExplainableModel(String name, Backend loader) {
    this.name = name;
    this.loader = loader;
    workspaces = new WorkspacePool(name, loader);
  }

  /** What messages call it. */
  public final String name() {
    return name;
  }

  /**
   * The backend that holds the weights, to make them with in the constructor: they may be read by
   * every fork, and by nothing else may it be used.
   */
  protected final Backend loader() {
    return loader;
  }

  /** What it tells apart. */
  public abstract Labels labels();

  /** How it reads a record. */
  public abstract Tokenizer tokenizer();

  /**
   * A text that differs where the weights or the configuration do: statistics of a validation set
   * belong to one version, and are refused by others.
   */
  public abstract String version();

  /**
   * What it reads of a patient: the same inputs in the same order for each.
   *
   * @param backend computes and holds the tensors
   * @return at least one, each of a name of its own; rows as many as the subject has
   * @throws InvalidInputException if it cannot read the patient; the message need not name them
   */
  public abstract List<PathInput> inputs(Backend backend, Subject subject);

  /**
   * The logits of several items at once. An item's may not depend on the others, to the last bit:
   * how many go together is a question of speed.
   *
   * @param inputs one for each of {@link #inputs}, {@code [B, rows, cols]} or {@code [B, 1, n]}
   * @param subjects whose the B items are, several times the same where they are points of one path
   * @return {@code [B, 1, labels]} or {@code [1, B, labels]}
   */
  public abstract Variable logits(Tape tape, List<Variable> inputs, List<Subject> subjects);

  /**
   * Whether the gradient of the logits has no jumps, as it has with a ReLU. Where this is true the
   * search for theta trusts a spline sooner, and needs fewer gradients.
   */
  public boolean isSmooth() {
    return false;
  }

  /**
   * Whether the rows of PAD positions have no influence on the logits, whatever they hold, so that
   * they are left out.
   */
  public boolean paddingIsInert() {
    return false;
  }

  /**
   * Names of the parts that {@link #randomised} replaces the weights of, one behind the other: that
   * nearest to the logits first, the embeddings last. None where it cannot be done.
   */
  public List<String> weightParts() {
    return List.of();
  }

  /**
   * This model with random weights in some of its parts, to see whether attributions notice: what
   * it predicts means nothing. The caller closes it, before this one.
   *
   * @param parts how many of {@link #weightParts}, from the first on
   * @param seed of the random numbers: a part gets the same ones whatever else is replaced
   * @throws UnsupportedOperationException if there are no such parts
   */
  public ExplainableModel randomised(int parts, long seed) {
    throw new UnsupportedOperationException(this + " does not say how its weights are replaced");
  }

  /** Name, precision and kernels of the backend. */
  public final String backendDescription() {
    return loader.name() + ": " + loader.description();
  }

  /** Decimal digits that results of this backend are printed with. */
  public final int significantDigits() {
    return loader.significantDigits();
  }

  /**
   * What the model says of a patient.
   *
   * @throws InvalidInputException if the model cannot read the trajectory
   */
  public final Prediction predict(Trajectory trajectory) {
    return prediction(logits(trajectory));
  }

  /** The prediction that goes with some logits. */
  final Prediction prediction(double[] logits) {
    return predictsTokens()
        ? Prediction.ofTokens(logits, labels())
        : Prediction.of(logits, labels());
  }

  /**
   * The logits of a patient, one for each label.
   *
   * @throws InvalidInputException if the model cannot read the trajectory
   */
  public final double[] logits(Trajectory trajectory) {
    return logits(trajectory, tokenize(trajectory));
  }

  /**
   * The logits of a sequence that was made elsewhere, see {@link Tokenizer#ofIds}.
   *
   * @param trajectory whose tabular values, and name in messages, are taken
   * @param sequence of this model's length
   * @throws InvalidInputException if the model cannot read the sequence
   */
  public final double[] logits(Trajectory trajectory, TokenSequence sequence) {
    return logits(trajectory, List.of(sequence))[0];
  }

  /**
   * The logits of several sequences that one patient might have had, as many at once as fit into
   * memory: how many does not change a bit.
   *
   * @param trajectory whose tabular values, and name in messages, are taken
   * @param sequences of this model's length
   * @return one array for each sequence, one logit for each label
   * @throws InvalidInputException if the model cannot read a sequence
   * @throws DeviceMemoryException naming the patient, if there is no memory even for one
   */
  public final double[][] logits(Trajectory trajectory, List<TokenSequence> sequences) {
    return logits(trajectory, sequences, (backend, input, item) -> input);
  }

  /** What the model reads in the place of an input of an item; takes over the input's tensors. */
  interface Replacement {
    PathInput of(Backend backend, PathInput input, int item);
  }

  /** The logits of several sequences with other inputs. */
  final double[][] logits(
      Trajectory trajectory, List<TokenSequence> sequences, Replacement replacement) {
    double[][] logits = new double[sequences.size()][];
    Batches batches = new Batches(SEQUENCES_AT_ONCE);
    Function<Backend, double[][]> batched =
        backend -> {
          batches.run(
              backend,
              logits.length,
              (from, to) -> {
                List<TokenSequence> some = sequences.subList(from, to);
                int rows = some.stream().mapToInt(this::rowsFor).max().orElseThrow();
                List<Points> points = new ArrayList<>();
                for (int i = from; i < to; i++) {
                  int item = i;
                  Subject subject = new Subject(trajectory, sequences.get(i), rows);
                  List<PathInput> inputs =
                      open(backend, subject).stream()
                          .map(input -> replacement.of(backend, input, item))
                          .toList();
                  points.add(Points.at(backend, subject, inputs));
                }
                double[] all = Points.logits(this, backend, points);
                int labels = all.length / points.size();
                for (int i = from; i < to; i++) {
                  logits[i] = Arrays.copyOfRange(all, (i - from) * labels, (i - from + 1) * labels);
                }
              });
          return logits;
        };
    return namingShortage(trajectory, () -> withBackend(batched));
  }

  final TokenSequence tokenize(Trajectory trajectory) {
    return tokenizer().tokenize(trajectory);
  }

  /** Positions that a sequence needs. */
  final int rowsFor(TokenSequence sequence) {
    return paddingIsInert() ? sequence.length() : sequence.maxLength();
  }

  /**
   * The inputs of a patient, checked. The caller releases them.
   *
   * @throws InvalidInputException naming the patient, if the model cannot read them
   * @throws IllegalStateException if the model breaks its promise
   */
  final List<PathInput> open(Backend backend, Subject subject) {
    List<PathInput> inputs = naming(subject.trajectory(), () -> inputs(backend, subject));
    Set<String> names = new HashSet<>();
    for (PathInput input : inputs) {
      boolean fits = !input.isRows() || input.shape().rows() == subject.rows();
      if (!fits || input.shape().batch() != 1 || !names.add(input.name())) {
        throw new IllegalStateException(
            this
                + ": "
                + input
                + " has the shape "
                + input.shape()
                + (fits ? "" : ", not the " + subject.rows() + " rows of the subject")
                + (input.shape().batch() == 1 ? "" : ", not one item")
                + (names.contains(input.name()) ? "; no other may have its name" : ""));
      }
    }
    if (inputs.isEmpty()) {
      throw new IllegalStateException(this + ": it has no input that a path could lead to");
    }
    return inputs;
  }

  /** As messages call it. */
  @Override
  public final String toString() {
    return "the model " + name;
  }

  // ---- what only the native Transformer knows better

  /** Numbers that a pass keeps for each step, roughly: how many go together changes no result. */
  long activationsPerStep(Backend backend, int rows) {
    return 1024L * rows;
  }

  /** As many steps as arrays can hold the numbers of. */
  int mostStepsPerPass(Backend backend, int rows) {
    return (int) Math.max(1, Integer.MAX_VALUE / activationsPerStep(backend, rows));
  }

  /** Whether its labels are the tokens that may come next. */
  public boolean predictsTokens() {
    return false;
  }

  /** Names of its inputs; null where only a patient tells. */
  List<String> inputNames() {
    return null;
  }

  /** Whether an input that has rows is not among those held. */
  boolean movesRows(Set<String> fixed) {
    return true;
  }

  /** Whether an input that has entries is not among those held; null where only a patient tells. */
  Boolean movesEntries(Set<String> fixed) {
    return null;
  }

  /**
   * The rows of all token ids, where the rows of its input are those of the tokens and nothing
   * else; null where they are not.
   */
  CodeTable codeTable() {
    return null;
  }

  /** The name of what says which special tokens there are. */
  String configurationName() {
    return "tokenizer";
  }

  /** Checksums that a baseline keeps of what its means depend on. */
  Map<String, String> checksums() {
    return Map.of(VERSION, FileHash.sha256(version()));
  }

  /** Why means with these checksums are not this model's; null if they are. */
  String differenceFrom(Map<String, String> checksums) {
    return checksums().get(VERSION).equals(checksums.get(VERSION))
        ? null
        : "was made for another version of " + name;
  }

  /** How means are made that a file of them, or null, lacks. */
  String howToMakeBaseline(Path file) {
    return "make it again with Baseline.estimate";
  }

  static final String VERSION = "version_sha256";

  // ---- workspaces

  /** Runs a task on a backend that nobody else uses meanwhile. */
  final <T> T withBackend(Function<Backend, T> task) {
    return withWorkspace(workspace -> task.apply(workspace.backend()));
  }

  /** Runs a task in a workspace that nobody else uses meanwhile. */
  final <T> T withWorkspace(Function<Workspace, T> task) {
    return workspaces.with(task);
  }

  /** Does something in a workspace that nobody else uses meanwhile. */
  final void useWorkspace(Consumer<Workspace> task) {
    withWorkspace(
        workspace -> {
          task.accept(workspace);
          return null;
        });
  }

  /**
   * Frees the memory that threads left for those who compute next, but for one thread's. Whoever
   * explains or evaluates a cohort does so at its end.
   */
  public final void letGoOfIdle() {
    workspaces.letGo();
  }

  /**
   * Frees what the backends hold. Nothing can be computed afterwards: {@link
   * IllegalStateException}. Closing it again does nothing.
   */
  @Override
  public void close() {
    workspaces.close();
  }

  // ---- naming patients

  /** Runs a part of the model and names the patient in what it refuses. */
  static <T> T naming(Trajectory patient, Supplier<T> part) {
    try {
      return part.get();
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          "patient " + Json.quote(patient.subjectId()) + ": " + e.getMessage(), e);
    }
  }

  /**
   * Does something for a patient, and names them where memory is short even for the least at once.
   *
   * @throws DeviceMemoryException in place of an {@link OutOfMemoryError}, too
   */
  static <T> T namingShortage(Trajectory patient, Supplier<T> work) {
    try {
      return work.get();
    } catch (DeviceMemoryException | OutOfMemoryError e) {
      throw Batches.shortage(e).during("patient " + Json.quote(patient.subjectId()));
    }
  }
}
