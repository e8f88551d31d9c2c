package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.evaluation.EvaluatedMethods;
import dev.gsig.attribution.evaluation.EvaluationOptions;
import dev.gsig.attribution.evaluation.Evaluator;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.attribution.path.ThetaCandidates;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.internal.ArenaLimit;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend's arena holds depends on the patient, not on the number of steps or patients. */
class MemoryTest {
  /** Bytes of the one backend that a single thread uses. */
  private static long arena(Model model) {
    return model.withBackend(Backend::arenaBytes);
  }

  private static long afterSteps(Fixture fixture, String backend, int batch, int steps) {
    Model model = fixture.model(backend);
    Options plain = Options.plain(Quadrature.MIDPOINT, steps);
    Explainer.of(model, null, plain.build(), new Explainer.Batching(batch, true))
        .explainRaw(fixture.cohort().get(0));
    return arena(model);
  }

  /** A last batch that is smaller may need blocks of its own, so the batches are all full. */
  @ParameterizedTest
  @CsvSource({"simd,bert-pooler", "simd,bigru-final-real", "ejml,pre-norm-no-residual"})
  void doesNotGrowWithTheNumberOfSteps(String backend, String name) {
    Fixture fixture = Fixture.named(name);
    for (int batch : new int[] {1, 10}) {
      long fifty = afterSteps(fixture, backend, batch, 50);
      assertThat(fifty).isPositive();
      assertThat(afterSteps(fixture, backend, batch, 1000)).isEqualTo(fifty);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"visit-age-type", "bigru-final-real", "pre-norm-no-residual"})
  void isSteadyOverRepeatedPatients(String name) {
    Fixture fixture = Fixture.named(name);
    Model model = fixture.model("simd");
    List<Options> kinds =
        List.of(
            Options.zero(),
            Options.zero().search(ThetaCandidates.Search.EXACT).steps(10),
            Options.plain(Quadrature.GAUSS_LEGENDRE, 16));
    long steady = 0;
    for (int round = 0; round < 4; round++) {
      for (Options options : kinds) {
        for (Trajectory patient : fixture.cohort()) {
          Explainer.of(model, null, options.build()).explainRaw(patient);
          model.predict(patient);
        }
      }
      steady = round == 0 ? arena(model) : steady;
      assertThat(arena(model)).as("round %d", round).isEqualTo(steady);
    }
  }

  @Test
  void isSteadyOverRepeatedGroups() {
    Fixture fixture = Fixture.named("visit-age-type");
    Model model = fixture.model("simd");
    Explainer explainer =
        Explainer.of(
            model, null, Options.zero().steps(4).build(), new Explainer.Batching(0, 3, true));
    assertSteady(model, () -> explainer.explainAll(fixture.cohort(), 1, result -> {}));
  }

  /** Codes are removed by rows of a baseline, which come from the model, too. */
  @Test
  void isSteadyOverRepeatedEvaluations() {
    Fixture fixture = Fixture.named("visit-age-type");
    Model model = fixture.model("simd");
    EvaluationOptions options =
        new EvaluationOptions(
            List.of(EvaluatedMethods.IG, EvaluatedMethods.OCCLUSION),
            List.of(SequenceBaselines.ZERO),
            4,
            TabularBaselines.ZERO,
            Target.LOGIT,
            null,
            RemovalRules.BASELINE,
            SequenceBaselines.PAD,
            List.of(20.0),
            1);
    Evaluator evaluator = Evaluator.of(model, null, null, options);
    assertSteady(model, () -> fixture.cohort().forEach(evaluator::evaluate));
    assertSteady(model, () -> Baseline.estimate(model, fixture.cohort()));
  }

  private static void assertSteady(Model model, Runnable work) {
    work.run();
    long steady = arena(model);
    work.run();
    assertThat(arena(model)).isPositive().isEqualTo(steady);
  }

