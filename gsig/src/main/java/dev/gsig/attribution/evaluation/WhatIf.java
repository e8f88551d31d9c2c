package dev.gsig.attribution.evaluation;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Attribution.TabularScore;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.Driver;
import dev.gsig.attribution.ExplainableModel;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Prediction;
import dev.gsig.attribution.internal.math.Finite;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a model says of a patient's record when something in it is another way: forward passes, no
 * gradient. Codes are taken away by a {@link RemovalRule}, as {@link Evaluator} does it; a tabular
 * value that is taken away is missing, so that the model reads what it does where one is.
 *
 * <p>An attribution answers another question: what a code's being there contributes on the way from
 * the baseline, where nothing else is there either, to the patient. The two are equal where the
 * score is a sum over codes and taking a code away leaves what the baseline has in its place.
 *
 * <p>Immutable and shared by threads.
 */
public final class WhatIf {
  private final ExplainableModel model;
  private final Explainer explainer;
  private final RemovalRule rule;

  private WhatIf(ExplainableModel model, Explainer explainer, RemovalRule rule) {
    this.model = model;
    this.explainer = explainer;
    this.rule = rule;
  }

  /**
   * Asks a model.
   *
   * @param explainer of this model: what it explains is what is asked about, and for {@link
   *     RemovalRule#takesBaselineRows} its paths start at the rows
   * @param rule what becomes of codes that are taken away
   * @throws InvalidInputException if the model lacks what the rule needs
   */
  public static WhatIf of(ExplainableModel model, Explainer explainer, RemovalRule rule) {
    rule.requireUsable(model.tokenizer().specialTokens());
    return new WhatIf(model, explainer, rule);
  }

  /**
   * What the model says of a changed record, beside what the explanation says of what was changed.
   *
   * @param change what was asked
   * @param occurrences how many codes and tabular values the change concerns; 0 if the record has
   *     none of them
   * @param before what is explained, of the record as it is
   * @param after of the changed record; null if that is the same, or there would be nothing to read
   * @param attributed what the explanation gives to what was changed: the sum of {@code signed}
   *     over it, or of a code's numbers that of {@code value_signed}
   */
  public record Answer(
      Change change,
      int occurrences,
      Prediction.Explained before,
      Prediction.Explained after,
      double attributed) {
    /** {@code f(changed) - f(record)}. */
    public double scoreChange() {
      return after.score() - before.score();
    }

    /** The log-odds of the explained class after the change, minus those before. */
    public double logOddsChange() {
      // both are infinite where no other class is left
      return after.logOdds() == before.logOdds() ? 0 : after.logOdds() - before.logOdds();
    }

    /**
     * By how much removal and explanation differ, {@code (f(record) - f(changed)) - attributed}; 0
     * if they agree.
     *
     * @return null for another number, which the explanation says nothing of
     */
    public Double difference() {
      return change.isRemoval() ? (Double) (-scoreChange() - attributed) : null;
    }
  }

  /** A record that was changed. */
  private record Changed(Change change, int occurrences, Removal removal, BitSet removed) {
    boolean isReadable() {
      return occurrences > 0 && removal.leavesSomething(removed);
    }
  }

  /**
   * The removals of what moved a score most, by the attribution that leads and by each reading
   * beside it; each once.
   *
   * @param most how many of each
   */
  public static List<Change> ofDrivers(Attribution attribution, int most) {
    Set<Change> changes = new LinkedHashSet<>();
    Stream.concat(Stream.of(attribution), attribution.readings().stream())
        .forEach(
            reading ->
                Driver.of(reading).stream()
                    .filter(driver -> driver.signed() != 0)
                    .filter(driver -> driver.isCode() || driver.value() != null)
                    .limit(most)
                    .forEach(driver -> changes.add(Change.without(driver.name()))));
    return List.copyOf(changes);
  }

