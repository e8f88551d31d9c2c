package dev.gsig.bench.djl;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Plain integrated gradients (right Riemann sum) of a TorchScript module, several steps a batch.
 */
final class IntegratedGradients {
  private static final int[] OVER_STEPS = {0};

  private final Model model;
  private final ParameterStore parameters;
  private final PathInputs inputs;
  private final int steps;
  private final int batch;

  /** Loads {@code <name>.pt} from a folder. */
  IntegratedGradients(Path folder, String name, PathInputs inputs, int steps, int batch)
      throws IOException, MalformedModelException {
    model = Model.newInstance(name, "PyTorch");
    // Without trainParam the weights are loaded for inference only, and no gradient passes them.
    model.load(folder, name, Map.of("trainParam", "true"));
    // Nobody asks for the gradients of the weights: the peer shall not spend time on them.
    model.getBlock().freezeParameters(true);
    parameters = new ParameterStore(model.getNDManager(), false);
    this.inputs = inputs;
    this.steps = steps;
    this.batch = batch;
  }

  /** theta, l21, the signed score of every code, and the tabular attributions. */
  double[] explain(PathInputs.Patient patient) {
    try (NDManager manager = model.getNDManager().newSubManager()) {
      Shape sequence = new Shape(1, inputs.length(), inputs.hidden());
      Shape row = new Shape(1, inputs.features());
      NDArray start = manager.create(patient.start(), sequence);
      NDArray change = manager.create(patient.end(), sequence).sub(start);
      NDArray addend = manager.create(patient.addend(), sequence);
      NDArray tabularStart = manager.create(patient.tabularStart(), row);
      NDArray tabularChange = manager.create(patient.tabularEnd(), row).sub(tabularStart);
      NDArray sum = manager.zeros(sequence);
      NDArray tabularSum = manager.zeros(row);
      for (int done = 0; done < steps; done += batch) {
        try (NDManager chunk = manager.newSubManager()) {
          NDArray alphas = chunk.create(alphas(done));
          NDArray points = alphas.reshape(-1, 1, 1).mul(change).add(start);
          NDArray rows = alphas.reshape(-1, 1).mul(tabularChange).add(tabularStart);
          points.setRequiresGradient(true);
          rows.setRequiresGradient(true);
          try (GradientCollector collector =
              model.getNDManager().getEngine().newGradientCollector()) {
            NDList outputs =
                model.getBlock().forward(parameters, new NDList(points, addend, rows), true);
            collector.backward(outputs.singletonOrThrow());
          }
          sum.addi(points.getGradient().sum(OVER_STEPS, true));
          tabularSum.addi(rows.getGradient().sum(OVER_STEPS, true));
        }
      }
      return result(
          patient.codePositions(),
          change.mul(sum).div(steps).toFloatArray(),
          tabularChange.mul(tabularSum).div(steps).toFloatArray());
    }
  }

  /** The nodes k / K of the chunk that follows the first {@code done} steps. */
  private float[] alphas(int done) {
    float[] alphas = new float[Math.min(batch, steps - done)];
    for (int i = 0; i < alphas.length; i++) {
      alphas[i] = (float) (done + i + 1) / steps;
    }
    return alphas;
  }

  private double[] result(int[] codePositions, float[] attribution, float[] tabular) {
    double[] out = new double[2 + codePositions.length + tabular.length];
    int n = 2;
    double l21 = 0;
    for (int position : codePositions) {
      double squares = 0;
      double signed = 0;
      for (int i = position * inputs.hidden(); i < (position + 1) * inputs.hidden(); i++) {
        squares += (double) attribution[i] * attribution[i];
        signed += attribution[i];
      }
      l21 += Math.sqrt(squares);
      out[n++] = signed;
    }
    for (float t : tabular) {
      out[n++] = t;
    }
    out[0] = 1;
    out[1] = l21;
    return out;
  }
}
