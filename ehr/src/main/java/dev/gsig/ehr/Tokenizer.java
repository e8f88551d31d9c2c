package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Turns a trajectory into the token sequence that a model reads: {@code [CLS]}, the codes of the
 * first visit, {@code [SEP]}, the next visit, ..., {@code [SEP]}, then PAD up to the model's
 * length.
 *
 * <ul>
 *   <li>Of a trajectory that is too long, CLS and the newest tokens are kept.
 *   <li>A visit without a code contributes nothing, no SEP either.
 *   <li>A code that the vocabulary lacks becomes UNK; in a model without UNK it is left out. Both
 *       are counted.
 *   <li>A model without CLS or SEP gets sequences without them.
 * </ul>
 *
 * <p>Immutable; may be shared by threads.
 */
public final class Tokenizer {
  private final Vocabulary vocabulary;
  private final SpecialTokens special;
  private final VisitIndex visitIndex;
  private final int maxLength;
  private final AgeInput ageInput;
  private final boolean usesTokenType;
  private final TimeInput timeInput;
  private final ValueInput valueInput;

  /**
   * Creates a tokenizer for a model that reads codes alone.
   *
   * @param vocabulary the codes that the model knows
   * @param special the model's special tokens
   * @param maxLength the length of every sequence
   * @throws InvalidInputException if {@code maxLength} leaves no room for a code
   */
  public Tokenizer(Vocabulary vocabulary, SpecialTokens special, int maxLength) {
    this(vocabulary, special, VisitIndex.BEFORE_SEP, maxLength, 0, false);
  }

  /**
   * Creates a tokenizer for a model that reads no times.
   *
   * @param vocabulary the codes that the model knows
   * @param special the model's special tokens
   * @param visitIndex how the visit input is counted
   * @param maxLength the length of every sequence
   * @param ageRowsPerYear the age input is the age in years times this, rounded down, and every
   *     visit that is read must have one; 0 if the model reads no ages
   * @param usesTokenType whether the model reads token types: then every visit that is read must
   *     have one
   * @throws InvalidInputException if {@code maxLength} leaves no room for a code
   */
  public Tokenizer(
      Vocabulary vocabulary,
      SpecialTokens special,
      VisitIndex visitIndex,
      int maxLength,
      int ageRowsPerYear,
      boolean usesTokenType) {
    this(vocabulary, special, visitIndex, maxLength, ageRowsPerYear, usesTokenType, null);
  }

  /**
   * Creates a tokenizer for a model.
   *
   * @param vocabulary the codes that the model knows
   * @param special the model's special tokens
   * @param visitIndex how the visit input is counted
   * @param maxLength the length of every sequence
   * @param ageRowsPerYear the age input is the age in years times this, rounded down, and every
   *     visit that is read must have one; 0 if the model reads no ages
   * @param usesTokenType whether the model reads token types: then every visit that is read must
   *     have one
   * @param timeInput what the model reads as the time of a token: then every visit that is read
   *     must have a time, or an age where that is read; null if the model reads no times
   * @throws InvalidInputException if {@code maxLength} leaves no room for a code
   */
  public Tokenizer(
      Vocabulary vocabulary,
      SpecialTokens special,
      VisitIndex visitIndex,
      int maxLength,
      int ageRowsPerYear,
      boolean usesTokenType,
      TimeInput timeInput) {
    this(
        vocabulary,
        special,
        visitIndex,
        maxLength,
        ageRowsPerYear == 0 ? null : AgeInput.rows(ageRowsPerYear),
        usesTokenType,
        timeInput,
        null);
  }

  /**
   * Creates a tokenizer.
   *
   * @param vocabulary the codes that the model knows
   * @param special the model's special tokens
   * @param visitIndex how the visit input is counted
   * @param maxLength the length of every sequence
   * @param ageInput what the model reads as the age of a token: then every visit that is read must
   *     have one; null if the model reads no ages
   * @param usesTokenType whether the model reads token types: then every visit that is read must
   *     have one
   * @param timeInput what the model reads as the time of a token: then every visit that is read
   *     must have a time, or an age where that is read; null if the model reads no times
   * @param valueInput what the model reads as the value of a token; null if it reads no values
   * @throws InvalidInputException if {@code maxLength} leaves no room for a code, or if values are
   *     standardised and the vocabulary has no statistics of them
   */
  public Tokenizer(
      Vocabulary vocabulary,
      SpecialTokens special,
      VisitIndex visitIndex,
      int maxLength,
      AgeInput ageInput,
      boolean usesTokenType,
      TimeInput timeInput,
      ValueInput valueInput) {
    if (valueInput != null && valueInput.scale() == ValueInput.Scale.STANDARDISED) {
      vocabulary.requireValues();
    }
    int smallest = 1 + (special.cls() == null ? 0 : 1) + (special.sep() == null ? 0 : 1);
    if (maxLength < smallest) {
      throw new InvalidInputException(
          "a sequence length of "
              + maxLength
              + " leaves no room for a code beside the special tokens; it must be at least "
              + smallest);
    }
    this.vocabulary = vocabulary;
    this.special = special;
    this.visitIndex = visitIndex;
    this.maxLength = maxLength;
    this.ageInput = ageInput;
    this.usesTokenType = usesTokenType;
    this.timeInput = timeInput;
    this.valueInput = valueInput;
  }

