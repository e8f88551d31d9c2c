package dev.gsig.ehr;

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
  private final int[] visitIndex;
  private final int[] age;
  private final int[] tokenType;
  private final int unknownCodes;
  private final int truncatedTokens;

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
      int unknownCodes,
      int truncatedTokens) {
    this.special = special;
    this.rule = rule;
    this.ids = ids;
    this.length = length;
    this.visits = visits;
    this.codes = codes;
    this.codeIndex = codeIndex;
    this.own = own;
    this.visitIndex = special.sep() == null ? inputs(own.ordinal()) : countSeps();
    this.age = own.age() == null ? null : inputs(own.age());
    this.tokenType = own.tokenType() == null ? null : inputs(own.tokenType());
    this.unknownCodes = unknownCodes;
    this.truncatedTokens = truncatedTokens;
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

  /** The age input, [L], rows of the age table; null if the model reads none. A copy. */
  public int[] age() {
    return age == null ? null : age.clone();
  }

  /** The token type input, [L]; null if the model reads none. A copy. */
  public int[] tokenType() {
    return tokenType == null ? null : tokenType.clone();
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

  /** How many codes of the whole trajectory the vocabulary lacks. */
  public int unknownCodes() {
    return unknownCodes;
  }

  /** How many of the oldest tokens, SEPs included, were cut to fit the model's length. */
  public int truncatedTokens() {
    return truncatedTokens;
  }

  /**
   * The same patient with other ids, as baselines need it: length, visits, codes and the attention
   * mask stay, the visit, age and token type inputs follow from the new ids. The visit input counts
   * the SEP tokens among the new ids (none left: 0 everywhere). A position whose new id is PAD
   * takes the inputs of padding, any other keeps its own.
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
        unknownCodes,
        truncatedTokens);
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

  /** Each position's own input, or that of padding where the id is PAD. */
  private int[] inputs(int[] ownAndPadding) {
    int[] values = new int[ids.length];
    for (int position = 0; position < ids.length; position++) {
      boolean pad = ids[position] == special.pad();
      values[position] = ownAndPadding[pad ? ids.length : position];
    }
    return values;
  }
}