  /** What a prediction and the removal of codes take, with a model of so many layers. */
  private static List<Long> withoutGradients(Path folder, String pooling, int layers) {
    RandomModel random =
        new RandomModel(5)
            .config("hidden_size", 32)
            .config("num_attention_heads", 4)
            .config("attention_head_size", 8)
            .config("intermediate_size", 64)
            .config("num_hidden_layers", layers)
            .config("max_position_embeddings", 400)
            .config("embedding_inputs", Map.of())
            .pooling(pooling);
    List<String> codes = Collections.nCopies(390, "c1");
    Trajectory patient =
        new Trajectory(
            "p", List.of(new Visit(null, codes, 50.0, 0)), Map.of("age", 50.0, "sex", 1.0), null);
    Model model = Model.load(random.write(folder.resolve(pooling + layers)), "simd");
    model.predict(patient);
    long predicting = arena(model);
    TokenSequence sequence = model.tokenize(patient);
    SpecialTokens special = model.tokenizer().specialTokens();
    model.logits(
        patient,
        IntStream.range(1, 40)
            .mapToObj(j -> RemovalRules.PAD.without(sequence, only(j), special))
            .toList());
    return List.of(predicting, arena(model));
  }

  private static BitSet only(int position) {
    BitSet set = new BitSet();
    set.set(position);
    return set;
  }

  /** Without a gradient a layer keeps nothing: all layers take what one takes. */
  @ParameterizedTest
  @ValueSource(strings = {"cls", "mean", "bigru"})
  void withoutGradientsDoesNotGrowWithTheLayers(String pooling, @TempDir Path folder) {
    List<Long> few = withoutGradients(folder, pooling, 3);
    assertThat(few).allMatch(bytes -> bytes > 1 << 20);
    assertThat(withoutGradients(folder, pooling, 12)).isEqualTo(few);
  }

  private static long afterTokens(Path folder, int tokens) {
    RandomModel random =
        new RandomModel(5)
            .config("hidden_size", 8)
            .config("num_attention_heads", 2)
            .config("attention_head_size", 4)
            .config("intermediate_size", 32)
            .config("num_hidden_layers", 2)
            .config("max_position_embeddings", tokens)
            .config("embedding_inputs", Map.of())
            .config("attribution_point", "code")
            .pooling("mean");
    Model model = Model.load(random.write(folder.resolve("of-" + tokens)), "simd");
    Options plain = Options.plain(Quadrature.MIDPOINT, 2);
    Visit visit = new Visit(null, Collections.nCopies(tokens - 2, "c1"), 50.0, 0);
    Explainer.of(model, null, plain.build(), new Explainer.Batching(1, true))
        .explainRaw(new Trajectory("p", List.of(visit), Map.of("age", 50.0, "sex", 1.0), null));
    return arena(model);
  }

  /** No layer keeps how much each of many tokens attends to each. */
  @Test
  void growsWithTheTokensOfALongRecordNotWithTheirSquare(@TempDir Path folder) {
    long some = afterTokens(folder, 800);
    assertThat(some).isGreaterThan(1 << 20);
    assertThat(afterTokens(folder, 1600)).isLessThan(22 * some / 10);
  }

  /** An arena keeps what the longest patient needs, not what each length needs in turn. */
  @Test
  void mixedLengthsTakeLittleMoreThanTheLongestAlone() {
    Fixture fixture = Fixture.named("visit-age-type");
    int longest = fixture.model("simd").config().maxPositionEmbeddings() - 2;
    int[] mixed = IntStream.rangeClosed(1, longest).toArray();
    long alone = afterLengths(fixture, longest);
    assertThat(alone).isGreaterThan(2 * ArenaLimit.ALWAYS);
    assertThat(afterLengths(fixture, mixed)).isLessThanOrEqualTo(alone + 3 * alone / 10);
  }

  /** Passes of so many steps that a small model takes as much as a large one. */
  private static long afterLengths(Fixture fixture, int... lengths) {
    Model model = fixture.model("simd");
    Options plain = Options.plain(Quadrature.MIDPOINT, 3000);
    Explainer explainer =
        Explainer.of(model, null, plain.build(), new Explainer.Batching(3000, true));
    String code = model.vocabulary().codeOf(10).orElseThrow();
    for (int length : lengths) {
      Visit visit = new Visit(null, Collections.nCopies(length, code), 1.0, 0);
      explainer.explainRaw(new Trajectory("of " + length, List.of(visit), Map.of(), null));
    }
    return arena(model);
  }
}
