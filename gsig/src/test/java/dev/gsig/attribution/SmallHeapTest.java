package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.evaluation.EvaluatedMethods;
import dev.gsig.attribution.evaluation.Evaluation;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.Evaluator;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.tensor.DeviceMemoryException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Patients of up to 505 tokens in JVMs of their own, with heaps of other sizes. It takes a minute,
 * and what memory does is no matter of the kernels.
 */
@Tag("cohort")
class SmallHeapTest {
  private static final String SHORTAGE =
      "patient \"long\": the JVM is out of memory: .*it may use [0-9]+ MiB";

  @TempDir private static Path folder;

  /** Its attention takes 8 MB a layer and sequence. */
  @BeforeAll
  static void write() {
    new RandomModel(1)
        .config("hidden_size", 32)
        .config("num_hidden_layers", 4)
        .config("num_attention_heads", 8)
        .config("attention_head_size", 4)
        .config("intermediate_size", 64)
        .config("max_position_embeddings", 512)
        .config("embedding_inputs", Map.of("position", "learned"))
        .config("attribution_point", "code")
        .pooling("cls")
        .write(folder);
  }

  private static Trajectory patient(int size) {
    Random random = new Random(1);
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      codes.add("c" + random.nextInt(12));
    }
    Map<String, Double> tabular = Map.of("age", 60.0, "sex", 1.0);
    return new Trajectory("long", List.of(new Visit(null, codes, null, null)), tabular, null);
  }

  private static Evaluator evaluator(Model model) {
    EvaluationOptions options =
        new EvaluationOptions(
            List.of(EvaluatedMethods.IG, EvaluatedMethods.BOUNDED_MEASURE),
            List.of(SequenceBaselines.ZERO),
            4,
            TabularBaselines.ZERO,
            Target.LOGIT,
            null,
            RemovalRules.PAD,
            SequenceBaselines.ZERO,
            List.of(20.0, 50.0),
            1);
    return Evaluator.of(model, null, null, options);
  }

  private static String figures(Evaluation evaluation) {
    return evaluation.measures().stream()
        .map(m -> m.byL2() + " " + m.bySigned() + " " + m.l21() + " " + m.relativeGap() + "\n")
        .reduce("", String::concat);
  }

  private static String figures(Path folder, int codes) {
    try (Model model = Model.load(folder)) {
      return figures(evaluator(model).evaluate(patient(codes)));
    }
  }

  /** Prints what it finds, or that memory is short. */
  public static void main(String[] args) {
    try {
      System.out.print(figures(Path.of(args[0]), Integer.parseInt(args[1])));
    } catch (DeviceMemoryException e) {
      System.out.print(e.getMessage());
    }
  }

  private static String inAHeapOf(int megabytes, int codes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-modules"))
        .forEach(command::add);
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx" + megabytes + "m", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(SmallHeapTest.class.getName());
    command.addAll(List.of(folder.toString(), Integer.toString(codes)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return out;
  }

  /** Batches of 16 sequences take 200 MiB; a third of that changes no bit. */
  @Test
  void fewerAtATimeGiveTheSameFigures() throws Exception {
    assertThat(inAHeapOf(64, 500)).isEqualTo(figures(folder, 500));
  }

  /** Wherever memory runs out, in batches or between them: in the smallest heaps it does. */
  @Test
  void anyHeapGivesTheSameFiguresOrOneLine() throws Exception {
    String figures = figures(folder, 250);
    List<Integer> enough = new ArrayList<>();
    List<Integer> tooSmall = new ArrayList<>();
    for (int megabytes = 10; megabytes <= 26; megabytes += 8) {
      String out = inAHeapOf(megabytes, 250);
      if (out.matches(SHORTAGE)) {
        tooSmall.add(megabytes);
      } else {
        assertThat(out).as("in %d MB", megabytes).isEqualTo(figures);
        enough.add(megabytes);
      }
    }
    assertThat(enough).contains(26);
    assertThat(tooSmall).contains(10);
  }

  @Test
  void aPatientWhoDoesNotFitAtAllIsNamedInOneLine() throws Exception {
    assertThat(inAHeapOf(16, 500)).matches(SHORTAGE).contains("it may use 1");
  }
}
