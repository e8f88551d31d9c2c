package dev.gsig.ehr;

import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * What each position takes from its visit: {@code ordinal} (how many kept visits are before it),
 * {@code age}, {@code tokenType} and {@code moments} (null where the model does not read them). CLS
 * takes the first kept visit's, PAD the last visit's; the ordinal of PAD is the number of kept
 * visits. Each array has L + 1 entries: the last is what padding takes, whether or not the sequence
 * has any.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared and never leaves the package
record VisitInputs(int[] ordinal, double[] age, int[] tokenType, TokenMoments moments) {

  /**
   * Collects the inputs.
   *
   * @param visits the visit of each position, [length of the sequence]; positions {@code head} to
   *     {@code length - 1} have one
   * @param moments of the visits; null if the model reads no times
   */
  static VisitInputs of(
      Trajectory trajectory,
      int[] visits,
      int head,
      int length,
      AgeInput ageInput,
      boolean usesTokenType,
      VisitMoments moments) {
    int[] owner = new int[visits.length + 1];
    int[] ordinal = new int[owner.length];
    for (int position = 0; position < owner.length; position++) {
      owner[position] = visits[Math.max(head, Math.min(position, length - 1))];
      if (position > 0) {
        boolean next = position == length || owner[position] != owner[position - 1];
        ordinal[position] = ordinal[position - 1] + (next ? 1 : 0);
      }
    }
    return new VisitInputs(
        ordinal,
        ageInput == null ? null : numbers(owner, visit -> age(trajectory, visit, ageInput)),
        usesTokenType ? map(owner, visit -> tokenType(trajectory, visit)) : null,
        moments == null ? null : moments(owner, moments));
  }

  /**
   * The inputs of what is left when positions are removed.
   *
   * @param kept the old positions, ascending
   * @param visits the visit of each new position, -1 for CLS and PAD
   */
  VisitInputs keeping(int[] kept, int[] visits) {
    int length = kept.length;
    int head = length > 0 && visits[0] < 0 ? 1 : 0;
    int[] source = new int[ordinal.length];
    int[] newOrdinal = new int[ordinal.length];
    for (int position = 0; position < source.length; position++) {
      int at = Math.max(head, Math.min(position, length - 1));
      boolean empty = length == head;
      source[position] =
          !empty ? kept[at] : position < length ? kept[position] : ordinal.length - 1;
      if (position > 0 && !empty) {
        int before = Math.max(head, Math.min(position - 1, length - 1));
        boolean next = position == length || visits[at] != visits[before];
        newOrdinal[position] = newOrdinal[position - 1] + (next ? 1 : 0);
      }
    }
    return new VisitInputs(
        newOrdinal,
        age == null ? null : IntStream.of(source).mapToDouble(i -> age[i]).toArray(),
        pick(tokenType, source),
        moments == null ? null : moments.at(source));
  }

  private static int[] pick(int[] values, int[] source) {
    return values == null ? null : IntStream.of(source).map(i -> values[i]).toArray();
  }

  private static int[] map(int[] owner, IntUnaryOperator input) {
    int[] values = new int[owner.length];
    for (int position = 0; position < owner.length; position++) {
      boolean same = position > 0 && owner[position] == owner[position - 1];
      values[position] = same ? values[position - 1] : input.applyAsInt(owner[position]);
    }
    return values;
  }

  private static double[] numbers(int[] owner, IntToDoubleFunction input) {
    double[] values = new double[owner.length];
    for (int position = 0; position < owner.length; position++) {
      boolean same = position > 0 && owner[position] == owner[position - 1];
      values[position] = same ? values[position - 1] : input.applyAsDouble(owner[position]);
    }
    return values;
  }

  private static TokenMoments moments(int[] owner, VisitMoments moments) {
    double[] at = numbers(owner, moments::of);
    return new TokenMoments(at, moments.firstCut(owner[0]), moments.lastCut(owner[0]), false);
  }

  private static double age(Trajectory trajectory, int visit, AgeInput input) {
    Double age = trajectory.visits().get(visit).age();
    if (age == null) {
      throw new InvalidInputException(
          Tokenizer.at(trajectory, visit) + "the model reads ages; give the visit an \"age\"");
    }
    if (!(age >= 0 && Math.floor(age * input.rowsPerYear()) <= Integer.MAX_VALUE)) {
      throw new InvalidInputException(
          Tokenizer.at(trajectory, visit) + "the age must be a number from 0 up, but is " + age);
    }
    return input.of(age);
  }

  private static int tokenType(Trajectory trajectory, int visit) {
    Integer tokenType = trajectory.visits().get(visit).tokenType();
    if (tokenType == null) {
      throw new InvalidInputException(
          Tokenizer.at(trajectory, visit)
              + "the model reads token types; give the visit a \"token_type\"");
    }
    if (tokenType < 0) {
      throw new InvalidInputException(
          Tokenizer.at(trajectory, visit)
              + "the token type must not be negative, but is "
              + tokenType);
    }
    return tokenType;
  }
}
