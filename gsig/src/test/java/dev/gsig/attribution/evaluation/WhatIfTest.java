package dev.gsig.attribution.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Fixture;
import dev.gsig.attribution.HandMadeModel;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.Target;
import dev.gsig.attribution.ValueBaseline;
import dev.gsig.attribution.evaluation.WhatIf.Answer;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changed records against what can be worked out by hand, and against records made anew. */
class WhatIfTest {
  private static final int L = 8;

  @TempDir Path folder;

  private static List<Answer> ask(
      ExplainableModel model,
      Explainer explainer,
      RemovalRule rule,
      Trajectory patient,
      Change... changes) {
    Attribution attribution = explainer.explain(patient);
    return WhatIf.of(model, explainer, rule).answers(patient, attribution, List.of(changes));
  }

  /** The score is the weight times the sum of the rows: CLS 0.5, a 1, b -2, c 4. */
  @ParameterizedTest
  @ValueSource(strings = {"delete", "pad", "baseline"})
  void inABagOfCodesRemovalIsTheAttribution(String rule) {
    RemovalRule removal =
        Fixture.one(RemovalRules.named(), RemovalRule::label, rule); // PAD's row is 0
    try (OneFeature model = new OneFeature(false, new double[0], 0.75)) {
      Explainer explainer = GivenRows.from(model, new double[L]);
      Trajectory patient = OneFeature.patient("p", "a", "b", "a", "c");
      List<Answer> answers =
          ask(
              model,
              explainer,
              removal,
              patient,
              Change.without("a"),
              Change.without("b"),
              Change.without("a", "c"),
              Change.without("nothing"));

      assertThat(answers).extracting(Answer::occurrences).containsExactly(2, 1, 3, 0);
      double[] expected = {0.75 * 2, 0.75 * -2, 0.75 * 6};
      for (int i = 0; i < expected.length; i++) {
        Answer answer = answers.get(i);
        assertThat(answer.before().score()).isEqualTo(0.75 * 4.5);
        assertThat(answer.scoreChange()).isCloseTo(-expected[i], within(1e-12));
        assertThat(answer.logOddsChange()).isCloseTo(-expected[i], within(1e-12));
        assertThat(answer.attributed()).isCloseTo(expected[i], within(1e-12));
        assertThat(answer.difference()).isCloseTo(0, within(1e-12));
        assertThat(answer.after().probability())
            .isCloseTo(1 / (1 + Math.exp(expected[i] - 0.75 * 4.5)), within(1e-12));
      }
      assertThat(answers.get(3).after()).isNull();
      assertThat(answers.get(3).attributed()).isZero();
    }
  }

  /** {@code s^2}: the path shares out {@code s x_j}, a removal takes {@code 2 s x_j - x_j^2}. */
  @Test
  void whereCodesActTogetherTheTwoDiffer() {
    try (OneFeature model = new OneFeature(true, new double[0], 1)) {
      Explainer explainer = GivenRows.from(model, new double[L]);
      double s = 0.5 + 1 + 4;
      Answer c =
          ask(
                  model,
                  explainer,
                  RemovalRules.DELETE,
                  OneFeature.patient("p", "a", "c"),
                  Change.without("c"))
              .get(0);
      assertThat(c.scoreChange()).isCloseTo(-(2 * s * 4 - 16), within(1e-12));
      // GS-IG's sum of 50 steps misses a part of the integral
      assertThat(c.attributed()).isCloseTo(s * 4, within(1.0));
      assertThat(c.difference())
          .isCloseTo(2 * s * 4 - 16 - c.attributed(), within(1e-12))
          .isGreaterThan(4);
    }
  }

