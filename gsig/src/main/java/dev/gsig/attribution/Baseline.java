package dev.gsig.attribution;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.Tensor;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.TokenBatch;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Statistics of a validation set that the manifold baselines and the tabular mean start from. Made
 * for one model, and refused by others: by checksums of weights, vocabulary, tabular normalisation
 * and what else enters the tensor at the attribution point. Immutable.
 */
public final class Baseline {
  /** File name in a model folder. */
  public static final String FILE_NAME = "baseline.safetensors";

  private static final String MEAN = "sequence.manifold_mean";
  private static final String UNPADDED = "sequence.manifold_mean_unpadded";
  private static final String TABULAR = "tabular.mean";
  private static final String PATIENTS = "patients";

  private final Path file;
  private final BaselineInputs inputs;
  private final int patients;
  private final int rows;
  private final int hiddenSize;
  private final double[] mean;
  private final double[] unpadded;
  private final double[] tabularMean;

  private Baseline(
      Path file,
      BaselineInputs inputs,
      int patients,
      int rows,
      int hiddenSize,
      double[] mean,
      double[] unpadded,
      double[] tabularMean) {
    this.file = file;
    this.inputs = inputs;
    this.patients = patients;
    this.rows = rows;
    this.hiddenSize = hiddenSize;
    this.mean = mean;
    this.unpadded = unpadded;
    this.tabularMean = tabularMean;
  }

  /**
   * Computes the means of the attribution-point tensor at each of the L positions, over all
   * patients and over those who have a real token there, and of the normalised tabular values (a
   * missing one counts as 0). Sums are taken in float64, in the order of the patients.
   *
   * @throws InvalidInputException if there is no patient, or one that the model cannot read
   */
  public static Baseline estimate(Model model, Iterable<Trajectory> validation) {
    return estimate(model, validation, Explainer.REFUSE);
  }

  /**
   * Computes the means as {@link #estimate(Model, Iterable)} does, without patients that the model
   * cannot read.
   *
   * @param leftOut takes them, and why
   * @throws InvalidInputException if no patient is left
   */
  public static Baseline estimate(
      Model model,
      Iterable<Trajectory> validation,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    ModelConfig config = model.config();
    Means means = new Means(config.maxPositionEmbeddings(), config.hiddenSize());
    double[] tabular = new double[features(config)];
    for (Trajectory trajectory : validation) {
      TokenSequence sequence;
      double[] point;
      double[] values;
      try {
        sequence = model.tokenize(trajectory);
        point = pointOf(model, trajectory, sequence);
        values = model.tabular(trajectory);
      } catch (InvalidInputException e) {
        leftOut.accept(trajectory, e);
        continue;
      }
      means.add(point, sequence.length());
      for (int t = 0; t < tabular.length; t++) {
        tabular[t] += values[t];
      }
    }
    if (means.patients == 0) {
      throw new InvalidInputException("the validation cohort has no patient; name another file");
    }
    for (int t = 0; t < tabular.length; t++) {
      tabular[t] /= means.patients;
    }
    return new Baseline(
        null,
        model.baselineInputs(),
        means.patients,
        config.maxPositionEmbeddings(),
        config.hiddenSize(),
        means.overAll(),
        means.overReal(),
        tabular);
  }

  /** The tensor at all L positions, row-major. */
  static double[] pointOf(Model model, Trajectory trajectory, TokenSequence sequence) {
    TokenBatch padded = new TokenBatch(List.of(sequence), sequence.maxLength());
    return model.withBackend(
        backend -> {
          Tensor t =
              Model.naming(trajectory, () -> model.transformer().attributionPoint(backend, padded));
          double[] values = backend.download(t);
          backend.release(t);
          return Finite.require(trajectory.subjectId(), "the embedding", values);
        });
  }

  private static int features(ModelConfig config) {
    return config.tabular() == null ? 0 : config.tabular().features().size();
  }

  /** Running sums at each position. */
  private static final class Means {
    final int d;
    final double[] all;
    final double[] real;
    final int[] occupied;
    int patients;

    Means(int rows, int d) {
      this.d = d;
      all = new double[rows * d];
      real = new double[rows * d];
      occupied = new int[rows];
    }

    void add(double[] point, int length) {
      patients++;
      for (int i = 0; i < all.length; i++) {
        all[i] += point[i];
        real[i] += i < length * d ? point[i] : 0;
      }
      for (int j = 0; j < length; j++) {
        occupied[j]++;
      }
    }

    double[] overAll() {
      double[] mean = all.clone();
      for (int i = 0; i < mean.length; i++) {
        mean[i] /= patients;
      }
      return mean;
    }

