package dev.gsig.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * ONNX's own test cases of its operators ({@code operator-cases.tar.gz}): models of one node or the
 * function that an operator stands for, with inputs and the outputs they must give.
 */
final class OperatorCases {
  /**
   * A case.
   *
   * @param name its name
   * @param model the model's file
   * @param inputs values in the order of the model's inputs
   * @param outputs values in the order of the model's outputs
   */
  record Case(String name, byte[] model, List<byte[]> inputs, List<byte[]> outputs) {
    @Override
    public String toString() {
      return name;
    }
  }

  private OperatorCases() {}

  /** All cases, by name. */
  static List<Case> all() {
    Map<String, byte[]> files = files();
    List<Case> cases = new ArrayList<>();
    for (String path : files.keySet()) {
      if (path.endsWith("/model.onnx")) {
        String name = path.substring(0, path.indexOf('/'));
        cases.add(
            new Case(
                name,
                files.get(path),
                values(files, name + "/input_"),
                values(files, name + "/output_")));
      }
    }
    return cases;
  }

  private static List<byte[]> values(Map<String, byte[]> files, String prefix) {
    List<byte[]> values = new ArrayList<>();
    for (byte[] value = files.get(prefix + "0.pb");
        value != null;
        value = files.get(prefix + values.size() + ".pb")) {
      values.add(value);
    }
    return values;
  }

  /** The files of a tar archive (POSIX ustar); equal files are links there. */
  private static Map<String, byte[]> files() {
    Map<String, byte[]> files = new TreeMap<>();
    try (InputStream in =
        new GZIPInputStream(OperatorCases.class.getResourceAsStream("operator-cases.tar.gz"))) {
      for (byte[] header = in.readNBytes(512); header[0] != 0; header = in.readNBytes(512)) {
        String name = text(header, 0, 100);
        if (header[156] == '1') {
          files.put(name, files.get(text(header, 157, 100)));
        } else {
          int size = Integer.parseInt(text(header, 124, 12).strip(), 8);
          files.put(name, in.readNBytes(size));
          in.skipNBytes((512 - size % 512) % 512);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static String text(byte[] header, int start, int most) {
    int end = start;
    while (end < start + most && header[end] != 0) {
      end++;
    }
    return new String(header, start, end - start, StandardCharsets.US_ASCII);
  }
}
