package dev.gsig.attribution;

import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.attribution.path.PathResult;
import dev.gsig.attribution.path.PathResult.Candidate;
import dev.gsig.attribution.path.PathResult.Convergence;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.CodeGroups;
import dev.gsig.ehr.SourceEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why the model gave one patient its score. Immutable. {@link AttributionJson} writes it.
 *
 * @param method what attributed
 * @param subjectId the patient
 * @param prediction what the model says
 * @param explainedClass the class whose score is explained
 * @param score f at the patient: logit or probability of the explained class
 * @param baselineScore f at the baseline, under the patient's own attention mask
 * @param baselineProbability probability of the explained class at the baseline, whatever f is:
 *     sigmoid or softmax, as the model's labels say; of several references the mean
 * @param explainedProbability probability of the explained class at the patient
 * @param sequenceBaseline where the path of the sequence starts
 * @param tabularBaseline where the path of the tabular input starts
 * @param valueBaseline where the paths of the values beside the codes start; null if the model
 *     reads none
 * @param steps K, the number of steps of the sum; null for an integral to a tolerance, and where no
 *     steps are taken
 * @param quadrature the rule of the sum; null for an integral to a tolerance
 * @param theta exponent of the path that was used
 * @param thetaCurve the candidates, theta = 1 first, then in ascending order
 * @param l21 sum over valid tokens of the 2-norm of their attribution
 * @param l21AtThetaOne the same at theta = 1
 * @param completenessGap |sum of all attributions - (score - baselineScore)|
 * @param completenessGapRelative the gap / |score - baselineScore|; null when that is below 1e-9
 * @param tokens codes in the order of the sequence
 * @param specialTokens CLS, SEP and PAD positions together
 * @param visits sums over the codes of each visit
 * @param tabular one entry for each tabular feature
 * @param notes what had to be accepted about the input, and warnings
 * @param measure the weights of {@link PathMethods#BOUNDED_MEASURE}, whose curve has one entry, the
 *     midpoint rule; null for other methods
 * @param explainedClassName the name of the explained class; null if the model has no names
 * @param inputs the attributions input by input; tokens, special tokens and visits are sums over
 *     those that have rows, the tabular ones are the entries of all
 * @param convergence how far came what has a tolerance; null for others
 * @param readings the attributions by other methods that were asked for, along the same path; those
 *     have none themselves
 */
public record Attribution(
    PathMethod method,
    String subjectId,
    Prediction prediction,
    int explainedClass,
    double score,
    double baselineScore,
    double baselineProbability,
    double explainedProbability,
    SequenceBaseline sequenceBaseline,
    TabularBaseline tabularBaseline,
    ValueBaseline valueBaseline,
    Integer steps,
    Quadrature quadrature,
    double theta,
    List<ThetaPoint> thetaCurve,
    double l21,
    double l21AtThetaOne,
    double completenessGap,
    Double completenessGapRelative,
    List<TokenScore> tokens,
    Scores specialTokens,
    List<VisitScore> visits,
    List<TabularScore> tabular,
    Notes notes,
    PathResult.Measure measure,
    String explainedClassName,
    List<InputScores> inputs,
    Convergence convergence,
    List<Attribution> readings) {

  /** Copies the lists. */
  public Attribution {
    thetaCurve = List.copyOf(thetaCurve);
    tokens = List.copyOf(tokens);
    visits = List.copyOf(visits);
    tabular = List.copyOf(tabular);
    inputs = List.copyOf(inputs);
    readings = List.copyOf(readings);
  }

  /**
   * Whether the score is the baseline's, within 1e-9: there is no difference to explain, and no
   * relative completeness gap.
   */
  public boolean scoreEqualsBaseline() {
    return completenessGapRelative == null;
  }

  /** Whether the explained class is more probable at the baseline than at the patient. */
  public boolean baselineAbovePatient() {
    return baselineProbability > explainedProbability;
  }

  /** Whether the explained class is more probable than not at the baseline. */
  public boolean baselineAboveHalf() {
    return baselineProbability > 0.5;
  }

  /**
   * One candidate.
   *
   * @param theta exponent of the path
   * @param l21 sum over valid tokens of the 2-norm of their attribution
   * @param completenessGap |sum of all attributions - (score - baselineScore)|
   * @param kind how the figures were obtained
   */
  public record ThetaPoint(double theta, double l21, double completenessGap, Candidate.Kind kind) {
    /** Whether the figures are the full sum's. */
    public boolean exact() {
      return kind == Candidate.Kind.EXACT;
    }
  }

  /**
   * Scores of some positions.
   *
   * @param l2 2-norm of the attribution over the features, summed over the positions
   * @param signed attribution summed over the features and the positions
   */
  public record Scores(double l2, double signed) {}

  /**
   * One code.
   *
   * @param position in the model's sequence
   * @param code as in the cohort, also where the model sees UNK
   * @param visit number in the cohort's trajectory, from 0
   * @param known whether the model's vocabulary has the code. Of others it reads UNK, so that the
   *     scores are those of "some code", whichever it was
   * @param event what the source calls it; null where the cohort does not tell
   * @param standardError of the signed score, by sampling; null for methods that draw nothing
   * @param value of the code, whose scores are among those of the token; null where the model reads
   *     none
   */
  public record TokenScore(
      int position,
      String code,
      int visit,
      boolean known,
      Scores scores,
      SourceEvent event,
      Double standardError,
      ValueScore value) {
    /** A code without a value by a method that draws nothing. */
    public TokenScore(
        int position, String code, int visit, boolean known, Scores scores, SourceEvent event) {
      this(position, code, visit, known, scores, event, null, null);
    }

    /** A code of a cohort that does not tell of its events. */
    public TokenScore(int position, String code, int visit, boolean known, Scores scores) {
      this(position, code, visit, known, scores, null);
    }
  }

  /**
   * The number beside a code: what is said by its being that number, and not the one that the path
   * starts at. What is said by the code's being there is the rest of the token's score.
   *
   * @param number in the unit of the record
   * @param start number that the path starts at
   * @param signed attribution of the number alone; its 2-norm is |signed|
   */
  public record ValueScore(double number, double start, double signed) {}

  /**
   * One visit that the model saw.
   *
   * @param visit number in the cohort's trajectory, from 0
   * @param time as in the cohort; may be null
   */
  public record VisitScore(int visit, String time, Scores scores) {}

  /**
   * One tabular feature.
   *
   * @param value raw value; null if missing
   * @param signed attribution of the normalised value
   * @param standardError of it, by sampling; null for methods that draw nothing
   */
  public record TabularScore(String name, Double value, double signed, Double standardError) {
    /** A feature by a method that draws nothing. */
    public TabularScore(String name, Double value, double signed) {
      this(name, value, signed, null);
    }
  }

  /**
   * One input.
   *
   * @param name as the model calls it
   * @param rows scores of its rows, from position 0 of the sequence on; empty for entries
   * @param entries its entries; empty for rows
   */
  public record InputScores(String name, List<Scores> rows, List<TabularScore> entries) {
    /** Copies the lists. */
    public InputScores {
      rows = List.copyOf(rows);
      entries = List.copyOf(entries);
    }
  }

  /**
   * What was accepted with a warning.
   *
   * @param unknownCodes codes that the vocabulary lacks
   * @param truncatedTokens oldest tokens that were cut
   * @param missingTabular tabular values that are missing; the mean of training stands for each
   * @param emptyVisits visits without a code, of which the model sees nothing
   * @param disorderedVisits visits that are earlier than one before them
   * @param roundedAges visits whose age was rounded down to a row of the age table
   * @param valuesFromTraining values that start at the training set's mean of their code, because
   *     no validation patient has one
   * @param noThetaWithinGap whether no candidate met the bound on the completeness gap, by full
   *     sums
   * @param nodeLimitReached whether the search on shared nodes had as many as it may have before it
   *     knew what it had to know; what was still open was then decided by full sums
   * @param gradients points at which the gradient was computed for this patient; of a reading
   *     beside others those that were not there yet
   */
  public record Notes(
      int unknownCodes,
      int truncatedTokens,
      int missingTabular,
      int emptyVisits,
      int disorderedVisits,
      int roundedAges,
      int valuesFromTraining,
      boolean noThetaWithinGap,
      boolean nodeLimitReached,
      int gradients) {}

  /**
   * The scores of a group of codes, {@code sum over tokens j of the group of || IG_j ||_2} and of
   * the sums of their rows: one level of a hierarchy of codes.
   *
   * @param group null for the codes of which nothing tells the group, among them those that the
   *     model does not know: their scores are not those of the code
   * @param scores sums over its tokens
   * @param codes how many tokens
   */
  public record GroupScore(String group, Scores scores, int codes) {
    /**
     * The scores of all groups that tokens are in, which add up to those of the tokens.
     *
     * @return those with the largest |signed| first; of equal ones in alphabetical order, without a
     *     group last
     */
    public static List<GroupScore> of(List<TokenScore> tokens, CodeGroups groups) {
      Map<String, GroupScore> sums = new LinkedHashMap<>();
      for (TokenScore token : tokens) {
        String group = token.known() ? groups.groupOf(token.code()) : null;
        GroupScore before = sums.getOrDefault(group, new GroupScore(group, new Scores(0, 0), 0));
        Scores sum =
            new Scores(
                before.scores.l2() + token.scores().l2(),
                before.scores.signed() + token.scores().signed());
        sums.put(group, new GroupScore(group, sum, before.codes + 1));
      }
      List<GroupScore> sorted = new ArrayList<>(sums.values());
      sorted.sort(
          Comparator.comparingDouble((GroupScore g) -> -Math.abs(g.scores.signed()))
              .thenComparing(
                  GroupScore::group, Comparator.nullsLast(Comparator.<String>naturalOrder())));
      return sorted;
    }
  }
}
