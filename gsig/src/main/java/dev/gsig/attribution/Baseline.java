package dev.gsig.attribution;

import dev.gsig.attribution.internal.run.CohortRun;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.Safetensors;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Statistics of a validation set that the manifold baselines and the tabular mean start from. Made
 * for one model, and refused by others: by checksums of what the means depend on. Immutable.
 *
 * <p>A file has, for each input NAME of rows, the tensors {@code NAME.manifold_mean} and {@code
 * NAME.manifold_mean_unpadded}, {@code [L, cols]}, and for one of entries {@code NAME.mean}, {@code
 * [n]}; the inputs of {@link Model} are {@code sequence} and {@code tabular}. For values beside the
 * codes it has {@code codes.value_mean} and {@code codes.value_count}, by the codes' ids.
 */
public final class Baseline implements Serializable {
  /** File name in a model folder. */
  public static final String FILE_NAME = "baseline.safetensors";

  private static final long serialVersionUID = 1L;
  private static final String MEAN = ".manifold_mean";
  private static final String UNPADDED = ".manifold_mean_unpadded";
  private static final String ENTRIES = ".mean";
  private static final String VALUE_MEAN = "codes.value_mean";
  private static final String VALUE_COUNT = "codes.value_count";
  private static final String PATIENTS = "patients";
  private static final String WEIGHTS = "weights_sha256";
  private static final String CHECKSUM = "_sha256";

  private final transient Path file;
  private final Map<String, String> checksums;
  private final int patients;
  private final Map<String, Means> inputs;
  private final MeanValues values;

  /**
   * Means of the values that were measured, in the unit of the records, by the ids of the codes.
   *
   * @param count how many there were of each; 0 where the mean means nothing
   */
  private record MeanValues(double[] mean, double[] count) implements Serializable {}

  /**
   * Means of an input, {@code [rows, cols]} row-major.
   *
   * @param mean over all patients
   * @param unpadded over those who have a real token there; null for entries
   */
  private record Means(int rows, int cols, double[] mean, double[] unpadded)
      implements Serializable {}

  private Baseline(
      Path file,
      Map<String, String> checksums,
      int patients,
      Map<String, Means> inputs,
      MeanValues values) {
    this.file = file;
    this.checksums = checksums;
    this.patients = patients;
    this.inputs = inputs;
    this.values = values;
  }

  /**
   * Computes the means of each input: of rows at each of the L positions, over all patients and
   * over those who have a real token there; of entries over all patients. Of {@link Model} these
   * are the attribution-point tensor and the normalised tabular values (a missing one counts as 0).
   * Of values beside the codes it is the mean of each code's, over the tokens that the model reads.
   * Sums are taken in float64, in the order of the patients.
   *
   * @throws InvalidInputException if there is no patient, or one that the model cannot read
   */
  public static Baseline estimate(ExplainableModel model, Iterable<Trajectory> validation) {
    return estimate(model, validation, CohortRun.REFUSE);
  }

  /**
   * Computes the means as {@link #estimate(ExplainableModel, Iterable)} does, without patients that
   * the model cannot read.
   *
   * @param leftOut takes them, and why
   * @throws InvalidInputException if no patient is left
   */
  public static Baseline estimate(
      ExplainableModel model,
      Iterable<Trajectory> validation,
      BiConsumer<Trajectory, InvalidInputException> leftOut) {
    List<Sums> sums = new ArrayList<>();
    ValueSums valueSums = ValueSums.of(model.tokenizer());
    int patients = 0;
    for (Trajectory trajectory : validation) {
      TokenSequence sequence;
      List<InputValue> values;
      try {
        sequence = model.tokenize(trajectory);
        values = InputValue.of(model, new Subject(trajectory, sequence, sequence.maxLength()));
        values.removeIf(InputValue::isOfValues);
      } catch (InvalidInputException e) {
        leftOut.accept(trajectory, e);
        continue;
      }
      if (patients == 0) {
        values.forEach(value -> sums.add(new Sums(value)));
      }
      for (int i = 0; i < values.size(); i++) {
        sums.get(i).add(values.get(i), sequence.length());
      }
      if (valueSums != null) {
        valueSums.add(trajectory, sequence);
      }
      patients++;
    }
    if (patients == 0) {
      throw new InvalidInputException("the validation cohort has no patient; name another file");
    }
    Map<String, Means> inputs = new LinkedHashMap<>();
    for (Sums s : sums) {
      inputs.put(s.first.name(), s.means(patients));
    }
    return new Baseline(
        null, model.checksums(), patients, inputs, valueSums == null ? null : valueSums.means());
  }

