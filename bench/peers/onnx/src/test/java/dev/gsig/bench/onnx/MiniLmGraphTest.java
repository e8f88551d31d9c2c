package dev.gsig.bench.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.gsig.onnx.OnnxModel;
import dev.gsig.onnx.OnnxRun;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * all-MiniLM-L6-v2, a pretrained BERT of 6 layers, run as the ONNX graph that it is: its hidden
 * states for two sequences, one of them padded, against ONNX Runtime.
 */
class MiniLmGraphTest {
  private static final int LENGTH = 40;
  private static final int PADDED = 11;

  private static byte[] model() throws IOException {
    try (InputStream in = MiniLmGraphTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
      return in.readAllBytes();
    }
  }

  private static Map<String, long[][]> inputs() {
    Random random = new Random(11);
    long[][] ids = new long[2][];
    long[][] mask = new long[2][LENGTH];
    for (int row = 0; row < 2; row++) {
      ids[row] = random.longs(LENGTH, 1000, 30522).toArray();
      for (int i = 0; i < LENGTH; i++) {
        mask[row][i] = row == 1 && i >= LENGTH - PADDED ? 0 : 1;
        ids[row][i] *= mask[row][i];
      }
    }
    return Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", new long[2][LENGTH]);
  }

  private static float[][][] expected(byte[] model) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> given = new HashMap<>();
    try (OrtSession session = environment.createSession(model)) {
      for (Map.Entry<String, long[][]> input : inputs().entrySet()) {
        given.put(input.getKey(), OnnxTensor.createTensor(environment, input.getValue()));
      }
      try (OrtSession.Result result = session.run(given)) {
        return (float[][][]) result.get(0).getValue();
      }
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  @Test
  void hiddenStatesAreThoseOfOnnxRuntime() throws IOException, OrtException {
    byte[] bytes = model();
    OnnxModel model = OnnxModel.read(bytes, false);
    Map<String, NdArray> given = new HashMap<>();
    inputs()
        .forEach(
            (name, rows) -> {
              long[] flat = new long[2 * LENGTH];
              System.arraycopy(rows[0], 0, flat, 0, LENGTH);
              System.arraycopy(rows[1], 0, flat, LENGTH, LENGTH);
              given.put(name, NdArray.of(ElementType.INT64, flat, 2, LENGTH));
            });
    OnnxRun run = model.run(given);
    double[] found = run.value(model.outputs().get(0).name()).doubles();
    float[][][] expected = expected(bytes);
    int width = expected[0][0].length;
    assertThat(found.length).isEqualTo(2 * LENGTH * width);
    double most = 0;
    for (int i = 0; i < found.length; i++) {
      int row = i / width;
      double difference = found[i] - expected[row / LENGTH][row % LENGTH][i % width];
      most = Math.max(most, Math.abs(difference));
    }
    assertThat(most).isLessThan(1e-5);
  }
}
