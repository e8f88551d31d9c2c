package dev.gsig.attribution;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.Tensor;
import dev.gsig.tensor.internal.Batches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Puts steps of paths through the model, many in one batched forward and backward pass: as many as
 * the backend advises, and half as many whenever there is no memory ({@link Batches}). How the
 * steps are cut into passes, whose they are, and who helps does not change a bit of a result.
 * Belongs to one thread at a time.
 */
final class Passes {
  private final ExplainableModel model;
  private final Workspace workspace;
  private final Backend backend;
  private final Helpers helpers;
  private final Batches batches;

  /** What a path asks for at some of its points. */
  abstract static class Request {
    private final ModelPath path;
    private final double[] alphas;

    Request(ModelPath path, double[] alphas) {
      this.path = path;
      this.alphas = alphas;
    }

    double[] alphas() {
      return alphas;
    }

    /** Whether a backward pass is needed. */
    boolean needsGradient() {
      return true;
    }

    /** Whether {@link Pass#gradients} of rows are needed. */
    boolean needsGradients() {
      return false;
    }

    /** Called before the first pass; the place to allocate tensors. */
    void open() {}

    /**
     * Takes a pass over some of the steps, one slice after the other. Allocates no tensor, and
     * computes on the backend of the pass.
     */
    abstract void accept(Slice slice, Pass pass);

    /** Called after the last pass, or after one that failed. */
    void close() {}
  }

  /**
   * Steps of one request in a pass.
   *
   * @param first number of the first one in the request
   * @param count how many
   * @param at number of the first one in the pass
   */
  record Slice(Request request, int first, int count, int at) {
    ModelPath path() {
      return request.path;
    }

    Points points() {
      double[] alphas = Arrays.copyOfRange(request.alphas, first, first + count);
      return new Points(path().subject(), path().inputs(), alphas);
    }

    /** Its part of some values, of which each step of the pass has {@code size}. */
    double[] of(double[] values, int size) {
      return Arrays.copyOfRange(values, at * size, (at + count) * size);
    }
  }

  /**
   * What was computed of all steps in a pass. Where no request needs it, it is null.
   *
   * @param steps how many
   * @param logits {@code [steps][labels]} row-major
   * @param tape after its backward sweep
   * @param inputs of the model, on the tape
   * @param gradients with respect to each input, {@code [steps][rows][cols]} row-major; null for
   *     one that is fixed, and for rows unless a request needs them
   */
  record Pass(int steps, double[] logits, Tape tape, List<Variable> inputs, double[][] gradients) {}

  /**
   * Passes over paths of so many positions, on one thread.
   *
   * @param stepsPerPass 0 to choose
   */
  Passes(ExplainableModel model, Workspace workspace, int rows, int stepsPerPass) {
    this(model, workspace, rows, stepsPerPass, Helpers.NONE);
  }

  /**
   * Passes that are shared with those who are idle.
   *
   * @param stepsPerPass at most; 0 to choose
   */
  Passes(ExplainableModel model, Workspace workspace, int rows, int stepsPerPass, Helpers helpers) {
    this.model = model;
    this.workspace = workspace;
    this.backend = workspace.backend();
    this.helpers = helpers;
    this.batches = new Batches(stepsPerPass > 0 ? stepsPerPass : stepsThatFit(rows));
  }

  private int stepsThatFit(int rows) {
    int advised = backend.advisedBatch(model.activationsPerStep(rows));
    return Math.min(model.mostStepsPerPass(rows), advised);
  }

  /**
   * Computes what is asked for.
   *
   * @param requests of paths with the same number of positions
   * @throws DeviceMemoryException if there is no memory for a single step
   */
  void run(List<Request> requests) {
    try {
      requests.forEach(Request::open);
      run(requests.stream().filter(r -> !r.needsGradient()).toList(), false);
      run(requests.stream().filter(Request::needsGradient).toList(), true);
    } finally {
      requests.forEach(Request::close);
    }
  }

  private void run(List<Request> requests, boolean backward) {
    int steps = requests.stream().mapToInt(r -> r.alphas.length).sum();
    int idle = steps > 1 ? helpers.idle() : 0;
    int done = idle > 0 ? share(requests, steps, backward, idle) : 0;
    batches.run(
        backend,
        done,
        steps,
        (from, to, lastChance) -> {
          List<Slice> slices = slices(requests, from, to);
          try (Tape tape = new Tape(backend)) {
            Pass pass = compute(tape, slices, to - from, backward);
            lastChance.run();
            consume(slices, pass);
          }
        });
  }