  /** Running sums of the values of each code, by its id. */
  private record ValueSums(Vocabulary vocabulary, double[] sums, double[] count) {
    /** None yet; null for a model that reads no values. */
    static ValueSums of(Tokenizer tokenizer) {
      if (tokenizer.valueInput() == null) {
        return null;
      }
      int size = tokenizer.vocabulary().largestId() + 1;
      return new ValueSums(tokenizer.vocabulary(), new double[size], new double[size]);
    }

    void add(Trajectory patient, TokenSequence sequence) {
      double[] read = sequence.value();
      for (int j = 0; j < sequence.length(); j++) {
        if (!Double.isNaN(read[j])) {
          int id = vocabulary.idOf(sequence.code(j)).orElseThrow();
          sums[id] += patient.visits().get(sequence.visit(j)).value(sequence.codeIndex(j));
          count[id]++;
        }
      }
    }

    MeanValues means() {
      double[] mean = new double[sums.length];
      Arrays.setAll(mean, id -> count[id] == 0 ? 0 : sums[id] / count[id]);
      return new MeanValues(mean, count);
    }
  }

  /** Running sums of an input. */
  private static final class Sums {
    final InputValue first;
    final double[] all;
    final double[] real;
    final int[] occupied;

    Sums(InputValue first) {
      this.first = first;
      all = new double[first.numbers().length];
      real = new double[first.numbers().length];
      occupied = new int[first.shape().rows()];
    }

    /**
     * Adds a patient.
     *
     * @param length real tokens
     */
    void add(InputValue value, int length) {
      if (!value.name().equals(first.name()) || !value.shape().equals(first.shape())) {
        throw new IllegalStateException(
            "the input '"
                + value.name()
                + "' has the shape "
                + value.shape()
                + ", where that of another patient is '"
                + first.name()
                + "' and has "
                + first.shape());
      }
      double[] numbers = value.numbers();
      int d = first.shape().cols();
      for (int i = 0; i < all.length; i++) {
        all[i] += numbers[i];
        real[i] += i < length * d ? numbers[i] : 0;
      }
      for (int j = 0; j < Math.min(length, occupied.length); j++) {
        occupied[j]++;
      }
    }

    Means means(int patients) {
      double[] mean = all.clone();
      for (int i = 0; i < mean.length; i++) {
        mean[i] /= patients;
      }
      double[] unpadded = first.isRows() ? overReal(mean) : null;
      return new Means(first.shape().rows(), first.shape().cols(), mean, unpadded);
    }

