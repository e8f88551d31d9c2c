package dev.gsig.transformer.internal;

import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Dense;
import dev.gsig.autodiff.op.Linear;
import dev.gsig.autodiff.op.Norm;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Backend.NormWeights;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.NormKind;
import dev.gsig.transformer.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.List;

/**
 * BERT's head for masked language modelling (Devlin et al. 2019): a dense layer with the encoder's
 * activation to the width of the code embedding (ELECTRA's, where that is not d), a norm of the
 * model's kind, and the code embedding's own table as output layer. Its weights have Hugging Face's
 * names, {@code cls.predictions.*}; pretraining alone needs them.
 */
public final class MaskedCodeHead {
  private static final String PREFIX = "cls.predictions.";
  private static final String DENSE = PREFIX + "transform.dense";
  private static final String NORM = PREFIX + "transform.LayerNorm";
  private static final String BIAS = PREFIX + "bias";
  private static final String TABLE = WeightLayout.CODES;

  private final ModelConfig config;
  private final WeightOrigins origins;
  private final LinearWeights dense;
  private final NormWeights norm;
  private final LinearWeights output;

  private MaskedCodeHead(ModelConfig config, Weights weights, Backend backend) {
    this.config = config;
    dense = weights.linear(backend, DENSE);
    norm = weights.norm(backend, config, NORM);
    output = weights.linear(backend, List.of(TABLE), List.of(BIAS));
    origins = weights.origins();
  }

  /** Names and shapes of the weights that the head has besides the model's. */
  public static List<WeightLayout.Entry> layout(ModelConfig config) {
    int width = config.embeddingSize();
    List<WeightLayout.Entry> layout = new ArrayList<>();
    layout.add(
        new WeightLayout.Entry(DENSE + ".weight", List.of(width, config.hiddenSize()), false));
    layout.add(new WeightLayout.Entry(DENSE + ".bias", List.of(width), false));
    layout.add(new WeightLayout.Entry(NORM + ".weight", List.of(width), false));
    if (config.layers().norm() == NormKind.LAYER_NORM) {
      layout.add(new WeightLayout.Entry(NORM + ".bias", List.of(width), false));
    }
    layout.add(new WeightLayout.Entry(BIAS, List.of(config.vocabSize()), false));
    return List.copyOf(layout);
  }

  /**
   * Loads the head.
   *
   * @param tensors its weights and the code embedding; closed when they are read
   * @throws dev.gsig.ehr.InvalidInputException if they do not fit
   */
  public static MaskedCodeHead load(TensorSource tensors, ModelConfig config, Backend backend) {
    List<WeightLayout.Entry> layout = new ArrayList<>(layout(config));
    layout.add(
        new WeightLayout.Entry(TABLE, List.of(config.vocabSize(), config.embeddingSize()), false));
    try (Weights weights = Weights.of(tensors, layout)) {
      return new MaskedCodeHead(config, weights, backend);
    }
  }

  /** Which named tensors the weights were made of. */
  public WeightOrigins origins() {
    return origins;
  }

  /**
   * Scores of every code at some positions.
   *
   * @param rows the encoder's output there, {@code [1, M, d]}
   * @return logits, {@code [1, M, vocabulary]}
   */
  public Variable logits(Tape tape, Variable rows) {
    Variable hidden = tape.apply(new Dense(dense, config.hiddenAct()), rows);
    return tape.apply(new Linear(output), tape.apply(new Norm(norm), hidden));
  }
}
