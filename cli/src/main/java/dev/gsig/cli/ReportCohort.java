package dev.gsig.cli;

import dev.gsig.attribution.Driver;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * What the report says of a whole cohort, added up one result at a time: the distributions, the
 * codes, and the index by which patients are found. It grows with the number of patients by their
 * identifiers and the codes that each has, not by their attributions.
 */
final class ReportCohort {
  /** Edges of the gap's distribution; relative, so 1 is all of the score difference. */
  private static final double[] GAPS = {
    0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, Double.POSITIVE_INFINITY
  };

  private static final double REDUCTION_STEP = 0.05;
  private static final int MAX_REDUCTION_BINS = 40;
  private static final int MAX_DISTINCT_THETAS = 16;

  private final Descriptions descriptions;
  private final Map<String, CodeTotals> codes = new LinkedHashMap<>();
  private final List<Object> index = new ArrayList<>();
  private final Sample thetas = new Sample();
  private final Sample reductions = new Sample();
  private final Sample gaps = new Sample();
  private final ExplainedClasses classes = new ExplainedClasses();
  private final Sample gradients = new Sample();
  private final ReportDrivers drivers = new ReportDrivers();
  private final ReportDrivers groups = new ReportDrivers();
  private final Calibration calibration = new Calibration();
  private boolean multiLabel;
  private int patients;
  private int occurrences;
  private int unknown;

  /**
   * An empty cohort.
   *
   * @param descriptions names for codes
   */
  ReportCohort(Descriptions descriptions) {
    this.descriptions = descriptions;
  }

  /** Adds a result without an outcome and without groups. */
  void add(ReportResult result, boolean indexed) {
    add(result, null, List.of(), indexed);
  }

  /**
   * Adds a result.
   *
   * @param outcome what became of the patient, as {@link Outcomes#of} tells; null if not known
   * @param ofGroups what groups of codes contribute, each once; empty without groups
   * @param indexed whether the report has a page for the patient
   */
  void add(ReportResult result, Object outcome, List<Driver> ofGroups, boolean indexed) {
    patients++;
    thetas.add(result.theta());
    reductions.add(result.l21Reduction());
    gaps.add(result.gapRelative());
    gradients.add(result.gradients());
    Boolean event = Outcomes.cameTrue(outcome, result.explainedClass());
    if (event != null && result.explainedProbability() != null) {
      calibration.add(result.explainedProbability(), event);
    }
    multiLabel |= result.multiLabel();
    classes.add(result.explainedClass(), result.explainedClassName());
    Map<CodeTotals, Double> signed = new LinkedHashMap<>();
    for (JsonObject token : result.tokens()) {
      CodeTotals totals =
          codes.computeIfAbsent(token.string("code"), code -> new CodeTotals(codes.size()));
      totals.occurrences++;
      totals.known = ReportResult.isKnown(token);
      occurrences++;
      unknown += totals.known ? 0 : 1;
      totals.l2 += token.number("l2");
      signed.merge(totals, token.number("signed"), Double::sum);
    }
    signed.forEach(CodeTotals::addPatient);
    List<Driver> strongest = result.drivers();
    drivers.add(strongest, indexed);
    groups.add(ofGroups, indexed);
    if (indexed) {
      Map<String, Object> entry =
          entry(result, signed.keySet().stream().map(totals -> totals.number).toList());
      entry.put("outcome", outcome instanceof List<?> ? event : outcome);
      entry.put("strongest", strongest.isEmpty() ? null : strongest(strongest.get(0)));
      index.add(entry);
    }
  }