  /** The codes that the model knows. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** The model's special tokens. */
  public SpecialTokens specialTokens() {
    return special;
  }

  /** What the model reads as the value of a token; null if it reads no values. */
  public ValueInput valueInput() {
    return valueInput;
  }

  /** L, the length of every sequence. */
  public int maxLength() {
    return maxLength;
  }

  /**
   * Tokenizes a trajectory.
   *
   * @param trajectory the patient
   * @return the sequence, of the model's length
   * @throws InvalidInputException naming the patient if no code can be read, if a code has the name
   *     of a PAD, CLS, SEP or MASK token, or if a visit lacks an age, token type or time that the
   *     model reads, or is earlier than one before it while the model reads times
   */
  public TokenSequence tokenize(Trajectory trajectory) {
    Tokens tokens = new Tokens();
    for (int visit = 0; visit < trajectory.visits().size(); visit++) {
      append(tokens, trajectory, visit);
    }
    if (tokens.size == 0) {
      throw new InvalidInputException(
          "patient "
              + Json.quote(trajectory.subjectId())
              + ": the trajectory has no code that the model knows; is it the right vocabulary?");
    }
    int head = special.cls() == null ? 0 : 1;
    int kept = Math.min(tokens.size, maxLength - head);
    return sequence(trajectory, tokens, head, kept);
  }

  /**
   * The sequence of token ids that were made elsewhere, for a model that reads no times.
   *
   * @param tokens at most L ids, PAD only at the end. Not modified
   * @param age the age input of each position, or null if the model reads none
   * @param tokenType the token type of each position, or null if the model reads none
   * @return the sequence, with PAD up to the model's length
   * @throws InvalidInputException if there is nothing but PAD, there are too many ids, one is no
   *     row of the vocabulary's table or negative, or an input that the model reads is missing
   */
  public TokenSequence ofIds(int[] tokens, int[] age, int[] tokenType) {
    return ofIds(tokens, age, tokenType, null);
  }

  /**
   * The sequence of token ids that were made elsewhere, to compare models on the same input.
   *
   * @param tokens at most L ids, PAD only at the end. Not modified
   * @param age the age input of each position, or null if the model reads none
   * @param tokenType the token type of each position, or null if the model reads none
   * @param time the time input of each position, or null if the model reads none
   * @return the sequence, with PAD up to the model's length
   * @throws InvalidInputException if there is nothing but PAD, there are too many ids, one is no
   *     row of the vocabulary's table or negative, an input that the model reads is missing, or a
   *     special token has another time than {@link TimeInput#special} says
   */
  public TokenSequence ofIds(int[] tokens, int[] age, int[] tokenType, double[] time) {
    double[] ages = age == null ? null : IntStream.of(age).asDoubleStream().toArray();
    return ofIds(tokens, ages, tokenType, time, null);
  }

