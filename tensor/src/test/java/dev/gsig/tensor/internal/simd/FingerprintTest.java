package dev.gsig.tensor.internal.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.internal.ChildJvm;
import dev.gsig.tensor.internal.PrimitiveRuns;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bits of every primitive are these on every JDK and processor. Whoever changes the order or
 * the polynomials of a kernel on purpose replaces its line here; nothing else may change one.
 */
class FingerprintTest {
  private static final String EXPECTED =
      """
      fa0bb4a5 linear
      7e39b298 linear of many inputs
      88faa6e4 linear and activation
      592f48a2 linear of one row
      74562924 activation RELU
      ee0419bc activation GELU
      c0c990f8 activation GELU_NEW
      56d3e302 activation TANH
      46726f3e activation SIGMOID
      e377873f activation SILU
      5caf6f66 multiply
      4b3faff3 add
      a57ef129 copyColumns
      2072a70b matmul
      1369aca5 matmul, summed over items
      8f91749d transpose
      2c6385b9 softmax
      fd80c20f logSoftmax
      d5f58350 layerNorm
      8b15f883 layerNorm with residual
      10a1c94c layerNorm, not centred
      45c4c8f0 rotate
      bc2281b2 rotate, interleaved
      e6d82b06 attention
      5ada8066 attention filled
      b68ea493 attention of one
      c709ab69 attention of groups, falling
      cab870b0 attention of windows
      d38bf55d attention on many keys
      d71678fc attention on many keys, filled
      b9558255 gather
      579bf4ce gather of one row of each item
      2ab2957a meanRows
      5e298c22 gruCell
      86ca0e3f lerp
      2154c237 addWeighted
      748d86ae linearWeightGradient
      a0da3fb5 linearWeightGradient of one row
      39231dbb sumRows
      281e6498 scatterAdd
      d28e25d5 gather of any rows
      def99d7e softmaxCrossEntropy
      """;

  private static String fingerprint(double[] values) {
    CRC32 crc = new CRC32();
    for (double v : values) {
      int bits = Float.floatToIntBits((float) v);
      for (int shift = 0; shift < 32; shift += 8) {
        crc.update(bits >>> shift);
      }
    }
    return String.format("%08x", crc.getValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"simd", "simd-vector", "simd-scalar"})
  void everyPrimitiveHasItsBits(String name) {
    try (Backend backend = Backends.open(name)) {
      assertThat(fingerprints(backend)).isEqualTo(EXPECTED);
    }
  }

  private static String fingerprints(Backend backend) {
    return PrimitiveRuns.ALL.entrySet().stream()
        .map(e -> fingerprint(e.getValue().apply(backend)) + " " + e.getKey() + "\n")
        .collect(Collectors.joining());
  }

  /** In a JVM of its own, for what it may use is settled when it starts. */
  @ParameterizedTest
  @ValueSource(strings = {"-XX:-UseFMA", "-XX:UseAVX=0"})
  void everyPrimitiveHasItsBitsWithoutTheInstruction(String option) throws Exception {
    boolean x86 = Set.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
    assumeThat(x86 || !option.contains("AVX")).isTrue();
    String out = ChildJvm.run(FingerprintTest.class, "-XX:+IgnoreUnrecognizedVMOptions", option);
    assertThat(out).endsWith(EXPECTED);
    assertThat(out.lines().findFirst()).hasValueSatisfying(FingerprintTest::saysWhatItUses);
  }

  private static void saysWhatItUses(String description) {
    assertThat(description).contains("scalar kernels", "fused multiply-add emulated in float64");
  }

  /** What a backend says of itself, and the bits of every primitive. */
  public static void main(String[] args) {
    try (Backend backend = Backends.open("simd")) {
      System.out.println(backend.description());
      System.out.print(fingerprints(backend));
    }
  }
}
