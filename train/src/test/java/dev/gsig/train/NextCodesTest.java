package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.autodiff.Tape;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.TokenBatch;
import dev.gsig.transformer.internal.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What next codes are, and which models can learn them. */
class NextCodesTest {
  private static final String NAME = "next-codes";

  @TempDir Path folder;

  private final ModelConfig config = Fixtures.config(NAME);
  private final TrainingCohort cohort = Fixtures.trainingCohort(NAME);

  private Trainer trainer(Backend base) {
    return new Trainer(
        config, cohort, Fixtures.options(0, 1, 0, 2), null, Map.of(), base, TrainListener.NONE);
  }

  /** The model as it predicts, asked once for each beginning of each patient. */
  @Test
  void theLossIsThatOfEachTokenGivenThoseBeforeIt() {
    Vocabulary vocabulary = Vocabulary.read(Fixtures.ROOT.resolve(NAME).resolve("vocab.json"));
    Tokenizer tokenizer = config.tokenizer(vocabulary);
    try (Backend base = Backends.open("ejml");
        Trainer trainer = trainer(base);
        BackendWorkers workers = new BackendWorkers(base, 1)) {
      double[] weights = trainer.parameters().values();
      NextCodes task = new NextCodes(config, trainer.parameters());
      double[][] found = trainer.scores(weights, cohort.validation());
      Transformer model = task.model(weights, base);
      double all = 0;
      long tokens = 0;
      for (int n = 0; n < found.length; n++) {
        TokenSequence patient = cohort.validation().get(n).tokens();
        int[] ids = Arrays.copyOf(patient.inputIds(), patient.length());
        double expected = 0;
        for (int t = 1; t < ids.length; t++) {
          TokenSequence before = tokenizer.ofIds(Arrays.copyOf(ids, t), null, null);
          expected -= logProbability(base, model, before, ids[t]);
        }
        assertThat(found[n]).hasSize(1);
        assertThat(found[n][0]).isCloseTo(expected, within(1e-9));
        all += expected;
        tokens += ids.length - 1;
      }
      TokenLoss quality = (TokenLoss) trainer.quality(cohort.validation(), found);
      assertThat(quality.loss()).isCloseTo(all / tokens, within(1e-10));
      assertThat(quality.tokens()).isEqualTo(tokens);
      assertThat(quality.perplexity()).isCloseTo(Math.exp(all / tokens), within(1e-8));
      assertThat(quality.figure()).isEqualTo(-quality.loss());
      try (BatchGradient batch = new BatchGradient(workers, 0, weights.length)) {
        assertThat(batch.compute(task, cohort.validation(), weights, 0))
            .isCloseTo(all / tokens, within(1e-10));
      }
    }
  }

  private static double logProbability(
      Backend backend, Transformer model, TokenSequence before, int id) {
    try (Tape tape = new Tape(backend)) {
      TokenBatch batch = new TokenBatch(List.of(before), before.length());
      double[] z = backend.download(model.logits(tape, batch, null).value());
      return z[id] - Math.log(Arrays.stream(z).map(Math::exp).sum());
    }
  }

  @Test
  void targetsAreAllTokensBehindTheFirst() {
    for (Example patient : cohort.training()) {
      int[] ids = patient.tokens().inputIds();
      int[] targets = NextCodes.targets(patient.tokens());
      assertThat(targets).hasSize(patient.tokens().length() - 1);
      assertThat(targets).isEqualTo(Arrays.copyOfRange(ids, 1, 1 + targets.length));
      assertThat(targets).doesNotContain(config.specialTokens().pad());
    }
    // every patient begins with CLS and every visit ends with SEP, which is predicted
    assertThat(cohort.training())
        .allMatch(e -> NextCodes.targets(e.tokens())[e.tokens().length() - 2] == 2);
  }

  @Test
  void theUnigramModelKnowsHowOftenTokensOccur() {
    double[] counts = new double[17];
    Arrays.fill(counts, 1);
    cohort
        .training()
        .forEach(e -> Arrays.stream(NextCodes.targets(e.tokens())).forEach(id -> counts[id]++));
    double sum = Arrays.stream(counts).sum();
    double loss = 0;
    long tokens = 0;
    for (Example e : cohort.validation()) {
      for (int id : NextCodes.targets(e.tokens())) {
        loss -= Math.log(counts[id] / sum);
        tokens++;
      }
    }
    TokenLoss unigram = NextCodes.unigram(cohort, 17);
    assertThat(unigram.loss()).isCloseTo(loss / tokens, within(1e-12));
    assertThat(unigram.tokens()).isEqualTo(tokens);
  }

