package dev.gsig.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.onnx.internal.graph.Trace;
import dev.gsig.onnx.tensor.ElementType;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.onnx.tensor.Shapes;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attributes that became inputs: both spellings give the same. And what no case of ONNX's holds.
 */
class VersionsTest {
  private static NdArray numbers(int... shape) {
    double[] values = new Random(5).doubles(Shapes.size(shape), -2, 2).toArray();
    return NdArray.of(ElementType.FLOAT, values, shape);
  }

  private static NdArray row(double... values) {
    return NdArray.of(ElementType.FLOAT, values, values.length);
  }

  private static long[] axes(long... axes) {
    return axes;
  }

  /**
   * A node as an old version spells it and as a new one does.
   *
   * @param before the old one
   * @param now the new one
   */
  private record Spellings(OneNode before, OneNode now) {
    @Override
    public String toString() {
      return before.operator();
    }
  }

  static List<Spellings> spellings() {
    NdArray x = numbers(2, 1, 4);
    NdArray half = NdArray.scalar(ElementType.FLOAT, 0.5);
    return List.of(
        new Spellings(
            OneNode.of("Squeeze", 9).with("axes", axes(1)).in(x),
            OneNode.of("Squeeze").in(x).constant(NdArray.indices(1))),
        new Spellings(
            OneNode.of("Unsqueeze", 11).with("axes", axes(0, 2)).in(x),
            OneNode.of("Unsqueeze").in(x).constant(NdArray.indices(0, 2))),
        new Spellings(
            OneNode.of("ReduceSum", 11).with("axes", axes(0, 2)).with("keepdims", 0L).in(x),
            OneNode.of("ReduceSum").with("keepdims", 0L).in(x).constant(NdArray.indices(0, 2))),
        new Spellings(
            OneNode.of("ReduceMax", 17).with("axes", axes(-1)).in(x),
            OneNode.of("ReduceMax").in(x).constant(NdArray.indices(2))),
        new Spellings(
            OneNode.of("Split", 11).with("axis", 2L).with("split", axes(1, 3)).outputs(2).in(x),
            OneNode.of("Split").with("axis", 2L).outputs(2).in(x).constant(NdArray.indices(1, 3))),
        new Spellings(
            OneNode.of("Slice", 9)
                .with("starts", axes(-3))
                .with("ends", axes(9))
                .with("axes", axes(2))
                .in(x),
            OneNode.of("Slice")
                .in(x)
                .constant(NdArray.indices(1))
                .constant(NdArray.indices(4))
                .constant(NdArray.indices(-1))),
        new Spellings(
            OneNode.of("Pad", 10).with("pads", axes(0, 1, 0, 2, 0, 1)).with("value", 0.5).in(x),
            OneNode.of("Pad").in(x).constant(NdArray.indices(0, 1, 0, 2, 0, 1)).constant(half)),
        new Spellings(
            OneNode.of("TopK", 9).with("k", 2L).outputs(2).in(x),
            OneNode.of("TopK").outputs(2).in(x).constant(NdArray.indices(2))),
        new Spellings(
            OneNode.of("Clip", 9).with("max", 0.5).in(x),
            OneNode.of("Clip").in(x).constant(null).constant(half)),
        new Spellings(
            OneNode.of("Dropout", 10).with("ratio", 0.5).in(x),
            OneNode.of("Dropout").in(x).constant(half)),
        // the axes from the second on were taken together, which here is the last
        new Spellings(
            OneNode.of("Softmax", 12).in(x), OneNode.of("Softmax").with("axis", 2L).in(x)),
        new Spellings(
            OneNode.of("LogSoftmax", 9).with("axis", 2L).in(x), OneNode.of("LogSoftmax").in(x)));
  }

  @ParameterizedTest
  @MethodSource("spellings")
  void bothSpellingsGiveTheSame(Spellings spellings) {
    Trace before = spellings.before.plan().run(spellings.before.given());
    Trace now = spellings.now.plan().run(spellings.now.given());
    for (String output : spellings.now.outputNames()) {
      assertThat(before.value(output).toString()).isEqualTo(now.value(output).toString());
      assertThat(before.value(output).numbers()).isEqualTo(now.value(output).numbers());
    }
  }

  private static double[] result(OneNode node, int output) {
    return node.plan().run(node.given()).value("y" + output).numbers();
  }

  @Test
  void topKIsInOrderAndTheFirstOfEqualsWins() {
    OneNode largest =
        OneNode.of("TopK").outputs(2).in(row(1, 3, 2, 3)).constant(NdArray.indices(3));
    assertThat(result(largest, 0)).containsExactly(3, 3, 2);
    assertThat(result(largest, 1)).containsExactly(1, 3, 2);
    OneNode smallest =
        OneNode.of("TopK")
            .with("largest", 0L)
            .outputs(2)
            .in(row(1, 3, 2, 1))
            .constant(NdArray.indices(2));
    assertThat(result(smallest, 1)).containsExactly(0, 3);
  }

  @Test
  void padsOfTheInputsOwnElements() {
    assertThat(result(padded("reflect"), 0)).containsExactly(3, 2, 1, 2, 3, 2);
    assertThat(result(padded("edge"), 0)).containsExactly(1, 1, 1, 2, 3, 3);
    assertThat(result(padded("wrap"), 0)).containsExactly(2, 3, 1, 2, 3, 1);
  }

  private static OneNode padded(String mode) {
    return OneNode.of("Pad").with("mode", mode).in(row(1, 2, 3)).constant(NdArray.indices(2, 1));
  }

  @Test
  void nonZeroGivesAColumnForEach() {
    NdArray x = NdArray.of(ElementType.INT64, new long[] {0, 5, 0, 0, 0, -1}, 2, 3);
    assertThat(result(OneNode.of("NonZero").in(x), 0)).containsExactly(0, 1, 1, 2);
  }
}