    /** Where nobody has a real token, all are PAD: the mean over all is the PAD tensor. */
    private double[] overReal(double[] overAll) {
      double[] mean = overAll.clone();
      for (int i = 0; i < mean.length; i++) {
        int count = occupied[i / first.shape().cols()];
        if (count > 0) {
          mean[i] = real[i] / count;
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
      Map<String, Means> inputs = new LinkedHashMap<>();
      for (String tensor : tensors.names()) {
        if (tensor.endsWith(MEAN)) {
          String name = tensor.substring(0, tensor.length() - MEAN.length());
          inputs.put(name, rows(file, tensors, name));
        } else if (tensor.endsWith(ENTRIES)) {
          String name = tensor.substring(0, tensor.length() - ENTRIES.length());
          double[] mean = tensors.read(tensor);
          inputs.put(name, new Means(1, mean.length, mean, null));
        }
      }
      if (inputs.isEmpty()) {
        throw notABaseline(
            file, "it has no tensor such as 'sequence" + MEAN + "' or 'tabular" + ENTRIES + "'");
      }
      Map<String, String> checksums = new LinkedHashMap<>(tensors.metadata());
      checksums.keySet().removeIf(key -> !key.endsWith(CHECKSUM));
      String count = tensors.metadata().getOrDefault(PATIENTS, "");
      boolean made =
          checksums.keySet().stream()
              .anyMatch(List.of(WEIGHTS, ExplainableModel.VERSION)::contains);
      if (!made || !count.matches("[1-9][0-9]{0,8}")) {
        throw notABaseline(file, "its metadata lack '" + WEIGHTS + "' or '" + PATIENTS + "'");
      }
      return new Baseline(file, checksums, Integer.parseInt(count), inputs, values(file, tensors));
    }
  }

  private static MeanValues values(Path file, Safetensors tensors) {
    boolean mean = tensors.names().contains(VALUE_MEAN);
    if (mean != tensors.names().contains(VALUE_COUNT)
        || (mean && !tensors.info(VALUE_MEAN).shape().equals(tensors.info(VALUE_COUNT).shape()))) {
      throw notABaseline(
          file, "it has no tensors '" + VALUE_MEAN + "' and '" + VALUE_COUNT + "' of one shape");
    }
    return mean ? new MeanValues(tensors.read(VALUE_MEAN), tensors.read(VALUE_COUNT)) : null;
  }

  private static Means rows(Path file, Safetensors tensors, String name) {
    if (!tensors.names().contains(name + UNPADDED)) {
      throw notABaseline(file, "it has no tensor '" + name + UNPADDED + "'");
    }
    List<Long> shape = tensors.info(name + MEAN).shape();
    List<Long> other = tensors.info(name + UNPADDED).shape();
    boolean usable = shape.stream().allMatch(n -> n >= 1 && n <= Integer.MAX_VALUE);
    if (shape.size() != 2 || !shape.equals(other) || !usable) {
      throw notABaseline(
          file, "its means have the shapes " + shape + " and " + other + ", not one of a table");
    }
    return new Means(
        Math.toIntExact(shape.get(0)),
        Math.toIntExact(shape.get(1)),
        tensors.read(name + MEAN),
        tensors.read(name + UNPADDED));
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
    inputs.forEach(
        (name, m) -> {
          if (m.unpadded == null) {
            tensors.put(name + ENTRIES, NamedTensor.f64(m.mean, m.cols));
          } else {
            tensors.put(name + MEAN, NamedTensor.f64(m.mean, m.rows, m.cols));
            tensors.put(name + UNPADDED, NamedTensor.f64(m.unpadded, m.rows, m.cols));
          }
        });
    if (values != null) {
      tensors.put(VALUE_MEAN, NamedTensor.f64(values.mean, values.mean.length));
      tensors.put(VALUE_COUNT, NamedTensor.f64(values.count, values.count.length));
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(PATIENTS, Integer.toString(patients));
    metadata.putAll(checksums);
    SafetensorsWriter.write(file, metadata, tensors);
  }

  /**
   * The mean of a code's values, in the unit of the records; null if nobody has one.
   *
   * @throws InvalidInputException if no means of values are there, as they are not in files from
   *     before the model read values
   */
  Double meanValue(ExplainableModel model, String code) {
    if (values == null) {
      throw refused(model, "has no means of the values of codes");
    }
    int id = model.tokenizer().vocabulary().idOf(code).orElse(Integer.MAX_VALUE);
    return id < values.count.length && values.count[id] > 0 ? (Double) values.mean[id] : null;
  }

  /** Number of patients behind the means. */
  public int patients() {
    return patients;
  }

  /** SHA-256 of the weights that it was made for; null if that is no {@link Model}. */
  public String weightsSha256() {
    return checksums.get(WEIGHTS);
  }

  /**
   * Makes sure that it belongs to a model: that it was made with this {@link
   * ExplainableModel#version}; for a {@link Model} with these weights, this vocabulary, the same
   * tabular means and deviations, and the same configuration of everything that enters the tensor
   * at the attribution point.
   *
   * @throws InvalidInputException if not, or if the file does not tell, with how it is made anew
   */
  public void requireMadeFor(ExplainableModel model) {
    String difference = model.differenceFrom(checksums);
    if (difference != null) {
      throw refused(model, difference);
    }
  }

  private InvalidInputException refused(ExplainableModel model, String why) {
    return new InvalidInputException(
        (file == null ? "the baseline" : file) + ": " + why + "; " + model.howToMakeBaseline(file));
  }

  /**
   * Means of a model's rows at each position, {@code [L, cols]} row-major. Not to be modified.
   *
   * @param padded over all patients, PAD included; else over those who have a real token there
   */
  double[] rows(ExplainableModel model, PathInput input, boolean padded) {
    requireSize(model, input, model.tokenizer().maxLength() * input.shape().cols());
    return rows(input.name(), padded);
  }

  /** Means of a model's entries. Not to be modified. */
  double[] entries(ExplainableModel model, PathInput input) {
    requireSize(model, input, input.shape().cols());
    return entries(input.name());
  }

  private void requireSize(ExplainableModel model, PathInput input, int size) {
    Means means = inputs.get(input.name());
    if (means == null || (means.unpadded != null) != input.isRows()) {
      throw refused(model, "has no means of " + input);
    }
    if (means.mean.length != size) {
      throw refused(model, "has means of other sizes than " + model.name());
    }
  }

  /** Means of rows at each position, {@code [L, cols]} row-major. Not to be modified. */
  double[] rows(String input, boolean padded) {
    Means means = inputs.get(input);
    return padded ? means.mean : means.unpadded;
  }

  /** Means of entries; none if the model has no such input. Not to be modified. */
  double[] entries(String input) {
    Means means = inputs.get(input);
    return means == null ? new double[0] : means.mean;
  }
}
