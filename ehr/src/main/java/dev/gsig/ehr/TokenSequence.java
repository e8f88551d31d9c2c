package dev.gsig.ehr;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A trajectory as a model reads it: L token ids and the inputs that go with each position, plus
 * what leads from a position back to the patient's record. Immutable; may be shared by threads.
 *
 * <p>PAD tokens are always at the end, from {@link #length()} on.
 */
public final class TokenSequence {
  private final SpecialTokens special;
  private final VisitIndex rule;
  private final int[] ids;
  private final int length;
  private final int[] visits;
  private final String[] codes;
  private final int[] codeIndex;
  private final VisitInputs own;
  private final TimeInput timeInput;
  private final int[] visitIndex;
  private final double[] age;
  private final int[] tokenType;
  private final double[] time;
  private final double[] value;
  private final Accepted accepted;

  /** Takes over the arrays without copying. */
  TokenSequence(
      SpecialTokens special,
      VisitIndex rule,
      int[] ids,
      int length,
      int[] visits,
      String[] codes,
      int[] codeIndex,
      VisitInputs own,
      TimeInput timeInput,
      double[] value,
      Accepted accepted) {
    this.special = special;
    this.rule = rule;
    this.ids = ids;
    this.length = length;
    this.visits = visits;
    this.codes = codes;
    this.codeIndex = codeIndex;
    this.own = own;
    this.timeInput = timeInput;
    this.visitIndex = special.sep() == null ? inputs(own.ordinal()) : countSeps();
    this.age = own.age() == null ? null : numbers(own.age());
    this.tokenType = own.tokenType() == null ? null : inputs(own.tokenType());
    this.time =
        own.moments() == null ? null : own.moments().times(timeInput, own.ordinal(), codes, length);
    this.value = value;
    this.accepted = accepted;
  }

  /** The token ids, [L], PAD from {@link #length()} on. A copy. */
  public int[] inputIds() {
    return ids.clone();
  }

  /** The number of tokens that are not padding. */
  public int length() {
    return length;
  }

  /** The length L with padding. */
  public int maxLength() {
    return ids.length;
  }

  /**
   * The visit input, [L]: the number of SEP tokens before each position, or up to and including it
   * with {@link VisitIndex#AT_SEP}, counted in this sequence. In a model without SEP: the number of
   * kept visits before the position's own. A copy.
   */
  public int[] visitIndex() {
    return visitIndex.clone();
  }

  /**
   * The age input, [L], rounded down, as rows of an age table are; null if the model reads none. A
   * copy.
   */
  public int[] age() {
    return age == null ? null : Arrays.stream(age).mapToInt(a -> (int) Math.floor(a)).toArray();
  }

  /** The age input, [L], as {@link AgeInput} says; null if the model reads none. A copy. */
  public double[] exactAge() {
    return age == null ? null : age.clone();
  }

  /** The token type input, [L]; null if the model reads none. A copy. */
  public int[] tokenType() {
    return tokenType == null ? null : tokenType.clone();
  }

  /** The time input, [L], as {@link TimeInput} says; null if the model reads none. A copy. */
  public double[] time() {
    return time == null ? null : time.clone();
  }

  /**
   * The value input, [L], scaled as {@link ValueInput} says, NaN where there is none; null if the
   * model reads none. A copy.
   */
  public double[] value() {
    return value == null ? null : value.clone();
  }

  /**
   * The visit that a position belongs to.
   *
   * @param position from 0 to L - 1
   * @return its index in the trajectory's list of visits; -1 for CLS and PAD
   */
  public int visit(int position) {
    return visits[position];
  }

  /**
   * The code at a position, also one that the vocabulary lacks.
   *
   * @param position from 0 to L - 1
   * @return the code as the cohort writes it; null for CLS, SEP and PAD
   */
  public String code(int position) {
    return codes[position];
  }

  /**
   * Where in its visit the code at a position is.
   *
   * @param position from 0 to L - 1
   * @return its index in the visit's list of codes; -1 for CLS, SEP and PAD
   */
  public int codeIndex(int position) {
    return codeIndex[position];
  }

  /**
   * Says whether a position holds no code.
   *
   * @param position from 0 to L - 1
   * @return whether it is CLS, SEP or PAD
   */
  public boolean isSpecial(int position) {
    return codes[position] == null;
  }

  /**
   * Says whether the model cannot tell a code from others: it reads UNK there.
   *
   * @param position from 0 to L - 1
   * @return false also where there is no code
   */
  public boolean isUnknown(int position) {
    return codes[position] != null && special.isUnk(ids[position]);
  }

  /**
   * How many codes of the whole trajectory the vocabulary lacks, those included that were cut and,
   * in a model without UNK, left out.
   */
  public int unknownCodes() {
    return accepted.unknownCodes();
  }

  /** How many of the oldest tokens, SEPs included, were cut to fit the model's length. */
  public int truncatedTokens() {
    return accepted.truncatedTokens();
  }

  /** How many visits of the trajectory have no code; the model sees nothing of them. */
  public int emptyVisits() {
    return accepted.emptyVisits();
  }

  /** How many visits are earlier than one before them, see {@link VisitOrder#disordered}. */
  public int disorderedVisits() {
    return accepted.disorderedVisits();
  }

  /**
   * Of how many visits that the model reads the age was rounded down, since it lies between two
   * rows of the age table; 0 if the model reads no ages, or exact ones.
   */
  public int roundedAges() {
    return accepted.roundedAges();
  }

  /**
   * This patient with other ids, as baselines and removal rules need it: length, visits, codes and
   * the attention mask stay. Every position keeps the age and the token type of its own visit,
   * whatever its new id: a replaced code differs from the code in nothing but the code. The visit
   * input counts the SEP tokens among the new ids (none left: 0 everywhere); in a model without SEP
   * it stays. A replaced code has no value.
   *
   * @param replacedIds the new ids, [L]. Not modified.
   * @return the sequence
   * @throws IllegalArgumentException if there are not exactly L ids
   */
  public TokenSequence withIds(int[] replacedIds) {
    if (replacedIds.length != ids.length) {
      throw new IllegalArgumentException(
          "expected " + ids.length + " ids, but found " + replacedIds.length);
    }
    return new TokenSequence(
        special,
        rule,
        replacedIds.clone(),
        length,
        visits,
        codes,
        codeIndex,
        own,
        timeInput,
        value == null ? null : valuesUnder(replacedIds),
        accepted);
  }

  /**
   * This patient without some codes. What follows moves up and is numbered anew: positions, visit
   * input. A visit that loses its last code loses its SEP, too; nothing that was cut from a long
   * trajectory comes back. Times are those between the visits that are left. CLS takes the inputs
   * of the first visit that is left, PAD those of the last.
   *
   * @param removed says which positions are removed; asked for those that hold a code
   * @return the sequence, L long; possibly without any code
   */
  public TokenSequence without(IntPredicate removed) {
    boolean[] gone = new boolean[length];
    Set<Integer> touched = new HashSet<>();
    Set<Integer> left = new HashSet<>();
    for (int position = 0; position < length; position++) {
      gone[position] = !isSpecial(position) && removed.test(position);
      if (!isSpecial(position)) {
        (gone[position] ? touched : left).add(visits[position]);
      }
    }
    touched.removeAll(left);
    int[] kept =
        IntStream.range(0, length)
            .filter(p -> !gone[p] && !(isSpecial(p) && touched.contains(visits[p])))
            .toArray();
    int[] newIds = new int[ids.length];
    Arrays.fill(newIds, special.pad());
    int[] newVisits = new int[ids.length];
    Arrays.fill(newVisits, -1);
    int[] newCodeIndex = newVisits.clone();
    String[] newCodes = new String[ids.length];
    double[] newValue = value == null ? null : new double[ids.length];
    if (value != null) {
      Arrays.fill(newValue, Double.NaN);
    }
    for (int i = 0; i < kept.length; i++) {
      newIds[i] = ids[kept[i]];
      newVisits[i] = visits[kept[i]];
      newCodeIndex[i] = codeIndex[kept[i]];
      newCodes[i] = codes[kept[i]];
      if (value != null) {
        newValue[i] = value[kept[i]];
      }
    }
    return new TokenSequence(
        special,
        rule,
        newIds,
        kept.length,
        newVisits,
        newCodes,
        newCodeIndex,
        own.keeping(kept, newVisits),
        timeInput,
        newValue,
        accepted);
  }

  private double[] valuesUnder(int[] replacedIds) {
    double[] left = value.clone();
    for (int position = 0; position < left.length; position++) {
      if (replacedIds[position] != ids[position]) {
        left[position] = Double.NaN;
      }
    }
    return left;
  }

  private int[] countSeps() {
    int[] counts = new int[ids.length];
    int seps = 0;
    for (int position = 0; position < ids.length; position++) {
      int before = seps;
      seps += special.isSep(ids[position]) ? 1 : 0;
      counts[position] = rule == VisitIndex.AT_SEP ? seps : before;
    }
    return counts;
  }

  /** Each position's own input; behind the real tokens that of padding. */
  private int[] inputs(int[] ownAndPadding) {
    int[] values = Arrays.copyOf(ownAndPadding, ids.length);
    Arrays.fill(values, length, ids.length, ownAndPadding[ids.length]);
    return values;
  }

  /** Each position's own number; behind the real tokens that of padding. */
  private double[] numbers(double[] ownAndPadding) {
    double[] values = Arrays.copyOf(ownAndPadding, ids.length);
    Arrays.fill(values, length, ids.length, ownAndPadding[ids.length]);
    return values;
  }
}
