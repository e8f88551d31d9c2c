package dev.gsig.attribution;

import dev.gsig.attribution.path.CodeTable;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Shape;
import dev.gsig.transformer.config.AttributionPoint;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Tabular;
import dev.gsig.transformer.internal.RandomWeights;
import dev.gsig.transformer.internal.TokenBatch;
import dev.gsig.transformer.internal.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The native Transformer.
 *
 * @param transformer with its weights
 */
record NativeNetwork(Transformer transformer) implements Network {
  private ModelConfig config() {
    return transformer.config();
  }

  /** Of a model that predicts tokens the codes are the names of those that may come next. */
  @Override
  public Labels labels(Vocabulary vocabulary) {
    return predictsTokens()
        ? tokens(vocabulary, config().vocabSize())
        : config().classifier().labels();
  }

  /** The tokens that may come next, as classes. */
  static Labels tokens(Vocabulary vocabulary, int size) {
    return new Labels(
        size,
        false,
        IntStream.range(0, size).mapToObj(id -> vocabulary.codeOf(id).orElse("id " + id)).toList());
  }

  @Override
  public Tokenizer tokenizer(Vocabulary vocabulary) {
    return config().tokenizer(vocabulary);
  }

  @Override
  public List<Tabular.Feature> features() {
    return config().tabular() == null ? List.of() : config().tabular().features();
  }

  @Override
  public boolean predictsTokens() {
    return config().nextToken() != null;
  }

  @Override
  public long parameterCount() {
    return transformer.parameterCount();
  }

  @Override
  public List<String> weightParts() {
    return RandomWeights.parts(transformer.origins().names());
  }

  @Override
  public boolean paddingIsInert() {
    return transformer.paddingIsInert();
  }

  @Override
  public boolean isSmooth() {
    return transformer.isSmooth();
  }

  @Override
  public List<String> rowInputs() {
    return transformer.readsValues()
        ? List.of(Model.SEQUENCE, Model.VALUES)
        : List.of(Model.SEQUENCE);
  }

  @Override
  public List<PathInput> rows(Backend backend, Subject subject) {
    TokenBatch batch = new TokenBatch(List.of(subject.sequence()), subject.rows());
    List<PathInput> inputs = new ArrayList<>();
    inputs.add(
        PathInput.rows(
            Model.SEQUENCE,
            transformer.attributionPoint(backend, batch),
            transformer.addend(backend, batch)));
    if (transformer.readsValues()) {
      inputs.add(PathInput.values(Model.VALUES, transformer.values(backend, batch)));
    }
    return inputs;
  }

  @Override
  public Variable logits(Tape tape, List<Variable> rows, Variable entries, List<Subject> subjects) {
    List<TokenSequence> sequences = subjects.stream().map(Subject::sequence).toList();
    TokenBatch batch = new TokenBatch(sequences, rows.get(0).shape().rows());
    Variable values = transformer.readsValues() ? rows.get(1) : null;
    return transformer.logits(tape, rows.get(0), null, values, batch, entries);
  }

  @Override
  public boolean startsAtCodes() {
    return config().attributionPoint() == AttributionPoint.CODE;
  }

  @Override
  public CodeTable codes(Backend backend) {
    return new CodeTable(transformer.codeRows(backend), config().embeddingSize());
  }

  @Override
  public long activationsPerStep(Backend backend, int rows) {
    ModelConfig c = config();
    long perRow = 8L * c.hiddenSize() + 3L * c.intermediateSize();
    long perLayer = rows * perRow + 2L * savedByAttention(backend, rows);
    return perLayer * Math.max(1, c.numHiddenLayers());
  }

  @Override
  public int mostStepsPerPass(Backend backend, int rows) {
    ModelConfig c = config();
    int widest = Math.max(2 * c.numAttentionHeads() * c.attentionHeadSize(), c.intermediateSize());
    long largest = Math.max((long) rows * widest, savedByAttention(backend, rows));
    return (int) Math.max(1, Integer.MAX_VALUE / largest);
  }

  /** What a layer's attention keeps for each step. */
  private int savedByAttention(Backend backend, int rows) {
    AttentionSpec spec =
        new AttentionSpec(
            config().numAttentionHeads(),
            config().attentionHeadSize(),
            1,
            Double.NEGATIVE_INFINITY);
    Shape query = new Shape(1, rows, spec.width());
    return backend.savedByAttention(spec, query, query.withCols(2 * spec.keyWidth())).size();
  }
}