  @Test
  void ofSeveralClassesTheScoreIsALogitAndTheOddsAreAgainstAllOthers() {
    double[] w = {0.5, -0.25, 1};
    try (OneFeature model = new OneFeature(false, new double[0], w)) {
      Explainer explainer = GivenRows.from(model, new double[L]).forClass(0);
      Answer a =
          ask(
                  model,
                  explainer,
                  RemovalRules.DELETE,
                  OneFeature.patient("p", "a", "b"),
                  Change.without("b"))
              .get(0);
      double[] odds = new double[2];
      double[] sums = {0.5 + 1 - 2, 0.5 + 1};
      for (int i = 0; i < 2; i++) {
        double z = sums[i];
        odds[i] = w[0] * z - Math.log(Math.exp(w[1] * z) + Math.exp(w[2] * z));
      }
      assertThat(a.scoreChange()).isCloseTo(w[0] * 2, within(1e-12));
      assertThat(a.logOddsChange()).isCloseTo(odds[1] - odds[0], within(1e-12));
      assertThat(a.before().probability()).isCloseTo(sigmoid(odds[0]), within(1e-12));
      assertThat(a.after().probability()).isCloseTo(sigmoid(odds[1]), within(1e-12));
    }
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  private static Explainer integral(Model model, Target target) {
    return integral(model, target, ValueBaseline.MEAN);
  }

  private static Explainer integral(Model model, Target target, ValueBaseline values) {
    return Explainer.of(
        model,
        null,
        ExplainOptions.DEFAULT.toBuilder()
            .method(PathMethods.IG, PathMethods.GSIG)
            .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
            .valueBaseline(values)
            .target(target)
            .build());
  }

  /** {@code logit = W [mean of the rows, (age - 50) / 10, (bmi - 25) / 5] + b}. */
  @Test
  void aTabularValueIsReplacedOrMissing() {
    double[] w = {0.75, -0.5, 2, -3};
    try (Model model =
        HandMadeModel.binary(0, 0, 0).classifier(1, w, 0.25).withTabular().load(folder)) {
      List<Answer> answers =
          ask(
              model,
              integral(model, Target.LOGIT),
              RemovalRules.DELETE,
              HandMadeModel.abThenC(Map.of("age", 65.0)),
              Change.with("age", 40),
              Change.without("age"),
              Change.without("bmi"),
              Change.with("bmi", 30),
              Change.without("age", "c"));

      assertThat(answers).extracting(Answer::occurrences).containsExactly(1, 1, 0, 1, 2);
      assertThat(answers.get(0).scoreChange()).isCloseTo(2 * -2.5, within(1e-12));
      assertThat(answers.get(0).attributed()).isCloseTo(2 * 1.5, within(1e-12));
      assertThat(answers.get(0).difference()).isNull();
      assertThat(answers.get(1).scoreChange()).isCloseTo(2 * -1.5, within(1e-12));
      assertThat(answers.get(1).difference()).isCloseTo(0, within(1e-12));
      assertThat(answers.get(2).after()).isNull();
      assertThat(answers.get(3).scoreChange()).isCloseTo(-3, within(1e-12));
      Trajectory rest = HandMadeModel.patient("rest", Map.of(), Visit.of("a", "b"));
      assertThat(answers.get(4).after().score()).isEqualTo(model.predict(rest).logit());
    }
  }

  /** Two numbers beside a, one beside b; the vector of a number is the number times (2, 1). */
  @Test
  void aNumberBesideACodeIsReplacedWhereverItIs() {
    try (Model model =
        HandMadeModel.binary(0.75, -0.5, 0.25)
            .config("embedding_inputs", Map.of("value", "linear"))
            .config("value_scale", "raw")
            .config("value_missing", "nothing")
            .weight("embeddings.value_embeddings.weight", new double[] {2, 1}, 2, 1)
            .weight("embeddings.value_embeddings.bias", new double[] {0.5, 3}, 2)
            .load(folder)) {
      Trajectory patient =
          HandMadeModel.patient(
              "p",
              Map.of(),
              visit(List.of("a", "a"), 4.0, null),
              visit(List.of("b", "a"), 7., -1.));
      List<Answer> answers =
          ask(
              model,
              integral(model, Target.LOGIT, ValueBaseline.ZERO),
              RemovalRules.DELETE,
              patient,
              Change.with("a", 10),
              Change.with("c", 10),
              Change.without("b"));
      double weight = (0.75 * 2 - 0.5) / 7; // CLS a a SEP b a SEP
      assertThat(answers.get(0).occurrences()).isEqualTo(2);
      assertThat(answers.get(0).scoreChange()).isCloseTo((6 + 11) * weight, within(1e-12));
      assertThat(answers.get(0).attributed()).isCloseTo((4 - 1) * weight, within(1e-12));
      assertThat(answers.get(1).occurrences()).isZero();
      Trajectory rest =
          HandMadeModel.patient(
              "r", Map.of(), visit(List.of("a", "a"), 4.0, null), visit(List.of("a"), -1.0));
      assertThat(answers.get(2).after().score()).isEqualTo(model.predict(rest).logit());
    }
  }

  private static Visit visit(List<String> codes, Double... values) {
    return new Visit(null, codes, null, null, null, Arrays.asList(values));
  }

  /** CLS a b c: {@code logit_v = row of v . row of the last token}; without c it is that of b. */
  @Test
  void aDecoderReadsOnFromWhatIsLeft() {
    try (Model model = HandMadeModel.nextToken().load(folder)) {
      Answer c =
          ask(
                  model,
                  integral(model, Target.next("next:a", model.labels())),
                  RemovalRules.DELETE,
                  HandMadeModel.abThenC(Map.of()),
                  Change.without("c"))
              .get(0);
      double[] logits = new double[8];
      List<String> tokens = List.of("PAD", "CLS", "SEP", "MASK", "UNK", "a", "b", "c");
      for (int v = 0; v < 8; v++) {
        double[] row = HandMadeModel.row(tokens.get(v));
        logits[v] = row[0] * -1 + row[1] * 3;
      }
      double all = Arrays.stream(logits).map(Math::exp).sum();
      double p = Math.exp(logits[5]) / all;
      assertThat(c.before().score()).isEqualTo(6);
      assertThat(c.after().score()).isEqualTo(logits[5]).isEqualTo(1);
      assertThat(c.after().probability()).isCloseTo(p, within(1e-12));
      assertThat(c.after().logOdds()).isCloseTo(Math.log(p / (1 - p)), within(1e-9));
    }
  }

  /** Of the committed models: against a record that is written without the code. */
  @ParameterizedTest
  @MethodSource("dev.gsig.attribution.Fixture#all")
  void aRemovalIsTheRecordWithoutTheCode(Fixture fixture) {
    Model model = fixture.model("ejml");
    ExplainOptions options = fixture.options().toBuilder().steps(2).build();
    Explainer explainer = Explainer.of(model, fixture.baseline(model), options);
    assertThat(compared(model, explainer, fixture.cohort())).isPositive();
  }

  static Stream<Path> graphs() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String folder : List.of("graphs", "graph-variants")) {
      try (Stream<Path> models = Files.list(Path.of("src/test/resources", folder))) {
        all.addAll(models.filter(each -> Files.exists(each.resolve("inputs.json"))).toList());
      }
    }
    // of that all records are too long, and would be cut elsewhere
    return all.stream().filter(each -> !each.endsWith("fixed")).sorted();
  }

  /** Of exported graphs, decoders and values among them. */
  @ParameterizedTest
  @MethodSource("graphs")
  void soItIsOfAGraph(Path graph) {
    try (Model model = Model.load(graph, "ejml")) {
      ExplainOptions.Builder options =
          ExplainOptions.DEFAULT.toBuilder()
              .method(PathMethods.IG)
              .baselines(SequenceBaselines.ZERO, TabularBaselines.ZERO)
              .explainedClass(model.labels().count() > 2 ? 2 : 1);
      if (model.tokenizer().valueInput() != null) {
        options.valueBaseline(ValueBaseline.ZERO);
      }
      Explainer explainer = Explainer.of(model, null, options.build());
      List<Trajectory> cohort = CohortReader.readAll(graph.resolve("cohort.jsonl"));
      assertThat(compared(model, explainer, cohort)).isPositive();
    }
  }

  /** How many removals are what the model says of a record that is written anew. */
  private static int compared(Model model, Explainer explainer, List<Trajectory> cohort) {
    int compared = 0;
    for (Trajectory patient : cohort) {
      TokenSequence sequence = model.tokenizer().tokenize(patient);
      Attribution attribution = explainer.explain(patient);
      List<Change> changes = WhatIf.ofDrivers(attribution, 3);
      List<Answer> answers =
          WhatIf.of(model, explainer, RemovalRules.DELETE).answers(patient, attribution, changes);
      for (Answer answer : answers) {
        String name = answer.change().names().get(0);
        Trajectory rest = without(name, patient);
        boolean isCode = !rest.visits().equals(patient.visits());
        if (isCode && (sequence.truncatedTokens() > 0 || !rest.hasCodes())) {
          continue; // it would be cut elsewhere, or there would be nothing to read
        }
        double[] logits = model.logits(rest);
        assertThat(answer.after())
            .isEqualTo(explainer.explained(logits, attribution.explainedClass()));
        assertThat(answer.before().score()).isCloseTo(attribution.score(), within(1e-10));
        compared++;
      }
    }
    return compared;
  }

  private static Trajectory without(String name, Trajectory patient) {
    List<Visit> visits = new ArrayList<>();
    for (Visit visit : patient.visits()) {
      List<Integer> kept =
          IntStream.range(0, visit.codes().size())
              .filter(i -> !visit.codes().get(i).equals(name))
              .boxed()
              .toList();
      visits.add(
          new Visit(
              visit.time(),
              kept.stream().map(visit.codes()::get).toList(),
              visit.age(),
              visit.tokenType(),
              visit.events() == null ? null : kept.stream().map(visit.events()::get).toList(),
              visit.values() == null ? null : kept.stream().map(visit.values()::get).toList()));
    }
    Map<String, Double> tabular = new LinkedHashMap<>(patient.tabular());
    if (visits.equals(patient.visits())) {
      tabular.remove(name);
    }
    return new Trajectory(patient.subjectId(), visits, tabular, null);
  }

  @Test
  void driversAreThoseOfEveryReadingOnce() {
    try (Model model =
        HandMadeModel.binary(1, 1, 0)
            .withTabular()
            .classifier(1, new double[] {1, 1, 5, 1}, 0)
            .load(folder)) {
      Attribution a =
          integral(model, Target.LOGIT).explain(HandMadeModel.abThenC(Map.of("age", 70.0)));
      assertThat(WhatIf.ofDrivers(a, 2))
          .startsWith(Change.without("age"))
          .doesNotHaveDuplicates()
          .doesNotContain(Change.without("bmi")); // is missing
      assertThat(WhatIf.ofDrivers(a, 100)).hasSize(4);
      assertThat(WhatIf.ofDrivers(a, 0)).isEmpty();
    }
  }

  /** Without CLS nothing is left of somebody with one code. */
  @Test
  void whereNothingIsLeftToReadThereIsNoAnswer() {
    try (Model model =
        HandMadeModel.binary(1, 1, 0)
            .config("cls_token_id", null)
            .config("sep_token_id", null)
            .load(folder)) {
      Trajectory patient = HandMadeModel.patient("p", Map.of(), Visit.of("a", "a"));
      Answer answer =
          ask(
                  model,
                  integral(model, Target.LOGIT),
                  RemovalRules.DELETE,
                  patient,
                  Change.without("a"))
              .get(0);
      assertThat(answer.occurrences()).isEqualTo(2);
      assertThat(answer.after()).isNull();
    }
  }

  @Test
  void onManyThreadsTheAnswersAreTheSame() {
    Fixture fixture = Fixture.named("late-tabular-mean-all");
    Model model = fixture.model("simd");
    Explainer explainer = Explainer.of(model, fixture.baseline(model), fixture.options());
    WhatIf whatIf = WhatIf.of(model, explainer, RemovalRules.DELETE);
    List<List<Answer>> together = new ArrayList<>();
    explainer.explainAll(
        fixture.cohort(),
        3,
        (patient, a) -> whatIf.answers(patient, a, WhatIf.ofDrivers(a, 5)),
        together::add,
        (patient, reason) -> {
          throw reason;
        });
    List<List<Answer>> alone = new ArrayList<>();
    for (Trajectory patient : fixture.cohort()) {
      Attribution a = explainer.explain(patient);
      alone.add(whatIf.answers(patient, a, WhatIf.ofDrivers(a, 5)));
    }
    assertThat(together.equals(alone)).isTrue();
    assertThat(alone.get(0)).isNotEmpty();
  }

  @Test
  void aChangeNamesWhatItChanges() {
    assertThatIllegalArgumentException().isThrownBy(Change::without);
    assertThatIllegalArgumentException().isThrownBy(() -> Change.without("a", "a"));
    assertThatIllegalArgumentException().isThrownBy(() -> Change.with("a", Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> new Change(List.of("a", "b"), 1.0));
  }
}