    /** Where nobody has a real token, all are PAD: the mean over all is the PAD tensor. */
    double[] overReal() {
      double[] mean = overAll();
      for (int i = 0; i < mean.length; i++) {
        if (occupied[i / d] > 0) {
          mean[i] = real[i] / occupied[i / d];
        }
      }
      return mean;
    }
  }

  /**
   * Reads a file that {@link #save} wrote.
   *
   * @throws InvalidInputException saying in one line what is wrong with the file
   */
  public static Baseline load(Path file) {
    try (Safetensors tensors = Safetensors.open(file)) {
      for (String name : List.of(MEAN, UNPADDED)) {
        if (!tensors.names().contains(name)) {
          throw notABaseline(file, "it has no tensor '" + name + "'");
        }
      }
      List<Long> shape = tensors.info(MEAN).shape();
      List<Long> other = tensors.info(UNPADDED).shape();
      boolean usable = shape.stream().allMatch(n -> n >= 1 && n <= Integer.MAX_VALUE);
      if (shape.size() != 2 || !shape.equals(other) || !usable) {
        throw notABaseline(
            file, "its means have the shapes " + shape + " and " + other + ", not one of a table");
      }
      String count = tensors.metadata().getOrDefault(PATIENTS, "");
      if (!BaselineInputs.isIn(tensors.metadata()) || !count.matches("[1-9][0-9]{0,8}")) {
        throw notABaseline(file, "its metadata lack 'weights_sha256' or '" + PATIENTS + "'");
      }
      double[] tabular = tensors.names().contains(TABULAR) ? tensors.read(TABULAR) : new double[0];
      return new Baseline(
          file,
          BaselineInputs.read(tensors.metadata()),
          Integer.parseInt(count),
          Math.toIntExact(shape.get(0)),
          Math.toIntExact(shape.get(1)),
          tensors.read(MEAN),
          tensors.read(UNPADDED),
          tabular);
    }
  }

  private static InvalidInputException notABaseline(Path file, String why) {
    return new InvalidInputException(
        file + ": is not a baseline: " + why + "; make it with 'gsig baseline'");
  }

  /**
   * Writes the statistics in float64; a file of that name is replaced in one step.
   *
   * @throws InvalidInputException if the file cannot be written
   */
  public void save(Path file) {
    LinkedHashMap<String, NamedTensor> tensors = new LinkedHashMap<>();
    tensors.put(MEAN, NamedTensor.f64(mean, rows, hiddenSize));
    tensors.put(UNPADDED, NamedTensor.f64(unpadded, rows, hiddenSize));
    if (tabularMean.length > 0) {
      tensors.put(TABULAR, NamedTensor.f64(tabularMean, tabularMean.length));
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(PATIENTS, Integer.toString(patients));
    inputs.writeTo(metadata);
    SafetensorsWriter.write(file, metadata, tensors);
  }

  /** Number of patients behind the means. */
  public int patients() {
    return patients;
  }

  /** SHA-256 of the weights that it was made for. */
  public String weightsSha256() {
    return inputs.weights();
  }

  /**
   * Makes sure that it belongs to a model: that it was made with these weights, this vocabulary,
   * the same tabular means and deviations, and the same configuration of everything that enters the
   * tensor at the attribution point.
   *
   * @throws InvalidInputException if not, or if the file does not tell, with the command that makes
   *     it anew
   */
  public void requireMadeFor(Model model) {
    ModelConfig config = model.config();
    boolean sameSizes =
        rows == config.maxPositionEmbeddings()
            && hiddenSize == config.hiddenSize()
            && tabularMean.length == features(config);
    String folder = model.folder().toString();
    String difference = inputs.differenceFrom(model.baselineInputs(), folder);
    if (difference == null && !sameSizes) {
      difference = "has means of other sizes than " + folder;
    }
    if (difference != null) {
      boolean elsewhere = file != null && !file.equals(model.folder().resolve(FILE_NAME));
      throw new InvalidInputException(
          (file == null ? "the baseline" : file)
              + ": "
              + difference
              + "; make it again with: gsig baseline --model "
              + folder
              + " --cohort VALIDATION.jsonl"
              + (elsewhere ? " --out " + file : ""));
    }
  }

  /** Mean at each position, {@code [L, d]} row-major. Not to be modified. */
  double[] sequence(SequenceBaseline kind) {
    return kind == SequenceBaseline.MANIFOLD_MEAN ? mean : unpadded;
  }

  /** Means of the normalised tabular values. */
  double[] tabular() {
    return tabularMean.clone();
  }
}
