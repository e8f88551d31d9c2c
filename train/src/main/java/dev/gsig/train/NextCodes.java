package dev.gsig.train;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TimeInput;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.tensor.Backend;
import dev.gsig.transformer.config.Classifier;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.NextToken;
import dev.gsig.transformer.config.Pooling;
import dev.gsig.transformer.internal.TokenBatch;
import dev.gsig.transformer.internal.Transformer;
import dev.gsig.transformer.internal.WeightLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Predicting each token from those before it (Radford et al. 2018, equation 1): the mean over all
 * targets of {@code -log softmax(z_t)[id_{t+1}]}, where {@code z_t}, {@code [vocabulary]}, is what
 * the model says behind row t. Targets are all tokens behind the first one that are no PAD, be it
 * codes, SEP or UNK; the first has nothing before it. Each target counts alike, so a patient counts
 * by the length of their record.
 */
final class NextCodes implements Objective {
  /** Logits at a time: with their gradients 256 MiB, in float32. */
  private static final long MOST_LOGITS = 1L << 25;

  private final ModelConfig config;
  private final Parameters parameters;
  private final List<String> names;

  /**
   * The task.
   *
   * @param config with a head for the next token
   * @param parameters those of the model, perhaps among others
   */
  NextCodes(ModelConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = parameters;
    names =
        WeightLayout.of(config).stream()
            .map(WeightLayout.Entry::name)
            .filter(n -> parameters.entry(n) != null)
            .toList();
  }

  /**
   * The model with a head for the next token in place of pooling and classifier: tied to the code
   * embedding where that is as wide as the rows.
   */
  static ModelConfig headed(ModelConfig c) {
    return new ModelConfig(
        c.hiddenSize(),
        c.numHiddenLayers(),
        c.layers(),
        c.numAttentionHeads(),
        c.attentionHeadSize(),
        c.intermediateSize(),
        c.hiddenAct(),
        c.layerNormEps(),
        c.vocabSize(),
        c.maxPositionEmbeddings(),
        c.specialTokens(),
        c.normFirst(),
        c.embeddingInputs(),
        c.embeddingSize(),
        c.embeddingJoin(),
        c.embeddingScale(),
        c.visitIndex(),
        c.ageInput(),
        c.clsTokenType(),
        c.timeInput(),
        c.valueEmbedding(),
        c.attributionPoint(),
        c.attentionScale(),
        c.attentionMaskValue(),
        c.residual(),
        Pooling.LAST,
        c.meanOver(),
        null,
        0,
        null,
        null,
        new NextToken(c.embeddingSize() == c.hiddenSize()),
        new Classifier(List.of(), null, c.vocabSize()));
  }

  /**
   * Makes sure that no row can see the token that it is to predict, and that what is learnt is what
   * the model says then.
   *
   * @param config with a head for the next token
   * @param otherwise what else than another configuration mends it, for the message
   * @throws InvalidInputException naming the key that stands against it
   */
  static void requireLearnable(ModelConfig config, String otherwise) {
    if (!config.layers().causal()) {
      throw new InvalidInputException(
          "next codes cannot be learnt by layers that are not causal: they see the code that they"
              + " are to predict; set \"causal\" true in the configuration"
              + otherwise);
    }
    if (config.pooling() != Pooling.LAST) {
      throw new InvalidInputException(
          "next codes are learnt behind each token, but \"pooling\" is "
              + config.pooling().configName()
              + "; set it to last in the configuration"
              + otherwise);
    }
    TimeInput time = config.timeInput();
    if (time != null && time.span() == TimeInput.Span.UNTIL_LAST_VISIT) {
      throw new InvalidInputException(
          "next codes cannot be learnt with \"time_span\" until_last_visit, which tells how much of"
              + " the record is still to come; set another in the configuration"
              + otherwise);
    }
  }

  /** Whether a patient has a token that can be predicted. */
  static boolean hasTarget(Example patient) {
    return patient.tokens().length() > 1;
  }

  /** What is to be predicted, by position. */
  static int[] targets(TokenSequence tokens) {
    return Arrays.copyOfRange(tokens.inputIds(), 1, tokens.length());
  }

  @Override
  public List<String> trained() {
    return names;
  }

  /** How many targets a patient has. */
  @Override
  public double weight(Example item) {
    return item.tokens().length() - 1;
  }

  /** Fewer of long records and large vocabularies: each row has a logit for every token. */
  @Override
  public int together() {
    long logits = (long) config.maxPositionEmbeddings() * config.vocabSize();
    return (int) Math.max(1, Math.min(Objective.super.together(), MOST_LOGITS / logits));
  }

  @Override
  public Transformer model(double[] vector, Backend loader) {
    return Transformer.load(parameters.source(names, vector), config, loader);
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public double sweep(Tape tape, Transformer model, List<Example> items, double total) {
    return CodeLoss.sweep(tape, logits(tape, model, items), targets(items), total);
  }

  /** Of every row but each item's last. */
  private static Variable logits(Tape tape, Transformer model, List<Example> items) {
    int longest = items.stream().mapToInt(e -> e.tokens().length()).max().orElseThrow();
    int rows = model.rowsFor(longest);
    TokenBatch batch = new TokenBatch(items.stream().map(Example::tokens).toList(), rows);
    int[] asked =
        IntStream.range(0, items.size())
            .flatMap(b -> IntStream.range(0, batch.lengths()[b] - 1).map(r -> b * rows + r))
            .toArray();
    return model.logitsOfRows(tape, batch, asked);
  }

  private static int[] targets(List<Example> items) {
    return items.stream().flatMapToInt(e -> Arrays.stream(targets(e.tokens()))).toArray();
  }

  /** Each patient's sum of losses. */
  @Override
  public List<double[]> scores(Backend backend, Transformer model, List<Example> patients) {
    double[] losses;
    try (Tape tape = new Tape(backend)) {
      losses = CodeLoss.of(backend, logits(tape, model, patients), targets(patients));
    }
    int at = 0;
    double[][] sums = new double[patients.size()][1];
    for (int b = 0; b < sums.length; b++) {
      for (int end = at + patients.get(b).tokens().length() - 1; at < end; at++) {
        sums[b][0] += losses[at];
      }
    }
    return List.of(sums);
  }

  @Override
  public TokenLoss quality(List<Example> patients, double[][] sums) {
    long tokens = patients.stream().mapToLong(e -> e.tokens().length() - 1).sum();
    return new TokenLoss(Arrays.stream(sums).mapToDouble(s -> s[0]).sum() / tokens, tokens);
  }

  /**
   * What a model that knows nothing but how often tokens occur comes to: {@code p(v) = (n_v + 1) /
   * (n + vocabulary)}, Laplace's rule, with the counts of the training set's targets.
   */
  static TokenLoss unigram(TrainingCohort cohort, int vocabulary) {
    double[] counts = new double[vocabulary];
    Arrays.fill(counts, 1);
    double all = vocabulary;
    for (int id : targets(cohort.training())) {
      counts[id]++;
      all++;
    }
    double sum = 0;
    int[] targets = targets(cohort.validation());
    for (int id : targets) {
      sum -= StrictMath.log(counts[id] / all);
    }
    return new TokenLoss(sum / targets.length, targets.length);
  }
}
