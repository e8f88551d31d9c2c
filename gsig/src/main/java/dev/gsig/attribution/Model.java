package dev.gsig.attribution;

import dev.gsig.attribution.path.CodeTable;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.importer.ImportSettings;
import dev.gsig.importer.ImportedModel;
import dev.gsig.importer.ModelImport;
import dev.gsig.importer.internal.GraphInputs;
import dev.gsig.importer.internal.GraphModel;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.config.Tabular;
import dev.gsig.transformer.internal.RandomWeights;
import dev.gsig.transformer.internal.Transformer;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A model folder in memory: the native Transformer, or a graph in the ONNX format, with vocabulary
 * and descriptions. Its inputs are {@code sequence}, the tensor at the attribution point, {@code
 * values}, the numbers beside the codes, where it reads them, and {@code tabular}, the normalised
 * values, where it reads such. Immutable.
 */
public final class Model extends ExplainableModel {
  /** The name of the input that has rows: the sequence at the attribution point. */
  public static final String SEQUENCE = "sequence";

  /** The name of the input of the numbers beside the codes. */
  public static final String VALUES = "values";

  /** The name of the input that has entries: the normalised tabular values. */
  public static final String TABULAR = "tabular";

  /** Names of the inputs that a model folder may have; all have the first. */
  public static final List<String> INPUTS = List.of(SEQUENCE, VALUES, TABULAR);

  private final Path folder;
  private final Network network;
  private final Vocabulary vocabulary;
  private final Tokenizer tokenizer;
  private final Descriptions descriptions;
  private final String weightsSha256;
  private final BaselineInputs baselineInputs;
  private final String weightsDtype;
  private final BiFunction<Backend, Replaced, Model> again;
  private final Labels labels;
  private CodeTable codeTable;

  /**
   * Parts of the weights that random numbers replace.
   *
   * @param parts their names; none for the model's own weights
   */
  private record Replaced(Set<String> parts, long seed) {
    static final Replaced NONE = new Replaced(Set.of(), 0);

    TensorSource in(TensorSource tensors) {
      return parts.isEmpty() ? tensors : new RandomWeights(tensors, parts, seed);
    }

    String checksum(String sha256) {
      return parts.isEmpty()
          ? sha256
          : FileHash.sha256(sha256 + new TreeSet<>(parts) + " seed " + seed);
    }
  }

  /**
   * What a model is made of.
   *
   * @param sha256 of the weights, those replaced included
   * @param dtype the element types of the weights
   * @param inputs what the means of a baseline depend on
   */
  private record Parts(
      Path folder,
      Network network,
      Vocabulary vocabulary,
      String sha256,
      String dtype,
      BaselineInputs inputs) {}

  /**
   * A model.
   *
   * @param again loads it anew, perhaps with other weights
   */
  private Model(Parts parts, Backend loader, BiFunction<Backend, Replaced, Model> again) {
    super(parts.folder.toString(), loader);
    this.again = again;
    folder = parts.folder;
    network = parts.network;
    vocabulary = parts.vocabulary;
    weightsSha256 = parts.sha256;
    weightsDtype = parts.dtype;
    tokenizer = network.tokenizer(vocabulary);
    labels = network.labels(vocabulary);
    baselineInputs = parts.inputs;
    Path texts = folder.resolve(Descriptions.FILE_NAME);
    descriptions = Files.exists(texts) ? Descriptions.read(texts) : Descriptions.NONE;
  }

  /** The native Transformer of a configuration. */
  private static Parts parts(
      Path folder,
      ModelConfig config,
      TensorSource tensors,
      Vocabulary vocabulary,
      String sha256,
      Backend loader,
      Replaced replaced) {
    String weights = replaced.checksum(sha256);
    String dtype =
        tensors.names().stream()
            .map(tensors::dtype)
            .filter(DType::isReadable)
            .map(Enum::name)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return new Parts(
        folder,
        new NativeNetwork(Transformer.load(replaced.in(tensors), config, loader)),
        vocabulary,
        weights,
        dtype,
        BaselineInputs.of(weights, config, vocabulary));
  }

  /** Names that {@link #load(Path, String) load} takes, {@code auto} included, in order. */
  public static List<String> backends() {
    return Backends.names();
  }

