package dev.gsig.train;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.transformer.config.ModelConfig;

/** What a classifier learns before labels. */
public enum PretrainingTask {
  /** Codes that are hidden, from those on both sides (Devlin et al. 2019). */
  MASKED_CODES("masked"),
  /** Each token, from those before it (Radford et al. 2018). */
  NEXT_CODES("next");

  private final String label;

  PretrainingTask(String label) {
    this.label = label;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /**
   * The one that a model is pretrained with: as the options say, else the one that its layers
   * allow. Null for none: no epochs, or a model that learns the next token anyway.
   *
   * @throws InvalidInputException if the model cannot be
   */
  static PretrainingTask of(TrainOptions options, ModelConfig config) {
    if (options.pretrainEpochs() == 0 || config.nextToken() != null) {
      return null;
    }
    boolean causal = config.layers().causal();
    PretrainingTask task = options.pretraining();
    if (task == null) {
      task = causal ? NEXT_CODES : MASKED_CODES;
    }
    if (task == NEXT_CODES && !causal) {
      throw new InvalidInputException(
          "--pretrain next predicts each code from those before it, but layers that are not causal"
              + " see it; use --pretrain masked");
    } else if (task == NEXT_CODES) {
      NextCodes.requireLearnable(NextCodes.headed(config), ", or use --pretrain-epochs 0");
    } else if (causal) {
      throw new InvalidInputException(
          "--pretrain masked hides codes that what is on both sides of them tells, but causal layers"
              + " see only what is before; use --pretrain next");
    } else if (config.specialTokens().mask() == null) {
      throw new InvalidInputException(
          "pretraining hides codes behind mask_token_id, which the configuration lacks; set it, or"
              + " use --pretrain-epochs 0");
    }
    return task;
  }
}
