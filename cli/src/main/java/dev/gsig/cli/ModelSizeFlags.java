package dev.gsig.cli;

import dev.gsig.train.ModelSize;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what is trained. */
final class ModelSizeFlags {
  private static final int LARGEST = 1 << 16;
  private static final String[] SIZES = {
    "--architecture",
    "--hidden-size",
    "--layers",
    "--heads",
    "--intermediate-size",
    "--max-length",
    "--head-size",
    "--values"
  };

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "config.json of the model, as it stands, means and deviations included; in place of the"
              + " architecture and the sizes below")
  private Path config;

  @Option(
      names = "--architecture",
      paramLabel = "NAME",
      defaultValue = "encoder",
      description =
          "encoder (a BERT that tells labels), decoder-classifier (a small Llama that tells them at"
              + " its last token) or decoder (one that tells the next token, and needs no labels);"
              + " default: encoder")
  private String architecture;

  @Option(
      names = "--hidden-size",
      paramLabel = "N",
      defaultValue = "64",
      description = "width of the layers; default: 64")
  private int hiddenSize;

  @Option(
      names = "--layers",
      paramLabel = "N",
      defaultValue = "2",
      description = "how many layers; default: 2")
  private int layers;

  @Option(
      names = "--heads",
      paramLabel = "N",
      defaultValue = "4",
      description = "attention heads; default: 4")
  private int heads;

  @Option(
      names = "--intermediate-size",
      paramLabel = "N",
      description = "width of the feed-forward layers; default: twice --hidden-size")
  private Integer intermediateSize;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      defaultValue = "128",
      description = "tokens of a sequence, the newest are kept; default: 128")
  private int maxLength;

  @Option(
      names = "--head-size",
      paramLabel = "N",
      defaultValue = "32",
      description =
          "width of the branch for tabular values and of the classifier's hidden layer, 0 for"
              + " neither; default: 32")
  private int headSize;

  @Option(
      names = "--values",
      description =
          "read the values beside the codes, too, standardised by the values.json that gsig cohort"
              + " --values writes")
  private boolean values;

  /** The configuration file; null if none is named. */
  Path config() {
    return config;
  }

  /** The sizes. */
  ModelSize size() {
    if (config != null) {
      Given.refuse(command, "a model without --config", SIZES);
    }
    int intermediate = intermediateSize == null ? 2 * hiddenSize : intermediateSize;
    require("--hidden-size", hiddenSize, 1);
    require("--layers", layers, 0);
    require("--heads", heads, 1);
    require("--intermediate-size", intermediate, 1);
    require("--max-length", maxLength, 3);
    require("--head-size", headSize, 0);
    if (hiddenSize % heads != 0) {
      throw wrong("--hidden-size " + hiddenSize + " is not a multiple of --heads " + heads);
    }
    ModelSize.Kind kind =
        Choice.of(
            command,
            "--architecture",
            architecture,
            List.of(ModelSize.Kind.values()),
            ModelSize.Kind::label);
    if (!kind.tellsLabels()) {
      Given.refuse(command, "a model that tells labels", "--head-size");
    }
    if (kind.isCausal()) {
      if (hiddenSize / heads % 2 != 0) {
        throw wrong(
            "--hidden-size "
                + hiddenSize
                + " gives each of --heads "
                + heads
                + " an odd width, but positions turn pairs of features");
      }
    }
    return new ModelSize(
        kind, hiddenSize, layers, heads, intermediate, maxLength, headSize, values);
  }

  private void require(String option, int value, int smallest) {
    if (value < smallest || value > LARGEST) {
      throw wrong(option + " must be from " + smallest + " to " + LARGEST + ", but is " + value);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
