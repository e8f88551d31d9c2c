package dev.gsig.importer.internal.check;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.importer.internal.GraphInput;
import dev.gsig.importer.internal.GraphModel;
import dev.gsig.importer.internal.GraphSource;
import dev.gsig.transformer.config.Tabular;
import dev.gsig.transformer.safetensors.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Inputs and the logits that PyTorch computes for them: {@code input_ids [N, L]}, {@code logits [N,
 * labels]}, and where the model reads them {@code age [N, L]} (rows of the age table, or the number
 * that a layer reads), {@code token_type [N, L]}, {@code time [N, L]} and {@code value [N, L]} (the
 * numbers that their layers read, NaN where a code has no value) and {@code tabular [N, T]} (values
 * as a cohort has them, before they are normalised; NaN where one is missing).
 */
public final class CheckFile {
  private static final String IDS = "input_ids";
  private static final String LOGITS = "logits";
  private static final String TABULAR = "tabular";
  private static final List<String> KNOWN =
      List.of(IDS, LOGITS, "age", "token_type", "time", "value", TABULAR);

  private final Path file;
  private final Map<String, Matrix> classes = new LinkedHashMap<>();
  private List<Tabular.Feature> normalised;
  private final Map<String, Matrix> arrays = new LinkedHashMap<>();

  private CheckFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @param file a {@code .npz} or {@code .safetensors} file
   * @throws InvalidInputException if it cannot be read, or inputs and logits do not go together
   */
  public static CheckFile read(Path file) {
    CheckFile check = new CheckFile(file);
    Map<String, Matrix> all = arrays(file, KNOWN);
    KNOWN.stream().filter(all::containsKey).forEach(name -> check.arrays.put(name, all.get(name)));
    check.requireSound();
    return check;
  }

  /**
   * Reads a file of what a graph was given and gave, by the names that the graph has for it.
   *
   * @param file a {@code .npz} or {@code .safetensors} file
   * @param graph the graph
   * @throws InvalidInputException if it cannot be read, or inputs and outputs do not go together
   */
  public static CheckFile read(Path file, GraphModel graph) {
    CheckFile check = new CheckFile(file);
    Map<String, Matrix> all = arrays(file, null);
    for (GraphInput input : graph.inputs().all()) {
      Matrix array = all.get(input.name());
      if (array == null) {
        throw new InvalidInputException(
            file + ": has no array \"" + input.name() + "\", which the graph takes");
      }
      switch (input.source()) {
        case TOKENS -> check.arrays.put(IDS, array);
        case AGE, TOKEN_TYPE, TIME -> check.arrays.put(input.source().configName(), array);
        case VALUE -> check.arrays.put("value", array);
        case TABULAR -> check.addTabular(input, array, graph);
        default -> {
          // what follows from the tokens is made anew, and shows in the logits
        }
      }
    }
    check.maskValues(graph, all);
    String output = graph.inputs().outputInWords().get("output");
    Matrix given = all.getOrDefault(output, all.get(LOGITS));
    if (given != null) {
      check.arrays.put(LOGITS, given);
    }
    check.requireSound();
    check.normalised = graph.inputs().record().features();
    for (GraphInput input : graph.inputs().all()) {
      if (input.source() == GraphSource.MASK) {
        check.requireMask(input, all.get(input.name()), graph);
      }
    }
    check.cutToReadout(graph);
    return check;
  }

  /** The tabular values of an input, in the columns of the features that it takes. */
  private void addTabular(GraphInput input, Matrix array, GraphModel graph) {
    if (!input.isOnPath()) {
      classes.put(input.feature(), array);
      return;
    }
    int[] columns = graph.inputs().columns(input);
    int all = graph.inputs().record().features().size();
    Matrix before = arrays.getOrDefault(TABULAR, Matrix.zeros(array.rows(), all));
    if (array.rows() != before.rows() || array.columns() != columns.length) {
      throw new InvalidInputException(
          file
              + ": \""
              + input.name()
              + "\" has "
              + array.rows()
              + " rows of "
              + array.columns()
              + " numbers, where "
              + before.rows()
              + " of "
              + columns.length
              + " are read");
    }
    arrays.put(TABULAR, before.with(columns, array));
  }

  /** Where a graph is told that there is no value, there is none. */
  private void maskValues(GraphModel graph, Map<String, Matrix> all) {
    for (GraphInput input : graph.inputs().all()) {
      Matrix value = arrays.get("value");
      if (input.source() == GraphSource.VALUE_MASK && value != null) {
        double[] there = all.get(input.name()).values();
        double[] values = value.values().clone();
        for (int i = 0; i < Math.min(values.length, there.length); i++) {
          values[i] = there[i] == input.real() ? values[i] : Double.NaN;
        }
        arrays.put("value", new Matrix(value.rows(), value.columns(), values));
      }
    }
  }

  /**
   * A mask that is the wrong way round may show in no logit, for a patient who is computed at their
   * own length has but one number in it.
   */
  private void requireMask(GraphInput input, Matrix mask, GraphModel graph) {
    for (int row = 0; row < Math.min(size(), mask.rows()); row++) {
      int length = realLength(row, graph);
      for (int j = 0; j < mask.columns(); j++) {
        int told = j < length ? input.real() : 1 - input.real();
        if (mask.row(row)[j] != told) {
          throw new InvalidInputException(
              file
                  + ": \""
                  + input.name()
                  + "\" holds "
                  + (long) mask.row(row)[j]
                  + " at position "
                  + j
                  + " of row "
                  + row
                  + ", where "
                  + told
                  + " is told of a "
                  + (j < length ? "real token" : "PAD")
                  + "; correct \"real\" of this input");
        }
      }
    }
  }

