package dev.gsig.attribution;

import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.importer.ImportSettings;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.ModelImport;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.Tensor;
import dev.gsig.tensor.internal.Batches;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Tabular;
import dev.gsig.transformer.internal.TokenBatch;
import dev.gsig.transformer.internal.Transformer;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A model folder in memory: configuration, weights, vocabulary, descriptions. Immutable and shared
 * by threads; each call borrows a backend of its own from a pool. Closing it frees what backends
 * hold, device memory above all; what is computing meanwhile comes to its end.
 */
public final class Model implements AutoCloseable {
  private final Path folder;
  private final Transformer transformer;
  private final Vocabulary vocabulary;
  private final Tokenizer tokenizer;
  private final Descriptions descriptions;
  private final String weightsSha256;
  private final BaselineInputs baselineInputs;
  private final String weightsDtype;
  private final Backend loader;
  private final WorkspacePool workspaces;

  private Model(
      Path folder,
      ModelConfig config,
      TensorSource tensors,
      Vocabulary vocabulary,
      String weightsSha256,
      Backend loader) {
    this.folder = folder;
    this.loader = loader;
    workspaces = new WorkspacePool(folder, loader);
    this.vocabulary = vocabulary;
    this.weightsSha256 = weightsSha256;
    weightsDtype =
        tensors.names().stream()
            .map(tensors::dtype)
            .filter(DType::isReadable)
            .map(Enum::name)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    transformer = Transformer.load(tensors, config, loader);
    tokenizer = config.tokenizer(vocabulary);
    baselineInputs = BaselineInputs.of(weightsSha256, config, vocabulary);
    Path texts = folder.resolve(Descriptions.FILE_NAME);
    descriptions = Files.exists(texts) ? Descriptions.read(texts) : Descriptions.NONE;
  }

  /** Names that {@link #load(Path, String) load} takes, {@code auto} included, in order. */
  public static List<String> backends() {
    return Backends.names();
  }

  /**
   * Loads a model folder on the default backend, {@value Backends#DEFAULT}.
   *
   * @param folder holds config.json, model.safetensors, vocab.json and perhaps descriptions.json
   * @throws InvalidInputException saying in one line what is wrong with which file
   */
  public static Model load(Path folder) {
    return load(folder, Backends.DEFAULT);
  }

