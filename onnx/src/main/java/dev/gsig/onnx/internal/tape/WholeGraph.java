package dev.gsig.onnx.internal.tape;

import dev.gsig.autodiff.GradientSlot;
import dev.gsig.autodiff.Operation;
import dev.gsig.onnx.internal.graph.Plan;
import dev.gsig.onnx.internal.graph.Trace;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph as it stands, one operation on a tape: each item is a run of {@link Plan}, in 53 bits and
 * on the processor, whatever the backend is; rule: {@link Trace#gradient}. The reference for what
 * is fused.
 */
public final class WholeGraph implements Operation {
  private final Plan plan;
  private final String output;
  private final List<String> paths;
  private final List<ElementType> types;
  private final List<int[]> shapes;
  private final Map<String, NdArray> others;
  private final int runs;
  private final List<Trace> traces = new ArrayList<>();

  /**
   * One application.
   *
   * @param plan the graph
   * @param output the value that is computed
   * @param paths the values that the arguments hold
   * @param types their elements
   * @param shapes their shapes in one run
   * @param others what the graph takes besides, in each run
   * @param runs how many
   */
  public WholeGraph(
      Plan plan,
      String output,
      List<String> paths,
      List<ElementType> types,
      List<int[]> shapes,
      Map<String, NdArray> others,
      int runs) {
    this.plan = plan;
    this.output = output;
    this.paths = paths;
    this.types = types;
    this.shapes = shapes;
    this.others = others;
    this.runs = runs;
  }

  @Override
  public boolean takes(int arguments) {
    return arguments == paths.size();
  }

  @Override
  public Tensor forward(Backend backend, Tensor[] x) {
    List<double[]> values = new ArrayList<>();
    for (Tensor t : x) {
      values.add(backend.download(t));
    }
    for (int run = 0; run < runs; run++) {
      Map<String, NdArray> given = new HashMap<>(others);
      for (int i = 0; i < x.length; i++) {
        given.put(paths.get(i), Layout.value(values.get(i), run, types.get(i), shapes.get(i)));
      }
      traces.add(plan.run(given, List.of(output)));
    }
    NdArray first = traces.get(0).value(output);
    double[] all = new double[runs * first.size()];
    for (int run = 0; run < runs; run++) {
      double[] one = traces.get(run).value(output).numbers();
      System.arraycopy(one, 0, all, run * one.length, one.length);
    }
    return backend.upload(Layout.tensor(runs, first.shape()), all);
  }

  @Override
  public void backward(Backend backend, Tensor[] x, Tensor gy, GradientSlot[] slots) {
    double[] seeds = backend.download(gy);
    int each = seeds.length / traces.size();
    double[][] gradients = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      gradients[i] = new double[x[i].shape().size()];
    }
    for (int run = 0; run < traces.size(); run++) {
      double[] seed = Arrays.copyOfRange(seeds, run * each, (run + 1) * each);
      List<double[]> of = traces.get(run).gradient(output, seed, paths);
      for (int i = 0; i < x.length; i++) {
        double[] one = of.get(i);
        System.arraycopy(one, 0, gradients[i], run * one.length, one.length);
      }
    }
    for (int i = 0; i < x.length; i++) {
      Tensor g = backend.upload(x[i].shape(), gradients[i]);
      slots[i].add(g);
      backend.release(g);
    }
  }

  @Override
  public void release(Backend backend) {
    traces.clear();
  }
}