  /**
   * Asks about a patient, on the calling thread. Whatever only takes codes away goes through the
   * model together with the record as it is.
   *
   * @param attribution the patient's, by the explainer of this
   * @return an answer for each change, in order
   * @throws InvalidInputException if the model cannot read a changed record, or what it says is not
   *     finite
   */
  public List<Answer> answers(Trajectory patient, Attribution attribution, List<Change> changes) {
    if (changes.isEmpty()) {
      return List.of();
    }
    TokenSequence sequence = model.tokenizer().tokenize(patient);
    Removal own = removal(patient, sequence);
    List<Changed> changed = new ArrayList<>();
    List<BitSet> together = new ArrayList<>(List.of(new BitSet()));
    for (Change change : changes) {
      Changed each = changed(change, patient, sequence, attribution, own);
      changed.add(each);
      if (each.removal == own && each.isReadable()) {
        together.add(each.removed);
      }
    }
    own.compute(together);
    Prediction.Explained before = explained(own, new BitSet(), attribution);
    List<Answer> answers = new ArrayList<>();
    for (Changed each : changed) {
      answers.add(
          new Answer(
              each.change,
              each.occurrences,
              before,
              each.isReadable() ? explained(each.removal, each.removed, attribution) : null,
              attributed(each.change, attribution)));
    }
    return answers;
  }

  private Removal removal(Trajectory patient, TokenSequence sequence) {
    return new Removal(model, explainer, patient, sequence, rule, null);
  }

  private Prediction.Explained explained(Removal removal, BitSet removed, Attribution of) {
    double[] logits = removal.logits(removed);
    Finite.require(of.subjectId(), "the logits of a changed record", logits);
    return explainer.explained(logits, of.explainedClass());
  }

  private Changed changed(
      Change change,
      Trajectory patient,
      TokenSequence sequence,
      Attribution attribution,
      Removal own) {
    List<TokenScore> tokens = tokens(change, attribution);
    List<TabularScore> entries = tabular(change, attribution);
    int occurrences = tokens.size() + entries.size();
    BitSet removed = new BitSet();
    if (change.isRemoval()) {
      tokens.forEach(token -> removed.set(token.position()));
    }
    if (occurrences == 0 || (change.isRemoval() && entries.isEmpty())) {
      return new Changed(change, occurrences, own, removed);
    }
    Map<String, Double> tabular = new LinkedHashMap<>(patient.tabular());
    entries.forEach(entry -> tabular.put(entry.name(), change.value())); // null: missing
    Trajectory other =
        new Trajectory(
            patient.subjectId(),
            change.isRemoval() || tokens.isEmpty() ? patient.visits() : valued(change, patient),
            tabular,
            patient.label(),
            patient.labels());
    TokenSequence read =
        other.visits().equals(patient.visits()) ? sequence : model.tokenizer().tokenize(other);
    return new Changed(change, occurrences, removal(other, read), removed);
  }

  /** The visits of a patient with another number beside a code, wherever it has one. */
  private static List<Visit> valued(Change change, Trajectory patient) {
    String code = change.names().get(0);
    List<Visit> visits = new ArrayList<>();
    for (Visit visit : patient.visits()) {
      List<Double> values = visit.values() == null ? null : new ArrayList<>(visit.values());
      for (int i = 0; values != null && i < values.size(); i++) {
        if (values.get(i) != null && visit.codes().get(i).equals(code)) {
          values.set(i, change.value());
        }
      }
      visits.add(
          new Visit(
              visit.time(), visit.codes(), visit.age(), visit.tokenType(), visit.events(), values));
    }
    return visits;
  }

  /** The codes that a change concerns: with another number those that the model reads one of. */
  private static List<TokenScore> tokens(Change change, Attribution attribution) {
    return attribution.tokens().stream()
        .filter(token -> change.names().contains(token.code()))
        .filter(token -> change.isRemoval() || token.value() != null)
        .toList();
  }

  /** The tabular values that a change concerns: to be taken away a value must be there. */
  private static List<TabularScore> tabular(Change change, Attribution attribution) {
    return attribution.tabular().stream()
        .filter(entry -> change.names().contains(entry.name()))
        .filter(entry -> !change.isRemoval() || entry.value() != null)
        .filter(
            entry -> attribution.tokens().stream().noneMatch(t -> t.code().equals(entry.name())))
        .toList();
  }

  /**
   * What an attribution, the one that leads or a reading beside it, gives to what is changed, as
   * {@link Answer#attributed} has it.
   */
  public static double attributed(Change change, Attribution attribution) {
    double sum = 0;
    for (TokenScore token : tokens(change, attribution)) {
      sum += change.isRemoval() ? token.scores().signed() : token.value().signed();
    }
    for (TabularScore entry : tabular(change, attribution)) {
      sum += entry.signed();
    }
    return sum;
  }
}