  /**
   * The sequence of token ids that were made elsewhere, to compare models on the same input.
   *
   * @param tokens at most L ids, PAD only at the end. Not modified
   * @param age the age input of each position, or null if the model reads none
   * @param tokenType the token type of each position, or null if the model reads none
   * @param time the time input of each position, or null if the model reads none
   * @param value the value input of each position, scaled, NaN for none; null if the model reads
   *     none
   * @return the sequence, with PAD up to the model's length
   * @throws InvalidInputException if there is nothing but PAD, there are too many ids, one is no
   *     row of the vocabulary's table or negative, an input that the model reads is missing, an age
   *     is negative or, in a table of ages, not whole, a special token has another time than {@link
   *     TimeInput#special} says, or one has a value
   */
  public TokenSequence ofIds(
      int[] tokens, double[] age, int[] tokenType, double[] time, double[] value) {
    int length = tokens.length;
    while (length > 0 && tokens[length - 1] == special.pad()) {
      length--;
    }
    if (length == 0 || tokens.length > maxLength) {
      throw new InvalidInputException(
          length == 0
              ? "the sequence holds nothing but PAD"
              : "the sequence has " + tokens.length + " ids, the model takes " + maxLength);
    }
    requireInput("age", ageInput != null && age == null);
    requireAges(age, length);
    requireInput("token_type", usesTokenType && tokenType == null);
    requireInput("time", timeInput != null && time == null);
    requireInput("value", valueInput != null && value == null);
    int[] ids = Arrays.copyOf(tokens, maxLength);
    Arrays.fill(ids, length, maxLength, special.pad());
    int[] visits = new int[maxLength];
    int[] codeIndex = new int[maxLength];
    String[] codes = new String[maxLength];
    int[] ordinal = new int[maxLength + 1];
    Arrays.fill(visits, -1);
    Arrays.fill(codeIndex, -1);
    int visit = 0;
    int first = 0;
    for (int position = 0; position < length; position++) {
      boolean isCls = special.cls() != null && special.cls() == ids[position];
      ordinal[position] = visit;
      visits[position] = isCls ? -1 : visit;
      if (special.isSep(ids[position])) {
        visit++;
        first = position + 1;
      } else if (!isCls) {
        codes[position] = vocabulary.codeOf(ids[position]).orElse("id " + ids[position]);
        codeIndex[position] = position - first;
      }
    }
    Arrays.fill(ordinal, length, maxLength + 1, special.sep() == null ? 1 : visit);
    VisitInputs inputs =
        new VisitInputs(
            ordinal,
            ageInput == null ? null : padded(age, length),
            usesTokenType ? padded(tokenType, length) : null,
            timeInput == null ? null : TokenMoments.given(padded(time, length)));
    TokenSequence sequence =
        new TokenSequence(
            special,
            visitIndex,
            ids,
            length,
            visits,
            codes,
            codeIndex,
            inputs,
            timeInput,
            valueInput == null ? null : values(value, codes, length),
            new Accepted(0, 0, 0, 0, 0));
    if (timeInput != null) {
      requireTimesOfSpecials(sequence, time);
    }
    return sequence;
  }

  private double[] values(double[] given, String[] codes, int length) {
    requirePositions(given.length, length);
    double[] values = new double[maxLength];
    Arrays.fill(values, Double.NaN);
    for (int position = 0; position < length; position++) {
      if (codes[position] != null) {
        values[position] = given[position];
      } else if (!Double.isNaN(given[position])) {
        throw new InvalidInputException(
            "position "
                + position
                + " holds a special token and has the value "
                + given[position]
                + "; only codes have values, set it to NaN");
      }
    }
    return values;
  }

  private void requireAges(double[] ages, int length) {
    int given = ageInput == null ? 0 : Math.min(ages.length, length);
    for (int position = 0; position < given; position++) {
      double age = ages[position];
      boolean whole = age == Math.rint(age);
      if (!(age >= 0 && age <= Integer.MAX_VALUE) || (ageInput.isWhole() && !whole)) {
        throw new InvalidInputException(
            "position "
                + position
                + " has the age input "
                + age
                + ", which must be "
                + (ageInput.isWhole() ? "a whole number" : "a number")
                + " from 0 up");
      }
    }
  }

  private static void requireInput(String input, boolean missing) {
    if (missing) {
      throw new InvalidInputException(
          "the model reads " + input + ", but the sequence has none; add it");
    }
  }

  /**
   * What special tokens read is no choice of a sequence: times that contradict the model's rule
   * would prove a model that no trajectory is ever read with.
   */
  private void requireTimesOfSpecials(TokenSequence sequence, double[] time) {
    boolean zero = timeInput.special() == TimeInput.AtSpecial.ZERO;
    int[] ids = sequence.inputIds();
    for (int position = 0; position < sequence.length(); position++) {
      boolean isSep = special.isSep(ids[position]);
      int owner = isSep ? position - 1 : position + 1;
      boolean owned = owner >= 0 && owner < sequence.length() && !sequence.isSpecial(owner);
      double expected = zero ? 0 : owned ? time[owner] : time[position];
      if (sequence.isSpecial(position) && time[position] != expected) {
        throw new InvalidInputException(
            "position "
                + position
                + " holds "
                + (isSep ? "SEP" : "CLS")
                + " and has the time "
                + time[position]
                + ", but with time_special_tokens "
                + timeInput.special().configName()
                + " it reads "
                + expected
                + "; give it that, or correct the setting");
      }
    }
  }

  /** One entry a position and one for padding, which takes the last. */
  private int[] padded(int[] values, int length) {
    requirePositions(values.length, length);
    int[] all = Arrays.copyOf(values, maxLength + 1);
    Arrays.fill(all, length, maxLength + 1, values[length - 1]);
    return all;
  }

  /** One entry a position and one for padding, which takes the last. */
  private double[] padded(double[] values, int length) {
    requirePositions(values.length, length);
    double[] all = Arrays.copyOf(values, maxLength + 1);
    Arrays.fill(all, length, maxLength + 1, values[length - 1]);
    return all;
  }

