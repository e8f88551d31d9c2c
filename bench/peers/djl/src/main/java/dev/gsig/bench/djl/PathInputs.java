package dev.gsig.bench.djl;

import ai.djl.util.JsonUtils;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The two ends of each patient's path, as {@code bench/peers/trace.py} writes them beside the
 * module.
 *
 * @param length tokens of a sequence, L
 * @param hidden width of a token, d
 * @param features tabular inputs, T
 */
record PathInputs(int length, int hidden, int features, List<Patient> patients) {
  /**
   * One patient's path. Rows of a sequence lie one after the other.
   *
   * @param start baseline of the sequence [L d]
   * @param end the sequence [L d]
   * @param addend what is added to every point of the path before the encoder [L d]
   * @param tabularStart baseline of the tabular inputs, normalised [T]
   * @param tabularEnd tabular inputs, normalised [T]
   * @param codePositions positions of the tokens that are codes, ascending
   */
  record Patient(
      float[] start,
      float[] end,
      float[] addend,
      float[] tabularStart,
      float[] tabularEnd,
      int[] codePositions) {}

  private record Header(
      int patients, int length, int hidden, int features, int[][] code_positions) {}

  /** Reads {@code <name>.json} and {@code <name>.bin}. */
  static PathInputs read(Path folder, String name) throws IOException {
    Header header =
        JsonUtils.GSON.fromJson(Files.readString(folder.resolve(name + ".json")), Header.class);
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name + ".bin")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    int sequence = header.length * header.hidden;
    List<Patient> patients = new ArrayList<>();
    for (int[] codePositions : header.code_positions) {
      patients.add(
          new Patient(
              next(values, sequence),
              next(values, sequence),
              next(values, sequence),
              next(values, header.features),
              next(values, header.features),
              codePositions));
    }
    if (patients.size() != header.patients || values.hasRemaining()) {
      throw new IOException(name + ".json and " + name + ".bin do not belong together");
    }
    return new PathInputs(header.length, header.hidden, header.features, patients);
  }

  private static float[] next(FloatBuffer values, int count) {
    float[] out = new float[count];
    values.get(out);
    return out;
  }
}