  /**
   * Loads a model folder, or a Hugging Face folder that tells everything.
   *
   * @param backend a name of {@link #backends}, perhaps with a device behind a colon, {@code
   *     cuda:1}; {@code auto} is a GPU where one can be had, else {@value Backends#DEFAULT}
   * @throws InvalidInputException saying in one line what is wrong with which file
   * @throws IllegalArgumentException if there is no such backend; the message lists the choices
   * @throws UnsupportedOperationException if this machine lacks what the backend needs
   * @throws DeviceMemoryException if the device that computes has no memory for the weights
   */
  public static Model load(Path folder, String backend) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          folder + ": is not a folder; name the folder that holds config.json");
    }
    return load(backend, loader -> load(folder, loader));
  }

  private static Model load(String backend, Function<Backend, Model> loading) {
    Backend loader = Backends.open(backend);
    try {
      return orClose(loader, () -> loading.apply(loader));
    } catch (DeviceMemoryException e) {
      if (!backend.equals(Backends.AUTO) || e.isHeap()) {
        throw e;
      }
      Backends.fallingBack(loader.name(), e.getMessage());
      return load(Backends.DEFAULT, loading);
    }
  }

  private static Model orClose(Backend loader, Supplier<Model> loading) {
    boolean loaded = false;
    try {
      Model model = loading.get();
      loaded = true;
      return model;
    } finally {
      if (!loaded) {
        loader.close();
      }
    }
  }

  private static Model load(Path folder, Backend loader) {
    if (ModelImport.isForeign(folder)) {
      return load(folder, () -> ModelImport.open(ImportSettings.of(folder)), loader);
    }
    Path weights = folder.resolve("model.safetensors");
    ModelConfig config = ModelConfig.read(folder.resolve("config.json"));
    Vocabulary vocabulary = Vocabulary.read(folder.resolve("vocab.json"));
    try (Safetensors tensors = Safetensors.open(weights)) {
      return new Model(folder, config, tensors, vocabulary, FileHash.sha256(weights), loader);
    }
  }

  /**
   * Loads an imported model.
   *
   * @param folder what messages call it, and where descriptions may be
   * @param imported opens the model, again where another backend takes over; closed
   * @param backend as {@link #load(Path, String)} takes it
   * @throws InvalidInputException if a weight cannot be read
   * @throws IllegalArgumentException if there is no such backend; the message lists the choices
   * @throws UnsupportedOperationException if this machine lacks what the backend needs
   * @throws DeviceMemoryException if the device that computes has no memory for the weights
   */
  public static Model load(Path folder, Supplier<ImportedModel> imported, String backend) {
    return load(backend, loader -> load(folder, imported, loader));
  }

  private static Model load(Path folder, Supplier<ImportedModel> imported, Backend loader) {
    try (ImportedModel model = imported.get()) {
      return new Model(folder, model, loader);
    }
  }

  private Model(Path folder, ImportedModel imported, Backend loader) {
    this(
        folder,
        imported.config(),
        imported.tensors(),
        imported.vocabulary(),
        imported.survey().weightsSha256(),
        loader);
  }

  /** The folder that it came from. */
  public Path folder() {
    return folder;
  }

  /** The configuration. */
  public ModelConfig config() {
    return transformer.config();
  }

  /** What it tells apart. */
  public Labels labels() {
    return config().classifier().labels();
  }

  /** The codes that the model knows. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Texts for codes. */
  public Descriptions descriptions() {
    return descriptions;
  }

  /** SHA-256 of model.safetensors, in hexadecimal. */
  public String weightsSha256() {
    return weightsSha256;
  }

  /** Checksums of what the means of validation patients depend on. */
  BaselineInputs baselineInputs() {
    return baselineInputs;
  }

  /** The element types of the weights as they are stored, for example {@code F32}. */
  public String weightsDtype() {
    return weightsDtype;
  }

  /** Name, precision and kernels of the backend. */
  public String backendDescription() {
    return loader.name() + ": " + loader.description();
  }

  /** Decimal digits that results of this backend are printed with. */
  public int significantDigits() {
    return loader.significantDigits();
  }

  /** Number of weights. */
  public long parameterCount() {
    return transformer.parameterCount();
  }

  /** True when PAD positions provably have no influence, so that they are left out. */
  public boolean paddingIsInert() {
    return transformer.paddingIsInert();
  }

  /**
   * What the model says of a patient.
   *
   * @throws InvalidInputException if the model cannot read the trajectory
   */
  public Prediction predict(Trajectory trajectory) {
    return prediction(logits(trajectory));
  }

  /** The prediction that goes with some logits. */
  Prediction prediction(double[] logits) {
    return ScoreFunction.predict(logits, labels());
  }

  /**
   * The logits of a patient, one for each label.
   *
   * @throws InvalidInputException if the model cannot read the trajectory
   */
  public double[] logits(Trajectory trajectory) {
    return logits(trajectory, tokenize(trajectory));
  }

  /**
   * The logits of a sequence that was made elsewhere, see {@link Tokenizer#ofIds}.
   *
   * @param trajectory whose tabular values, and name in messages, are taken
   * @param sequence of this model's length
   * @throws InvalidInputException if the model cannot read the sequence
   */
  public double[] logits(Trajectory trajectory, TokenSequence sequence) {
    double[] tabular = tabular(trajectory);
    return namingShortage(
        trajectory,
        () -> withWorkspace(workspace -> logits(trajectory, sequence, tabular, workspace)));
  }

  private double[] logits(
      Trajectory trajectory, TokenSequence sequence, double[] tabular, Workspace workspace) {
    Backend backend = workspace.backend();
    TokenBatch batch = batch(sequence);
    Tensor point = naming(trajectory, () -> transformer.attributionPoint(backend, batch));
    Tensor addend = naming(trajectory, () -> transformer.addend(backend, batch));
    var ends =
        new ModelPath.Ends(
            trajectory.subjectId(),
            point.retain(),
            point,
            addend,
            batch.rows(),
            sequence.length(),
            tabular,
            tabular);
    try (ModelPath path = ModelPath.alone(transformer, workspace, ends, 1, Helpers.NONE)) {
      return path.endLogits();
    }
  }

  Transformer transformer() {
    return transformer;
  }

  TokenSequence tokenize(Trajectory trajectory) {
    return tokenizer.tokenize(trajectory);
  }

  /** The sequence alone, without the positions that the model does not need. */
  TokenBatch batch(TokenSequence sequence) {
    return new TokenBatch(List.of(sequence), transformer.rowsFor(sequence.length()));
  }

  /** Normalised tabular values; empty without a tabular branch. */
  double[] tabular(Trajectory trajectory) {
    Tabular branch = config().tabular();
    if (branch == null) {
      return new double[0];
    }
    return branch.features().stream()
        .mapToDouble(feature -> normalised(trajectory, feature))
        .toArray();
  }

  private static double normalised(Trajectory trajectory, Tabular.Feature feature) {
    Double value = trajectory.tabular().get(feature.name());
    double normalised = feature.normalise(value);
    if (!Double.isFinite(normalised)) {
      throw new InvalidInputException(
          "patient "
              + Json.quote(trajectory.subjectId())
              + ": the tabular value "
              + Json.quote(feature.name())
              + " is "
              + value
              + (Double.isFinite(value)
                  ? ", too large to be normalised; look at its unit"
                  : ", which is no number; leave it out where it is missing"));
    }
    return normalised;
  }

  /** Runs a part of the model and names the patient in what it refuses. */
  static <T> T naming(Trajectory patient, Supplier<T> part) {
    try {
      return part.get();
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          "patient " + Json.quote(patient.subjectId()) + ": " + e.getMessage(), e);
    }
  }

  /**
   * Does something for a patient, and names them where memory is short even for the least at once.
   *
   * @throws DeviceMemoryException in place of an {@link OutOfMemoryError}, too
   */
  static <T> T namingShortage(Trajectory patient, Supplier<T> work) {
    try {
      return work.get();
    } catch (DeviceMemoryException | OutOfMemoryError e) {
      throw Batches.shortage(e).during("patient " + Json.quote(patient.subjectId()));
    }
  }

  /** Runs a task on a backend that nobody else uses meanwhile. */
  <T> T withBackend(Function<Backend, T> task) {
    return withWorkspace(workspace -> task.apply(workspace.backend()));
  }

  /** Runs a task in a workspace that nobody else uses meanwhile. */
  <T> T withWorkspace(Function<Workspace, T> task) {
    return workspaces.with(task);
  }

  /** Lets go of the memory of workspaces that nobody uses, but for one. */
  void letGoOfIdle() {
    workspaces.letGo();
  }

  /**
   * Frees what the backends hold. Nothing can be computed afterwards: {@link
   * IllegalStateException}. Closing it again does nothing.
   */
  @Override
  public void close() {
    workspaces.close();
  }
}
