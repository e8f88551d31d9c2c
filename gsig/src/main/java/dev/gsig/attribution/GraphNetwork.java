package dev.gsig.attribution;

import dev.gsig.attribution.path.CodeTable;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.Axis;
import dev.gsig.autodiff.op.Concatenate;
import dev.gsig.autodiff.op.Gather;
import dev.gsig.autodiff.op.Slice;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.importer.internal.GraphInput;
import dev.gsig.importer.internal.GraphModel;
import dev.gsig.importer.internal.GraphSource;
import dev.gsig.onnx.OnnxFunction;
import dev.gsig.onnx.OnnxTable;
import dev.gsig.onnx.tensor.NdArray;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Shape;
import dev.gsig.transformer.config.Tabular;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A graph in the ONNX format. Paths start at the rows that it gathers from its tables, and at the
 * values and tabular values that it takes. A patient is computed at their own number of tokens
 * where the graph leaves that open, so that padding cannot matter; and apart from others, where
 * what is not on the path, as masks and positions, differs.
 */
final class GraphNetwork implements Network {
  private static final int VALUE_COLUMNS = 3;

  private final GraphModel model;
  private final OnnxFunction function;
  private final boolean fused;
  private final List<String> weightParts;
  private final List<String> rowInputs = new ArrayList<>();

  /** The tables of each input that has rows of tables. */
  private final List<List<OnnxTable>> tables = new ArrayList<>();

  /**
   * A network.
   *
   * @param loader makes the weights
   * @param fused whether the backend's primitives take what they can
   */
  GraphNetwork(GraphModel model, Backend loader, boolean fused) {
    this.model = model;
    this.fused = fused;
    weightParts = model.weightParts();
    function =
        OnnxFunction.of(model.graph(), loader, model.inputs().output(), model.paths(), fused);
    List<OnnxTable> all = model.inputs().tables();
    if (model.inputs().tablesJoined()) {
      tables.add(all);
      rowInputs.add(Model.SEQUENCE);
    } else {
      all.forEach(table -> tables.add(List.of(table)));
      // the first is what every model has; the others go by their own names
      rowInputs.add(Model.SEQUENCE);
      all.stream().skip(1).forEach(table -> rowInputs.add(table.name()));
    }
    if (readsValues()) {
      rowInputs.add(Model.VALUES);
    }
  }

  /** What is known of the graph. */
  GraphFacts facts() {
    Map<String, String> sources = new LinkedHashMap<>();
    model.inputs().all().forEach(i -> sources.put(i.name(), i.source().configName()));
    return new GraphFacts(
        model.graph().facts(),
        sources,
        model.inputs().tables(),
        model.inputs().outputInWords().get("output"),
        model.inputs().outputInWords().get("activation"),
        fused,
        function.fused(),
        function.unfused());
  }

  private boolean readsValues() {
    return model.inputs().record().valueInput() != null;
  }

  @Override
  public Labels labels(Vocabulary vocabulary) {
    return predictsTokens() ? NativeNetwork.tokens(vocabulary, model.logits()) : model.labels();
  }

  @Override
  public Tokenizer tokenizer(Vocabulary vocabulary) {
    return model.tokenizer();
  }

  @Override
  public List<Tabular.Feature> features() {
    return model.inputs().record().features();
  }

  @Override
  public boolean predictsTokens() {
    return model.inputs().record().predictsTokens();
  }

  @Override
  public long parameterCount() {
    return model.graph().facts().parameters();
  }

  @Override
  public List<String> weightParts() {
    return weightParts;
  }

  @Override
  public boolean paddingIsInert() {
    return model.inputs().fixedLength() == 0;
  }

  @Override
  public boolean isSmooth() {
    return function.isSmooth();
  }

  @Override
  public List<String> rowInputs() {
    return rowInputs;
  }

