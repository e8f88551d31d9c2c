package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.onnx.internal.format.OnnxFile;
import dev.gsig.onnx.tensor.NdArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds: it is read, or refused with one line. */
class HostileFilesTest {
  @TempDir Path folder;

  private static final List<OperatorCases.Case> SEEDS =
      OperatorCases.all().stream()
          .filter(
              c ->
                  Set.of(
                          "attention_3d_with_past_and_present_qk_matmul_softcap_expanded",
                          "attention_4d_gqa_with_past_and_present_expanded",
                          "layer_normalization_3d_axis1_epsilon_expanded_ver18",
                          "range_float_type_positive_delta_expanded",
                          "lstm_with_peepholes",
                          "constant_pad",
                          "slice",
                          "scatternd_add",
                          "einsum_batch_matmul",
                          "conv_with_strides_padding")
                      .contains(c.name()))
          .toList();

  /** Reads and runs; whether it came through. An error other than a refusal is thrown. */
  private static boolean comesThrough(byte[] model, List<byte[]> inputs) {
    try {
      OnnxModel read = OnnxModel.read(model, false);
      Map<String, NdArray> given = new HashMap<>();
      for (int i = 0; i < Math.min(inputs.size(), read.inputs().size()); i++) {
        given.put(read.inputs().get(i).name(), OnnxFile.tensor(inputs.get(i)));
      }
      OnnxRun run = read.run(given);
      for (OnnxValue output : read.outputs()) {
        NdArray value = run.value(output.name());
        if (value.type().isFloating()) {
          double[] weights = new double[value.size()];
          Arrays.fill(weights, 1);
          for (String path : given.keySet()) {
            attempt(run, output.name(), weights, path);
          }
        }
      }
      return true;
    } catch (InvalidInputException e) {
      requireOneLine(e);
      return false;
    }
  }

  private static void attempt(OnnxRun run, String output, double[] weights, String path) {
    try {
      run.gradient(output, weights, List.of(path));
    } catch (InvalidInputException e) {
      requireOneLine(e);
    }
  }

  private static void requireOneLine(InvalidInputException e) {
    assertThat(e.getMessage().length()).isBetween(10, 2000);
    assertThat(e.getMessage().lines().count()).isEqualTo(1);
  }

  @Test
  void theSeedsComeThrough() {
    assertThat(SEEDS).hasSizeGreaterThanOrEqualTo(8);
    assertThat(SEEDS).allMatch(seed -> comesThrough(seed.model(), seed.inputs()));
  }

  @Test
  void filesThatEndEarly() {
    int through = 0;
    for (OperatorCases.Case seed : SEEDS) {
      for (int percent = 0; percent < 100; percent++) {
        byte[] cut = Arrays.copyOf(seed.model(), seed.model().length * percent / 100);
        through += comesThrough(cut, seed.inputs()) ? 1 : 0;
      }
    }
    assertThat(through).isZero();
  }

  @Test
  void filesThatChanged() {
    changes(2_000, 7);
  }

  @Tag("slow")
  @Test
  void manyFilesThatChanged() {
    changes(100_000, 8);
  }

  private static void changes(int count, long firstSeed) {
    Random random = new Random(firstSeed);
    int refused = 0;
    for (int i = 0; i < count; i++) {
      OperatorCases.Case seed = SEEDS.get(random.nextInt(SEEDS.size()));
      byte[] changed = mutated(seed.model(), random);
      List<byte[]> inputs = new ArrayList<>(seed.inputs());
      if (random.nextInt(4) == 0) {
        int which = random.nextInt(inputs.size());
        inputs.set(which, mutated(inputs.get(which), random));
      }
      refused += comesThrough(changed, inputs) ? 0 : 1;
    }
    assertThat(refused).isBetween(count / 5, count - count / 200);
  }

  /** Some bytes other, doubled, missing, or copied from elsewhere. */
  private static byte[] mutated(byte[] bytes, Random random) {
    byte[] changed = bytes.clone();
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times && changed.length > 2; i++) {
      int at = random.nextInt(changed.length);
      switch (random.nextInt(5)) {
        case 0 -> changed[at] = (byte) random.nextInt();
        case 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> changed[at] += (byte) (random.nextBoolean() ? 1 : -1);
        case 3 -> changed[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
        default -> {
          int from = random.nextInt(changed.length);
          int length = Math.min(random.nextInt(16), changed.length - Math.max(from, at));
          System.arraycopy(bytes, Math.min(from, bytes.length - length), changed, at, length);
        }
      }
    }
    return changed;
  }

