package dev.gsig.onnx.internal.tape;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Step;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One output of one node, run by run on the host, in 53 bits: the way of every node that no
 * primitive of the backend computes. Rule: the operator's own.
 */
final class NodeOperation implements Operation {
  /** Whole numbers up to this are exact in 24 bits. */
  private static final double MOST = 1 << 24;

  private final Plan plan;
  private final Step step;
  private final int output;
  private final NdArray[] arrays;
  private final List<Active> actives;
  private final int[] shape;
  private final Shape tensor;
  private final List<NdArray[]> inputs = new ArrayList<>();
  private final List<NdArray[]> outputs = new ArrayList<>();

  /**
   * One application.
   *
   * @param plan the graph
   * @param step the node
   * @param output which of its outputs
   * @param arrays its inputs, null where they are on the tape
   * @param actives its inputs, null where they are not on the tape; plain, and in order the
   *     arguments
   * @param shape of the output in one run
   * @param tensor of the outputs of all runs
   */
  NodeOperation(
      Plan plan,
      Step step,
      int output,
      NdArray[] arrays,
      List<Active> actives,
      int[] shape,
      Shape tensor) {
    this.plan = plan;
    this.step = step;
    this.output = output;
    this.arrays = arrays;
    this.actives = actives;
    this.shape = shape;
    this.tensor = tensor;
  }

  @Override
  public boolean takes(int count) {
    return count == actives.stream().filter(Objects::nonNull).count();
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    double[][] numbers = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      numbers[i] = backend.download(x[i]);
    }
    int runs = tensor.batch();
    int each = tensor.size() / runs;
    double[] all = new double[tensor.size()];
    for (int run = 0; run < runs; run++) {
      NdArray[] in = arrays.clone();
      int argument = 0;
      for (int i = 0; i < in.length; i++) {
        Active a = actives.get(i);
        if (a != null) {
          in[i] = Layout.value(numbers[argument++], run, a.type(), a.shape());
        }
      }
      NdArray[] out = plan.results(step, in);
      requireAsExpected(out[output], backend);
      inputs.add(in);
      outputs.add(out);
      System.arraycopy(out[output].numbers(), 0, all, run * each, each);
    }
    return backend.upload(tensor, all);
  }

  private void requireAsExpected(NdArray y, Backend backend) {
    if (!Arrays.equals(y.shape(), shape)) {
      throw new InvalidInputException(
          step.label() + ": its shape depends on the values on the path; use --no-fusion");
    }
    boolean isExact = y.type().isFloating() || backend.significantDigits() > 10;
    if (!isExact && Arrays.stream(y.numbers()).anyMatch(n -> Math.abs(n) > MOST)) {
      throw new InvalidInputException(
          step.label()
              + ": gives whole numbers that are too large for this backend; use --no-fusion");
    }
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    double[] seeds = backend.download(gy);
    int each = seeds.length / inputs.size();
    boolean[] wanted = new boolean[arrays.length];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = actives.get(i) != null && passes(i);
    }
    double[][] gradients = new double[wanted.length][];
    for (int run = 0; run < inputs.size(); run++) {
      double[][] seed = new double[step.outputs().length][];
      seed[output] = Arrays.copyOfRange(seeds, run * each, (run + 1) * each);
      double[][] own = step.gradients(inputs.get(run), outputs.get(run), seed, wanted);
      for (int i = 0; i < own.length; i++) {
        if (own[i] != null) {
          gradients[i] =
              gradients[i] == null ? new double[inputs.size() * own[i].length] : gradients[i];
          System.arraycopy(own[i], 0, gradients[i], run * own[i].length, own[i].length);
        }
      }
    }
    int argument = 0;
    for (int i = 0; i < wanted.length; i++) {
      if (gradients[i] != null) {
        Tensor g = backend.upload(x[argument].shape(), gradients[i]);
        slots[argument].add(g);
        backend.release(g);
      }
      argument += actives.get(i) == null ? 0 : 1;
    }
  }

  private boolean passes(int input) {
    return actives.get(input).type().isFloating() && step.operator().passes(input);
  }

  @Override
  public void release(Backend backend) {
    inputs.clear();
    outputs.clear();
  }
}
