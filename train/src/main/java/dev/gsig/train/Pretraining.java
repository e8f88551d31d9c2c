package dev.gsig.train;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.tensor.Backend;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.MaskedCodeHead;
import dev.gsig.transformer.internal.TokenBatch;
import dev.gsig.transformer.internal.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Predicting masked codes: softmax cross-entropy over the vocabulary, each masked code alike. */
final class Pretraining implements Task<MaskedCodes> {
  private static final String TABLE = "embeddings.word_embeddings.weight";

  private final ModelConfig config;
  private final Parameters parameters;
  private final List<String> modelNames;
  private final List<String> headNames;

  /**
   * The task.
   *
   * @param modelNames the model's parameters
   */
  Pretraining(ModelConfig config, Parameters parameters, List<String> modelNames) {
    this.config = config;
    this.parameters = parameters;
    this.modelNames = modelNames;
    headNames = MaskedCodeHead.layout(config).stream().map(e -> e.name()).toList();
  }

  /** Embeddings, encoder and the head for masked codes: nothing else takes part. */
  @Override
  public List<String> trained() {
    List<String> trained = new ArrayList<>(modelNames);
    trained.removeIf(n -> !n.startsWith("embeddings.") && !n.startsWith("encoder."));
    trained.addAll(headNames);
    return trained;
  }

  @Override
  public double weight(MaskedCodes item) {
    return item.positions().length;
  }

  @Override
  public int length(MaskedCodes item) {
    return item.tokens().length();
  }

  @Override
  public TrainedModel<MaskedCodes> load(double[] vector, Backend loader) {
    Transformer model = Transformer.load(parameters.source(modelNames, vector), config, loader);
    List<String> inHead = new ArrayList<>(headNames);
    inHead.add(TABLE);
    MaskedCodeHead head = MaskedCodeHead.load(parameters.source(inHead, vector), config, loader);
    return new TrainedModel<>(
        parameters,
        loader,
        List.of(model.origins(), head.origins()),
        (tape, items, total) -> sweep(tape, model, head, items, total));
  }

  private static double sweep(
      Tape tape, Transformer model, MaskedCodeHead head, List<MaskedCodes> items, double total) {
    int longest = items.stream().mapToInt(i -> i.tokens().length()).max().orElseThrow();
    int rows = model.rowsFor(longest);
    TokenBatch batch = new TokenBatch(items.stream().map(MaskedCodes::tokens).toList(), rows);
    List<Integer> positions = new ArrayList<>();
    List<Integer> targets = new ArrayList<>();
    for (int b = 0; b < items.size(); b++) {
      int first = b * rows;
      Arrays.stream(items.get(b).positions()).forEach(p -> positions.add(first + p));
      Arrays.stream(items.get(b).targets()).forEach(targets::add);
    }
    Variable hidden = model.hiddenStates(tape, batch);
    Variable picked = tape.apply(new Gather(ints(positions)), hidden);
    Variable logits = head.logits(tape, picked);
    return CodeLoss.sweep(tape, logits, ints(targets), total);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