  @Override
  public List<PathInput> rows(Backend backend, Subject subject) {
    List<PathInput> inputs = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      double[] rows = gathered(tables.get(i), subject.ids());
      Shape shape = Shape.matrix(subject.rows(), width(tables.get(i)));
      inputs.add(PathInput.rows(rowInputs.get(i), backend.upload(shape, rows)));
    }
    if (readsValues()) {
      double[] values = ValueStarts.atPatient(subject.sequence().value(), subject.rows());
      Shape shape = Shape.matrix(subject.rows(), VALUE_COLUMNS);
      inputs.add(PathInput.values(Model.VALUES, backend.upload(shape, values)));
    }
    return inputs;
  }

  private static int width(List<OnnxTable> joined) {
    return joined.stream().mapToInt(OnnxTable::width).sum();
  }

  /** The rows of some tables, side by side. */
  private double[] gathered(List<OnnxTable> joined, int[] ids) {
    int width = width(joined);
    double[] all = new double[ids.length * width];
    int column = 0;
    for (OnnxTable table : joined) {
      double[] rows = model.gathered(table.rows().get(0), ids);
      for (int j = 0; j < ids.length; j++) {
        System.arraycopy(rows, j * table.width(), all, j * width + column, table.width());
      }
      column += table.width();
    }
    return all;
  }

  /**
   * Items that differ in nothing but the path are computed together: the points of one path, and
   * sequences of one length where masks and the like are the same.
   */
  @Override
  public Variable logits(Tape tape, List<Variable> rows, Variable entries, List<Subject> subjects) {
    List<int[]> groups = groups(subjects);
    List<Variable> parts = new ArrayList<>();
    for (int[] items : groups) {
      parts.add(logits(tape, rows, entries, subjects.get(items[0]), items));
    }
    Variable all = together(tape, Axis.BATCH, parts);
    int[] order = groups.stream().flatMapToInt(Arrays::stream).toArray();
    int[] places = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      places[order[i]] = i;
    }
    return isRun(order) ? all : all.then(new Gather(places, places.length));
  }

  /** Numbers of the items that are computed together, in the order of the first of each. */
  List<int[]> groups(List<Subject> subjects) {
    Subject first = subjects.get(0);
    if (subjects.stream().allMatch(subject -> isSame(subject, first))) {
      return List.of(IntStream.range(0, subjects.size()).toArray());
    }
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    Object key = null;
    for (int i = 0; i < subjects.size(); i++) {
      if (i == 0 || !isSame(subjects.get(i), subjects.get(i - 1))) {
        key = key(subjects.get(i));
      }
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(i);
    }
    return groups.values().stream()
        .map(items -> items.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  private static boolean isSame(Subject a, Subject b) {
    return a.sequence() == b.sequence()
        && a.rows() == b.rows()
        && a.trajectory().equals(b.trajectory());
  }

  /** What decides the logits besides the path. */
  private Object key(Subject subject) {
    return List.of(subject.length(), function.rest(others(subject)));
  }

  private Map<String, NdArray> others(Subject subject) {
    return model.feeds().of(subject.sequence(), computed(subject), subject.trajectory().tabular());
  }

  /** How many positions are computed. */
  private int computed(Subject subject) {
    return paddingIsInert() ? subject.length() : subject.rows();
  }

  /** The logits of some items that a subject stands for, {@code [n, 1, labels]}. */
  private Variable logits(
      Tape tape, List<Variable> rows, Variable entries, Subject subject, int... items) {
    int computed = computed(subject);
    List<Variable> own = new ArrayList<>();
    for (Variable x : rows) {
      own.add(items(x, computed, items));
    }
    Variable tabular = entries == null ? null : items(entries, 1, items);
    List<Variable> paths = paths(tape, own, tabular);
    Variable y = function.apply(tape, paths, model.shapes(computed), others(subject));
    if (!model.givesRows()) {
      return y;
    }
    int read = model.inputs().readout(subject.length());
    int[] picked = IntStream.range(0, items.length).map(item -> item * computed + read).toArray();
    return y.then(new Gather(picked, items.length));
  }

  /** The first rows of some items. */
  private static Variable items(Variable x, int rows, int... items) {
    if (isRun(items)) {
      int from = items[0];
      return part(part(x, Axis.BATCH, from, from + items.length), Axis.ROWS, 0, rows);
    }
    int all = x.shape().rows();
    int[] picked = new int[items.length * rows];
    Arrays.setAll(picked, i -> items[i / rows] * all + i % rows);
    return x.then(new Gather(picked, items.length));
  }

  /** Whether numbers follow each other. */
  private static boolean isRun(int... numbers) {
    return IntStream.range(1, numbers.length).allMatch(i -> numbers[i] == numbers[i - 1] + 1);
  }

  /** The variables of the graph's values, in the order of {@link GraphModel#paths}. */
  private List<Variable> paths(Tape tape, List<Variable> rows, Variable tabular) {
    List<Variable> paths = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      int column = 0;
      for (OnnxTable table : tables.get(i)) {
        Variable own = part(rows.get(i), Axis.COLUMNS, column, column + table.width());
        table.rows().forEach(name -> paths.add(own));
        column += table.width();
      }
    }
    for (GraphInput input : model.inputs().all()) {
      if (!input.isOnPath()) {
        continue;
      }
      if (input.source() == GraphSource.TABULAR) {
        paths.add(columns(tape, tabular, model.inputs().columns(input)));
      } else {
        int column = input.source() == GraphSource.VALUE ? 0 : 1;
        paths.add(part(rows.get(rows.size() - 1), Axis.COLUMNS, column, column + 1));
      }
    }
    return paths;
  }

  /** Some columns; those that lie together are one slice. */
  private static Variable columns(Tape tape, Variable x, int... some) {
    List<Variable> parts = new ArrayList<>();
    int to;
    for (int from = 0; from < some.length; from = to) {
      to = from + 1;
      while (to < some.length && some[to] == some[to - 1] + 1) {
        to++;
      }
      parts.add(part(x, Axis.COLUMNS, some[from], some[to - 1] + 1));
    }
    return together(tape, Axis.COLUMNS, parts);
  }

  private static Variable together(Tape tape, Axis axis, List<Variable> parts) {
    return parts.size() == 1
        ? parts.get(0)
        : tape.apply(new Concatenate(axis), parts.toArray(Variable[]::new));
  }

  private static Variable part(Variable x, Axis axis, int from, int to) {
    Shape shape = x.shape();
    int length =
        switch (axis) {
          case BATCH -> shape.batch();
          case ROWS -> shape.rows();
          case COLUMNS -> shape.cols();
        };
    return from == 0 && to == length ? x : x.then(new Slice(axis, from, to));
  }

  @Override
  public boolean startsAtCodes() {
    return true;
  }

  /** As many ids at a time as the graph takes positions. */
  @Override
  public CodeTable codes(Backend backend) {
    int width = width(tables.get(0));
    int codes = model.codes();
    int fixed = model.inputs().fixedLength();
    int chunk = fixed > 0 ? fixed : codes;
    double[] rows = new double[codes * width];
    for (int first = 0; first < codes; first += chunk) {
      int start = first;
      int[] ids = IntStream.range(0, chunk).map(j -> Math.min(start + j, codes - 1)).toArray();
      double[] some = gathered(tables.get(0), ids);
      System.arraycopy(some, 0, rows, first * width, Math.min(chunk, codes - first) * width);
    }
    return new CodeTable(rows, width);
  }

  @Override
  public long activationsPerStep(Backend backend, int rows) {
    return function.activationsPerItem(model.shapes(rows));
  }

  @Override
  public int mostStepsPerPass(Backend backend, int rows) {
    return (int) Math.max(1, Integer.MAX_VALUE / Math.max(1, activationsPerStep(backend, rows)));
  }
}
