package dev.gsig.cli;

import dev.gsig.train.ModelSize;
import dev.gsig.transformer.config.EmbeddingInput;
import dev.gsig.transformer.config.EmbeddingKind;
import dev.gsig.transformer.config.Pooling;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what is trained. */
final class ModelSizeFlags {
  private static final int LARGEST = 1 << 16;
  private static final String INPUTS = "--inputs";
  private static final String POOLING = "--pooling";
  private static final String VALUE_EMBEDDING = "--value-embedding";
  private static final String NO_INPUT = "none";
  private static final String[] SIZES = {
    "--architecture",
    "--hidden-size",
    "--layers",
    "--heads",
    "--intermediate-size",
    "--max-length",
    "--head-size",
    INPUTS,
    POOLING,
    "--values",
    VALUE_EMBEDDING
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
      names = INPUTS,
      paramLabel = "NAME,...",
      description =
          "what an encoder adds to the code embedding: position (of the token in the sequence),"
              + " visit (which of the visits), age (in years at the visit), or none; default:"
              + " position,visit. Without positions the order of codes within a visit does not count")
  private String inputs;

  @Option(
      names = POOLING,
      paramLabel = "NAME",
      defaultValue = "cls",
      description =
          "what an encoder tells a label from: cls (the row of the CLS token) or mean (that of all"
              + " tokens); default: cls")
  private String pooling;

  @Option(
      names = "--values",
      description =
          "read the values beside the codes, too, standardised by the values.json that gsig cohort"
              + " --values writes")
  private boolean values;

  @Option(
      names = VALUE_EMBEDDING,
      paramLabel = "NAME",
      defaultValue = "linear",
      description =
          "what a value of --values is multiplied by: linear (one vector for all codes) or"
              + " code_vector (one for each code); default: linear")
  private String valueEmbedding;

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
        kind,
        hiddenSize,
        layers,
        heads,
        intermediate,
        maxLength,
        headSize,
        inputs(kind),
        pooling(kind),
        values());
  }

  private Pooling pooling(ModelSize.Kind kind) {
    if (kind.isCausal()) {
      Given.refuse(command, "encoders: a decoder tells labels from its last token", POOLING);
      return Pooling.LAST;
    }
    List<Pooling> known = ModelSize.POOLINGS.stream().sorted().toList();
    return Choice.of(command, POOLING, pooling, known, Pooling::configName);
  }

  private EmbeddingKind values() {
    if (!values) {
      Given.refuse(command, "--values", VALUE_EMBEDDING);
      return null;
    }
    List<EmbeddingKind> known = ModelSize.VALUES.stream().sorted().toList();
    return Choice.of(command, VALUE_EMBEDDING, valueEmbedding, known, EmbeddingKind::configName);
  }

  private Set<EmbeddingInput> inputs(ModelSize.Kind kind) {
    if (kind.isCausal()) {
      Given.refuse(command, "encoders: a decoder's positions are rotary", INPUTS);
      return Set.of();
    }
    if (inputs == null) {
      return Set.of(EmbeddingInput.POSITION, EmbeddingInput.VISIT);
    }
    if (inputs.equals(NO_INPUT)) {
      return Set.of();
    }
    List<EmbeddingInput> known = ModelSize.INPUTS.stream().sorted().toList();
    Set<EmbeddingInput> chosen = EnumSet.noneOf(EmbeddingInput.class);
    for (String name : inputs.split(",", -1)) {
      chosen.add(Choice.of(command, INPUTS, name, known, EmbeddingInput::configName));
    }
    return chosen;
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