  /** Of the classes of a classifier nothing is learnt, of its layers all. */
  @Test
  void aClassifierIsPretrainedWithAHeadOfItsOwn() throws IOException {
    ModelConfig classifier =
        with("\"head\": \"next_token\", \"tie_word_embeddings\": true", "\"num_labels\": 1");
    ModelConfig headed = NextCodes.headed(classifier);
    assertThat(headed.nextToken().tied()).isTrue();
    assertThat(headed.classifier().numLabels()).isEqualTo(17);
    assertThat(headed).isEqualTo(config);
    assertThat(ParameterShapes.of(classifier, cohort.training(), PretrainingTask.NEXT_CODES))
        .containsOnlyKeys(ParameterShapes.of(classifier, cohort.training(), null).keySet());
    ModelConfig narrow =
        with("\"head\": \"next_token\", \"tie_word_embeddings\": true", "\"embedding_size\": 5");
    assertThat(NextCodes.headed(narrow).nextToken().tied()).isFalse();
    assertThat(ParameterShapes.of(narrow, cohort.training(), PretrainingTask.NEXT_CODES))
        .containsEntry("lm_head.weight", List.of(17, 8))
        .doesNotContainKey("embeddings.LayerNorm.weight");
  }

  /** On other threads, and interrupted in the midst of what is learnt before labels. */
  @Test
  void aPretrainedClassifierHasTheSameBitsEachTime() throws IOException {
    ModelConfig classifier =
        with("\"head\": \"next_token\", \"tie_word_embeddings\": true", "\"num_labels\": 1");
    double[] whole = classifierWeights(classifier, 1, null);
    assertThat(classifierWeights(classifier, 3, null)).isEqualTo(whole);
    assertThat(classifierWeights(classifier, 2, folder.resolve("checkpoint.safetensors")))
        .isEqualTo(whole);
  }

  private double[] classifierWeights(ModelConfig classifier, int threads, Path checkpoint) {
    Path root = Fixtures.ROOT.resolve(NAME);
    Path file = root.resolve("cohort.jsonl");
    TrainingCohort labelled =
        TrainingCohort.of(
            Fixtures.cohort(NAME),
            file,
            Fixtures.cohort(NAME),
            file,
            classifier,
            Vocabulary.read(root.resolve("vocab.json")));
    TrainOptions options = Fixtures.options(2, 2, 0.3, threads);
    TrainListener stops =
        new TrainListener() {
          @Override
          public void step(boolean pretraining, int epoch, double loss, int patients) {
            if (epoch == 2 && pretraining) {
              throw new CancellationException();
            }
          }
        };
    try (Backend base = Backends.open("simd")) {
      if (checkpoint != null) {
        try (Trainer first =
            new Trainer(classifier, labelled, options, checkpoint, Map.of(), base, stops)) {
          assertThatThrownBy(first::run).isInstanceOf(CancellationException.class);
        }
      }
      try (Trainer trainer =
          new Trainer(
              classifier, labelled, options, checkpoint, Map.of(), base, TrainListener.NONE)) {
        if (checkpoint != null) {
          trainer.resume();
        }
        trainer.run();
        assertThat(trainer.history().get(0).loss()).isGreaterThan(1.5); // of 17 tokens
        return trainer.best();
      }
    }
  }

  /** 14 rows of so many logits each. */
  @ParameterizedTest
  @CsvSource({"17, 8", "400000, 5", "3000000, 1"})
  void largeVocabulariesTakeFewerPatientsAtATime(int vocabulary, int together) throws IOException {
    ModelConfig large = with("\"vocab_size\": 17", "\"vocab_size\": " + vocabulary);
    NextCodes task = new NextCodes(large, new Parameters(Map.of()));
    assertThat(task.together()).isEqualTo(together);
  }

  private static ModelConfig with(String part, String other) throws IOException {
    String text = Files.readString(Fixtures.ROOT.resolve(NAME).resolve("config.json"));
    assertThat(text).contains(part);
    return ModelConfig.parse(text.replace(part, other), "the configuration");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"causal\": true | \"causal\": false | layers that are not causal: they see the code",
        "\"pooling\": \"last\" | \"pooling\": \"mean\" | \"pooling\" is mean; set it to last",
        "\"embedding_inputs\": {} | \"embedding_inputs\": {\"time\": \"linear\"},"
            + " \"time_unit\": \"days\", \"time_transform\": \"none\","
            + " \"time_special_tokens\": \"zero\", \"time_span\": \"until_last_visit\""
            + " | tells how much of the record is still to come",
      })
  void modelsThatWouldSeeWhatTheyPredictAreRefused(String part, String other, String message)
      throws IOException {
    ModelConfig refused = with(part, other);
    assertThatThrownBy(() -> NextCodes.requireLearnable(refused, ", or else"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .hasMessageEndingWith(", or else");
    assertThatCode(() -> NextCodes.requireLearnable(config, "")).doesNotThrowAnyException();
  }
}