  private static void requirePositions(int given, int length) {
    if (given < length) {
      throw new InvalidInputException(
          "the sequence has " + length + " ids, but an input of " + given + " positions");
    }
  }

  private void append(Tokens tokens, Trajectory trajectory, int visit) {
    boolean any = false;
    int index = 0;
    for (String code : trajectory.visits().get(visit).codes()) {
      OptionalInt id = vocabulary.idOf(code);
      if (id.isPresent() && special.isStructural(id.getAsInt())) {
        throw new InvalidInputException(
            at(trajectory, visit)
                + "the code "
                + Json.quote(code)
                + " is a special token of the model; remove it");
      }
      boolean unknown = id.isEmpty() || special.isUnk(id.getAsInt());
      tokens.unknown += unknown ? 1 : 0;
      Integer token = id.isPresent() ? Integer.valueOf(id.getAsInt()) : special.unk();
      if (token != null) {
        tokens.add(token, visit, code, index);
        any = true;
      }
      index++;
    }
    if (any && special.sep() != null) {
      tokens.add(special.sep(), visit, null, -1);
    }
  }

  private TokenSequence sequence(Trajectory trajectory, Tokens tokens, int head, int kept) {
    int[] ids = new int[maxLength];
    Arrays.fill(ids, special.pad());
    if (head == 1) {
      ids[0] = special.cls();
    }
    int[] visits = new int[maxLength];
    Arrays.fill(visits, -1);
    int[] codeIndex = visits.clone();
    String[] codes = new String[maxLength];
    int first = tokens.size - kept;
    System.arraycopy(tokens.ids, first, ids, head, kept);
    System.arraycopy(tokens.visits, first, visits, head, kept);
    System.arraycopy(tokens.codes, first, codes, head, kept);
    System.arraycopy(tokens.indices, first, codeIndex, head, kept);
    int length = head + kept;
    return new TokenSequence(
        special,
        visitIndex,
        ids,
        length,
        visits,
        codes,
        codeIndex,
        VisitInputs.of(
            trajectory, visits, head, length, ageInput, usesTokenType, moments(trajectory, tokens)),
        timeInput,
        valueInput == null ? null : values(trajectory, ids, visits, codes, codeIndex),
        new Accepted(
            tokens.unknown,
            first,
            (int) trajectory.visits().stream().filter(visit -> visit.codes().isEmpty()).count(),
            VisitOrder.disordered(trajectory),
            roundedAges(trajectory, visits)));
  }

  /** The value of a code that the vocabulary lacks is none: nobody could say whose it is. */
  private double[] values(
      Trajectory trajectory, int[] ids, int[] visits, String[] codes, int[] codeIndex) {
    double[] values = new double[maxLength];
    for (int position = 0; position < maxLength; position++) {
      boolean known = codes[position] != null && !special.isUnk(ids[position]);
      Double value =
          known ? trajectory.visits().get(visits[position]).value(codeIndex[position]) : null;
      values[position] =
          value == null ? Double.NaN : valueInput.of(codes[position], value, vocabulary);
    }
    return values;
  }

  private VisitMoments moments(Trajectory trajectory, Tokens tokens) {
    return timeInput == null
        ? null
        : new VisitMoments(trajectory, Arrays.copyOf(tokens.visits, tokens.size), timeInput);
  }

  /**
   * How many visits that are read have an age between two rows.
   *
   * @param visits the visit of each position, -1 for none
   */
  private int roundedAges(Trajectory trajectory, int[] visits) {
    return ageInput == null || !ageInput.isWhole()
        ? 0
        : (int)
            IntStream.of(visits)
                .filter(visit -> visit >= 0)
                .distinct()
                .mapToDouble(visit -> trajectory.visits().get(visit).age() * ageInput.rowsPerYear())
                .filter(row -> row != Math.rint(row))
                .count();
  }

  /** How messages name a visit; users count from one. */
  static String at(Trajectory trajectory, int visit) {
    return "patient " + Json.quote(trajectory.subjectId()) + ", visit " + (visit + 1) + ": ";
  }

  /** A growing list of tokens in four parallel arrays. */
  private static final class Tokens {
    private int[] ids = new int[64];
    private int[] visits = new int[64];
    private String[] codes = new String[64];
    private int[] indices = new int[64];
    private int size;
    private int unknown;

    private void add(int id, int visit, String code, int index) {
      if (size == ids.length) {
        ids = Arrays.copyOf(ids, 2 * size);
        visits = Arrays.copyOf(visits, 2 * size);
        codes = Arrays.copyOf(codes, 2 * size);
        indices = Arrays.copyOf(indices, 2 * size);
      }
      ids[size] = id;
      visits[size] = visit;
      codes[size] = code;
      indices[size] = index;
      size++;
    }
  }
}