  /** A message of protocol buffers, field by field. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message bytes(int field, byte[] value) {
      varint((long) field << 3 | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.out.toByteArray());
    }

    private void varint(long value) {
      long left = value;
      while ((left & ~0x7fL) != 0) {
        out.write((int) ((left & 0x7f) | 0x80));
        left >>>= 7;
      }
      out.write((int) left);
    }
  }

  /** A model that gives a tensor as it is. */
  private static byte[] model(Message tensor) {
    Message node = new Message().text(1, "t").text(2, "y").text(4, "Identity");
    Message graph =
        new Message().message(1, node).message(5, tensor).message(12, new Message().text(1, "y"));
    Message opset = new Message().number(2, 17);
    return new Message().number(1, 8).message(7, graph).message(8, opset).out.toByteArray();
  }

  private static Message tensor(long... dims) {
    Message tensor = new Message().number(2, 1).text(8, "t");
    for (long dim : dims) {
      tensor.number(1, dim);
    }
    return tensor;
  }

  private Message external(String location, String offset, long... dims) {
    return tensor(dims)
        .message(13, new Message().text(1, "location").text(2, location))
        .message(13, new Message().text(1, "offset").text(2, offset))
        .number(14, 1);
  }

  @Test
  void tensorsLargerThanTheFile() {
    for (long[] dims :
        List.of(
            new long[] {1L << 40},
            new long[] {1 << 20, 1 << 20},
            new long[] {1L << 32, 1L << 32},
            new long[] {Long.MAX_VALUE, 4},
            new long[] {-1},
            new long[] {3})) {
      assertThatThrownBy(() -> OnnxModel.read(model(tensor(dims).bytes(9, new byte[8])), false))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("tensor \"t\"");
      assertThatThrownBy(() -> OnnxModel.read(model(tensor(dims)), false))
          .isInstanceOf(InvalidInputException.class);
    }
    assertThat(OnnxModel.read(model(tensor(2).bytes(9, new byte[8])), false).nodes()).isZero();
  }

  @Test
  void valuesInAnotherFileOfTheFolder() throws IOException {
    byte[] values = new byte[12];
    ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).putFloat(4, 1.5f).putFloat(8, -2);
    Files.createDirectory(folder.resolve("sub"));
    Files.write(folder.resolve("sub/weights.bin"), values);
    Path file = Files.write(folder.resolve("m.onnx"), model(external("sub/weights.bin", "4", 2)));
    NdArray y = OnnxModel.read(file, false).run(Map.of()).value("y");
    assertThat(y.doubles()).containsExactly(1.5, -2);
  }

  @Test
  void valuesInAFileThatIsNotTheModels() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("model"));
    Files.write(folder.resolve("secret.bin"), new byte[64]);
    Files.write(inner.resolve("short.bin"), new byte[64]);
    Files.createSymbolicLink(inner.resolve("link.bin"), folder.resolve("secret.bin"));
    for (String location :
        List.of(
            "../secret.bin",
            folder.resolve("secret.bin").toString(),
            "link.bin",
            "sub/../../secret.bin",
            "missing.bin",
            "",
            "a\0b",
            "..")) {
      Path file = Files.write(inner.resolve("m.onnx"), model(external(location, "0", 2)));
      assertThatThrownBy(() -> OnnxModel.read(file, false))
          .as(location)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(file.toString());
    }
    for (String offset : List.of("60", "-1", "9223372036854775807", "x")) {
      Path file = Files.write(inner.resolve("m.onnx"), model(external("short.bin", offset, 2)));
      assertThatThrownBy(() -> OnnxModel.read(file, false))
          .isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void graphsNestedWithoutEnd() {
    Message graph = new Message();
    for (int depth = 0; depth < 5000; depth++) {
      Message attribute = new Message().text(1, "body").message(6, graph).number(20, 5);
      graph = new Message().message(1, new Message().text(4, "Loop").message(5, attribute));
    }
    byte[] model = new Message().message(7, graph).out.toByteArray();
    assertThatThrownBy(() -> OnnxModel.read(model, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("nested");
  }

  @Test
  void aVersionThatIsNotKnown() {
    Message opset = new Message().number(2, 99);
    byte[] model = new Message().message(7, new Message()).message(8, opset).out.toByteArray();
    assertThatThrownBy(() -> OnnxModel.read(model, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("99");
  }
}