  private static Map<String, Object> strongest(Driver driver) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", driver.name());
    json.put("is_code", driver.isCode());
    json.put("signed", Digits.four(driver.signed()));
    return json;
  }

  private static Map<String, Object> entry(ReportResult result, List<Integer> codes) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", result.subjectId());
    json.put("probability", result.probability());
    json.put("risk", result.explainedProbability());
    json.put("reference", result.baselineProbability());
    json.put("gap", result.gapRelative());
    json.put("codes", codes);
    return json;
  }

  /** How many results were added. */
  int patients() {
    return patients;
  }

  /** All that the page reads of the cohort, as JSON. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("patients", patients);
    json.put("multi_label", multiLabel);
    json.put("explained", classes.json());
    json.put("large_gap", GapAdvice.LARGE);
    json.put("large_gaps", gaps.above(GapAdvice.LARGE));
    json.put("theta", distribution(thetas, thetaBins()));
    json.put("l21_reduction", distribution(reductions, reductionBins()));
    json.put("gap", distribution(gaps, gapBins()));
    json.put("gradients", gradients.median());
    json.put("occurrences", occurrences);
    json.put("unknown", unknown);
    json.put("drivers", drivers.json());
    json.put("groups", groups.json());
    // What came of one class says nothing of how probable another one was.
    json.put("calibration", classes.isMixed() ? null : calibration.json());
    List<Object> rows = new ArrayList<>();
    codes.forEach((code, totals) -> rows.add(totals.json(code, descriptions.of(code))));
    json.put("codes", rows);
    json.put("index", index);
    return json;
  }

  private Map<String, Object> distribution(Sample sample, List<Sample.Bin> bins) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("median", sample.median());
    json.put("undefined", patients - sample.size());
    List<Object> rows = new ArrayList<>();
    for (Sample.Bin bin : bins) {
      Double to = Double.isInfinite(bin.to()) ? null : Double.valueOf(bin.to());
      rows.add(Arrays.asList(bin.from(), to, bin.count()));
    }
    json.put("bins", rows);
    return json;
  }

  /** One bin for each theta where they come from a grid, else bins of equal ratio. */
  List<Sample.Bin> thetaBins() {
    double[] values = thetas.distinct();
    if (values.length == 0) {
      return List.of();
    }
    double low = values[0];
    double high = values[values.length - 1];
    if (values.length > MAX_DISTINCT_THETAS) {
      int bins = MAX_DISTINCT_THETAS - 1;
      double[] edges = new double[bins + 1];
      Arrays.setAll(edges, i -> low * Math.pow(high / low, (double) i / bins));
      edges[0] = low;
      edges[bins] = high;
      return thetas.bins(edges);
    }
    // A figure is counted by its lower edge, so that the edges may be the values themselves.
    double[] edges =
        DoubleStream.concat(Arrays.stream(values), DoubleStream.of(Double.POSITIVE_INFINITY))
            .toArray();
    return thetas.bins(edges).stream()
        .map(bin -> new Sample.Bin(bin.from(), bin.from(), bin.count()))
        .toList();
  }

  /** Bins of 5%, or wider ones where the values spread far. */
  List<Sample.Bin> reductionBins() {
    double[] values = reductions.distinct();
    if (values.length == 0) {
      return List.of();
    }
    double spread = values[values.length - 1] - values[0];
    double step =
        REDUCTION_STEP * Math.max(1, Math.ceil(spread / REDUCTION_STEP / MAX_REDUCTION_BINS));
    long first = (long) Math.floor(values[0] / step);
    long last = Math.max(first + 1, (long) Math.ceil(values[values.length - 1] / step));
    double[] edges = new double[(int) (last - first) + 1];
    Arrays.setAll(edges, i -> (first + i) * step);
    // The product may round to the wrong side of the value it was made from.
    edges[0] = Math.min(edges[0], values[0]);
    edges[edges.length - 1] = Math.max(edges[edges.length - 1], values[values.length - 1]);
    return reductions.bins(edges);
  }

  List<Sample.Bin> gapBins() {
    return gaps.bins(GAPS);
  }

  /** One code's figures over the cohort. */
  private static final class CodeTotals {
    private final int number;
    private boolean known;
    private int patients;
    private int occurrences;
    private double l2;
    private double signed;
    private double absolute;

    CodeTotals(int number) {
      this.number = number;
    }

    /** Adds a patient's contributions of the code, which may raise in one visit what they lower. */
    void addPatient(double sum) {
      patients++;
      signed += sum;
      absolute += Math.abs(sum);
    }

    Map<String, Object> json(String code, String text) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("code", code);
      json.put("text", text);
      json.put("known", known);
      json.put("patients", patients);
      json.put("occurrences", occurrences);
      json.put("absolute", absolute / patients);
      json.put("signed", signed / patients);
      json.put("l2", l2 / patients);
      return json;
    }
  }
}