  /**
   * As many passes for each thread, all of about the same size.
   *
   * @return how many steps were done; the others did not fit into memory while others computed
   */
  private int share(List<Request> requests, int steps, boolean backward, int idle) {
    int threads = Math.min(idle + 1, steps);
    int rounds = divideUp(divideUp(steps, batches.most()), threads);
    int size = divideUp(steps, rounds * threads);
    Turns turns = new Turns(divideUp(steps, size));
    boolean[] consuming = {false}; // in turn
    Consumer<Passes> part =
        passes ->
            turns.share(
                i -> {
                  int from = i * size;
                  int to = Math.min(steps, from + size);
                  List<Slice> slices = slices(requests, from, to);
                  passes.pass(slices, to - from, backward, turns, i, consuming);
                });
    helpers.ask(threads - 1, idler -> part.accept(new Passes(model, idler, 0, batches.most())));
    try {
      try {
        part.accept(this);
      } finally {
        turns.finish(); // what they compute with is open until then
      }
      return steps;
    } catch (DeviceMemoryException | OutOfMemoryError e) {
      if (consuming[0]) {
        throw Batches.shortage(e);
      }
      batches.halve(size);
      return turns.completed() * size;
    }
  }

  private static int divideUp(int a, int b) {
    return (a + b - 1) / b;
  }

  /** One of several passes at the same time, consumed in its turn. */
  private void pass(
      List<Slice> slices,
      int steps,
      boolean backward,
      Turns turns,
      int number,
      boolean[] consuming) {
    backend.attempt(
        () -> {
          try (Tape tape = new Tape(backend)) {
            Pass pass = compute(tape, slices, steps, backward);
            if (turns.await(number)) {
              consuming[0] = true;
              consume(slices, pass);
              consuming[0] = false;
            }
          }
          return null;
        });
  }

  /** The steps {@code from} to {@code to - 1} of all, counted through the requests. */
  private static List<Slice> slices(List<Request> requests, int from, int to) {
    List<Slice> slices = new ArrayList<>();
    int before = 0;
    for (Request r : requests) {
      int first = Math.max(0, from - before);
      int end = Math.min(r.alphas.length, to - before);
      if (first < end) {
        slices.add(new Slice(r, first, end - first, before + first - from));
      }
      before += r.alphas.length;
    }
    return slices;
  }

  private void consume(List<Slice> slices, Pass pass) {
    try {
      slices.forEach(s -> s.request.accept(s, pass));
    } finally {
      giveBack(slices.get(0).path().spans(), pass.gradients);
    }
  }

  private void giveBack(List<InputSpan> spans, double[][] gradients) {
    for (int i = 0; gradients != null && i < gradients.length; i++) {
      if (gradients[i] != null && spans.get(i).isRows()) {
        workspace.giveBack(gradients[i]);
      }
    }
  }

  private Pass compute(Tape tape, List<Slice> slices, int steps, boolean backward) {
    List<InputSpan> spans = slices.get(0).path().spans();
    boolean[] needed = new boolean[spans.size()];
    for (int i = 0; i < needed.length; i++) {
      needed[i] = backward && !spans.get(i).fixed();
    }
    List<Points> points = slices.stream().map(Slice::points).toList();
    Points.Batch batch = Points.on(tape, model, points, needed);
    Variable y = Points.logits(tape, model, batch);
    double[] logits = y.values();
    int labels = y.shape().cols();
    slices.forEach(s -> s.path().requireFinite("the logits", s.of(logits, labels)));
    if (!backward) {
      return new Pass(steps, logits, tape, batch.inputs(), null);
    }
    Tensor seed = backend.upload(y.shape(), seeds(slices, logits, labels));
    tape.backward(y, seed);
    backend.release(seed);
    boolean rows = slices.stream().anyMatch(s -> s.request.needsGradients());
    double[][] gradients = new double[needed.length][];
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        Tensor g = gradient(tape, batch.inputs().get(i), spans.get(i));
        gradients[i] = !spans.get(i).isRows() ? backend.download(g) : rows ? download(g) : null;
      }
    }
    return new Pass(steps, logits, tape, batch.inputs(), gradients);
  }

  private Tensor gradient(Tape tape, Variable input, InputSpan span) {
    try {
      return tape.gradient(input);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          model
              + ": the logits do not depend on the input '"
              + span.name()
              + "'; hold it fixed, or leave it out",
          e);
    }
  }

  private double[] download(Tensor g) {
    double[] values = workspace.take(g.shape().size());
    backend.download(g, values);
    return values;
  }

  private static double[] seeds(List<Slice> slices, double[] logits, int labels) {
    Stream<double[]> seeds = slices.stream().map(s -> s.path().seeds(s.of(logits, labels)));
    return seeds.flatMapToDouble(Arrays::stream).toArray();
  }
}