  /** Tokens of a row without the PAD at its end. */
  private int realLength(int row, GraphModel graph) {
    int[] ids = integers(IDS, row);
    int length = ids.length;
    while (length > 1 && ids[length - 1] == graph.inputs().record().specialTokens().pad()) {
      length--;
    }
    return length;
  }

  /** Of an output with a row for each position, the one that is read. */
  private void cutToReadout(GraphModel graph) {
    if (!graph.givesRows()) {
      return;
    }
    Matrix all = arrays.get(LOGITS);
    int labels = graph.logits();
    double[] read = new double[size() * labels];
    for (int row = 0; row < size(); row++) {
      int from = graph.inputs().readout(realLength(row, graph)) * labels;
      if (all.columns() < from + labels) {
        throw new InvalidInputException(
            file + ": the output has no row of " + labels + " logits for each position");
      }
      System.arraycopy(all.row(row), from, read, row * labels, labels);
    }
    arrays.put(LOGITS, new Matrix(size(), labels, read));
  }

  /**
   * The arrays of a file.
   *
   * @param wanted their names; null for all
   */
  private static Map<String, Matrix> arrays(Path file, List<String> wanted) {
    if (!file.toString().endsWith(".safetensors")) {
      return Npz.read(file);
    }
    Map<String, Matrix> arrays = new LinkedHashMap<>();
    try (Safetensors tensors = Safetensors.open(file)) {
      for (String name : tensors.names()) {
        if (wanted == null || wanted.contains(name)) {
          double[] values =
              tensors.dtype(name).isReadable() ? tensors.read(name) : tensors.readIntegers(name);
          arrays.put(name, Matrix.of(tensors.shape(name), values));
        }
      }
    }
    return arrays;
  }

  private void requireSound() {
    for (String name : List.of(IDS, LOGITS)) {
      if (!arrays.containsKey(name) || arrays.get(name).values().length == 0) {
        throw new InvalidInputException(
            file
                + ": needs arrays \"input_ids\" and \"logits\", and \""
                + name
                + "\" is not there, or empty");
      }
    }
    if (!Arrays.stream(arrays.get(LOGITS).values()).allMatch(Double::isFinite)) {
      throw new InvalidInputException(file + ": \"logits\" holds NaN or infinity");
    }
    arrays.forEach(
        (name, matrix) -> {
          if (matrix.rows() != size()) {
            throw new InvalidInputException(
                file
                    + ": \""
                    + name
                    + "\" has "
                    + matrix.rows()
                    + " rows, \"input_ids\" "
                    + size());
          }
        });
  }

  /** How many sequences there are. */
  public int size() {
    return arrays.get(IDS).rows();
  }

  /** The positions that the sequences were computed with. */
  public int length() {
    return arrays.get(IDS).columns();
  }

  /** The expected logits of a sequence. */
  public double[] logits(int row) {
    return arrays.get(LOGITS).row(row);
  }

  /** All values of an array as they are in the file, row by row; null if it is not there. */
  public double[] values(String array) {
    return arrays.containsKey(array) ? arrays.get(array).values().clone() : null;
  }

  /** A sequence as a model reads it. */
  public TokenSequence sequence(int row, Tokenizer tokenizer) {
    try {
      return tokenizer.ofIds(
          integers(IDS, row),
          finite("age", row),
          integers("token_type", row),
          finite("time", row),
          numbers("value", row));
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": row " + row + ": " + e.getMessage(), e);
    }
  }

  /** The tabular values of a sequence by name; those that are missing are left out. */
  public Map<String, Double> tabular(int row, List<String> names) {
    Map<String, Double> values = new LinkedHashMap<>();
    classes.forEach((name, matrix) -> values.put(name, matrix.row(row)[0]));
    Matrix matrix = arrays.get(TABULAR);
    if (names.isEmpty()) {
      return values;
    }
    if (matrix == null || matrix.columns() != names.size()) {
      throw new InvalidInputException(
          file
              + ": the model reads "
              + names.size()
              + " tabular values, but \"tabular\" has "
              + (matrix == null ? 0 : matrix.columns()));
    }
    double[] all = matrix.row(row);
    for (int i = 0; i < all.length; i++) {
      if (!Double.isNaN(all[i])) {
        values.put(names.get(i), raw(i, all[i]));
      }
    }
    return values;
  }

  /** A tabular value as a cohort has it; a graph is given normalised ones. */
  private double raw(int feature, double value) {
    return normalised == null
        ? value
        : value * normalised.get(feature).std() + normalised.get(feature).mean();
  }

  private double[] numbers(String name, int row) {
    double[] numbers = arrays.containsKey(name) ? arrays.get(name).row(row) : null;
    if (numbers != null && Arrays.stream(numbers).anyMatch(Double::isInfinite)) {
      throw new InvalidInputException('"' + name + "\" holds infinity");
    }
    return numbers;
  }

  private double[] finite(String name, int row) {
    double[] numbers = numbers(name, row);
    if (numbers != null && Arrays.stream(numbers).anyMatch(Double::isNaN)) {
      throw new InvalidInputException('"' + name + "\" holds NaN");
    }
    return numbers;
  }

  private int[] integers(String name, int row) {
    if (!arrays.containsKey(name)) {
      return null;
    }
    double[] values = arrays.get(name).row(row);
    int[] integers = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      integers[i] = (int) values[i];
      if (integers[i] != values[i] || integers[i] < 0) {
        throw new InvalidInputException(
            file
                + ": \""
                + name
                + "\" must hold whole numbers from 0 up, but row "
                + row
                + " holds "
                + values[i]);
      }
    }
    return integers;
  }
}