  /**
   * Loads a model folder on the default backend, {@value Backends#DEFAULT}.
   *
   * @param folder holds config.json, model.safetensors, vocab.json and perhaps descriptions.json;
   *     or model.onnx, inputs.json and vocab.json
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
    return load(folder, backend, true);
  }

  /**
   * Loads a model folder as {@link #load(Path, String)} does.
   *
   * @param fused whether a graph's linear layers, norms and attention are computed by the backend;
   *     if not, it is computed node by node in 53 bits, the slow reference
   * @throws InvalidInputException as there, and if it is not fused and no graph
   * @throws IllegalArgumentException as there
   * @throws UnsupportedOperationException as there
   * @throws DeviceMemoryException as there
   */
  public static Model load(Path folder, String backend, boolean fused) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          folder + ": is not a folder; name the folder that holds config.json or inputs.json");
    }
    if (GraphModel.isIn(folder)) {
      return load(backend, (loader, replaced) -> load(folder, fused, loader, replaced));
    }
    if (!fused) {
      throw new InvalidInputException(
          folder + ": holds no graph in the ONNX format, so that nothing is fused in it");
    }
    return load(backend, (loader, replaced) -> load(folder, loader, replaced));
  }

  /** Loads a graph in the ONNX format. */
  private static Model load(Path folder, boolean fused, Backend loader, Replaced replaced) {
    GraphModel opened = GraphModel.open(folder);
    GraphModel graph =
        replaced.parts.isEmpty() ? opened : opened.randomised(replaced.parts, replaced.seed);
    String sha256 = replaced.checksum(graph.sha256());
    return new Model(
        new Parts(
            folder,
            new GraphNetwork(graph, loader, fused),
            graph.vocabulary(),
            sha256,
            String.join(", ", graph.graph().facts().types()),
            BaselineInputs.of(sha256, graph)),
        loader,
        (other, r) -> load(folder, fused, other, r));
  }

  private static Model load(String backend, BiFunction<Backend, Replaced, Model> loading) {
    Backend loader = Backends.open(backend);
    try {
      return orClose(loader, () -> loading.apply(loader, Replaced.NONE));
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

  private static Model load(Path folder, Backend loader, Replaced replaced) {
    if (ModelImport.isForeign(folder)) {
      return load(folder, () -> ModelImport.open(ImportSettings.of(folder)), loader, replaced);
    }
    Path weights = folder.resolve("model.safetensors");
    ModelConfig config = ModelConfig.read(folder.resolve("config.json"));
    Vocabulary vocabulary = Vocabulary.read(folder.resolve("vocab.json"));
    try (Safetensors tensors = Safetensors.open(weights)) {
      return new Model(
          parts(folder, config, tensors, vocabulary, FileHash.sha256(weights), loader, replaced),
          loader,
          (other, r) -> load(folder, other, r));
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
    return load(backend, (loader, replaced) -> load(folder, imported, loader, replaced));
  }

  private static Model load(
      Path folder, Supplier<ImportedModel> imported, Backend loader, Replaced replaced) {
    try (ImportedModel model = imported.get()) {
      String sha256 = model.survey().weightsSha256();
      return new Model(
          parts(
              folder,
              model.config(),
              model.tensors(),
              model.vocabulary(),
              sha256,
              loader,
              replaced),
          loader,
          (other, r) -> load(folder, imported, other, r));
    }
  }

  /**
   * The classifier (with the tabular branch), the pooling, the layers from the last to the first,
   * the embeddings; parts without weights are left out. Of a graph its layers, by the names of the
   * module that was exported.
   */
  @Override
  public List<String> weightParts() {
    return network.weightParts();
  }

  /**
   * This model with random weights in some of its parts: each tensor's values become draws from a
   * normal distribution of their own mean and standard deviation. The folder is read again.
   *
   * @throws IllegalArgumentException if there are not so many parts
   */
  @Override
  public Model randomised(int parts, long seed) {
    List<String> all = weightParts();
    if (parts < 0 || parts > all.size()) {
      throw new IllegalArgumentException("parts must be 0 to " + all.size() + ", but is " + parts);
    }
    Replaced replaced = new Replaced(Set.copyOf(all.subList(0, parts)), seed);
    Backend loader = withBackend(Backend::fork);
    return orClose(loader, () -> again.apply(loader, replaced));
  }

  /** The folder that it came from. */
  public Path folder() {
    return folder;
  }

  /**
   * The configuration of a native Transformer.
   *
   * @throws IllegalStateException if it is a graph
   */
  public ModelConfig config() {
    return transformer().config();
  }

  /** The tabular values that it reads, in order; none if it reads none. */
  public List<Tabular.Feature> features() {
    return network.features();
  }

  /** Names of the tabular values that it reads, in order. */
  public List<String> featureNames() {
    return features().stream().map(Tabular.Feature::name).toList();
  }

  /** Whether the rows of its first input are those of the tokens and nothing else. */
  public boolean startsAtCodes() {
    return network.startsAtCodes();
  }

  @Override
  public Labels labels() {
    return labels;
  }

  @Override
  public boolean predictsTokens() {
    return network.predictsTokens();
  }

  /** The file of a model folder that says what the model is. */
  public static Path configuration(Path folder) {
    return folder.resolve(GraphModel.isIn(folder) ? GraphInputs.FILE_NAME : "config.json");
  }

  /** What is known of a model that is a graph; null of a native Transformer. */
  public GraphFacts graph() {
    return network instanceof GraphNetwork own ? own.facts() : null;
  }

  /** The codes that the model knows. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Texts for codes. */
  public Descriptions descriptions() {
    return descriptions;
  }

  /** SHA-256 of the weights' files, in hexadecimal. */
  public String weightsSha256() {
    return weightsSha256;
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Checksums of the weights, the vocabulary and what of the configuration enters the inputs. */
  @Override
  public String version() {
    return checksums().toString();
  }

  /** The element types of the weights as they are stored, for example {@code F32}. */
  public String weightsDtype() {
    return weightsDtype;
  }

  /** Number of weights. */
  public long parameterCount() {
    return network.parameterCount();
  }

  /** True when PAD positions provably have no influence, so that they are left out. */
  @Override
  public boolean paddingIsInert() {
    return network.paddingIsInert();
  }

  @Override
  public boolean isSmooth() {
    return network.isSmooth();
  }

  @Override
  public List<PathInput> inputs(Backend backend, Subject subject) {
    double[] entries = tabular(subject.trajectory());
    List<PathInput> inputs = new ArrayList<>(network.rows(backend, subject));
    if (hasEntries()) {
      inputs.add(PathInput.entries(TABULAR, featureNames(), entries));
    }
    return inputs;
  }

  @Override
  public Variable logits(Tape tape, List<Variable> inputs, List<Subject> subjects) {
    int rows = network.rowInputs().size();
    Variable entries = hasEntries() ? inputs.get(rows) : null;
    return network.logits(tape, inputs.subList(0, rows), entries, subjects);
  }

  /** Downloaded once, when somebody asks for it. */
  @Override
  synchronized CodeTable codeTable() {
    if (codeTable == null && startsAtCodes()) {
      codeTable = withBackend(network::codes);
    }
    return codeTable;
  }

  /** The native Transformer. */
  Transformer transformer() {
    if (network instanceof NativeNetwork own) {
      return own.transformer();
    }
    throw new IllegalStateException(this + " is no native Transformer");
  }

  private boolean hasEntries() {
    return !network.features().isEmpty();
  }

  /**
   * Names of the inputs that paths lead to, which {@link ExplainOptions#fixed} may hold: {@code
   * sequence}; of a graph the tables whose rows are apart from the first one's, by their names;
   * then {@code values} and {@code tabular}, where it reads such.
   */
  @Override
  public List<String> inputNames() {
    List<String> names = new ArrayList<>(network.rowInputs());
    if (hasEntries()) {
      names.add(TABULAR);
    }
    return names;
  }

  @Override
  boolean movesRows(Set<String> fixed) {
    return network.rowInputs().stream().anyMatch(n -> !n.equals(VALUES) && !fixed.contains(n));
  }

  @Override
  Boolean movesEntries(Set<String> fixed) {
    return hasEntries() && !fixed.contains(TABULAR);
  }

  @Override
  long activationsPerStep(Backend backend, int rows) {
    return network.activationsPerStep(backend, rows);
  }

  @Override
  int mostStepsPerPass(Backend backend, int rows) {
    return network.mostStepsPerPass(backend, rows);
  }

  @Override
  Map<String, String> checksums() {
    return baselineInputs.toMap();
  }

  @Override
  String differenceFrom(Map<String, String> checksums) {
    return BaselineInputs.read(checksums)
        .differenceFrom(baselineInputs, folder.toString(), configurationName());
  }

  @Override
  String configurationName() {
    return configuration(folder).getFileName().toString();
  }

  @Override
  String howToMakeBaseline(Path file) {
    boolean elsewhere = file != null && !file.equals(folder.resolve(Baseline.FILE_NAME));
    return "make it again with: gsig baseline --model "
        + folder
        + " --cohort VALIDATION.jsonl"
        + (elsewhere ? " --out " + file : "");
  }

  /** Normalised tabular values; empty without a tabular branch. */
  double[] tabular(Trajectory trajectory) {
    return features().stream().mapToDouble(feature -> normalised(trajectory, feature)).toArray();
  }

  private static double normalised(Trajectory trajectory, Tabular.Feature feature) {
    Double value = trajectory.tabular().get(feature.name());
    double normalised = feature.normalise(value);
    if (!Double.isFinite(normalised)) {
      throw new InvalidInputException(
          "the tabular value "
              + Json.quote(feature.name())
              + " is "
              + value
              + (Double.isFinite(value)
                  ? ", too large to be normalised; look at its unit"
                  : ", which is no number; leave it out where it is missing"));
    }
    return normalised;
  }
}
