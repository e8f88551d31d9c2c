package dev.gsig.ehr.cohort;

import java.util.Locale;
import java.util.Set;

/**
 * How codes are written. A source spells every code whole: {@code d9_}, {@code d10_} or {@code d_}
 * for diagnoses by the version of ICD or none, {@code p9_}, {@code p10_}, {@code p_} for
 * procedures, {@code m_} for drugs, {@code l_} for labs and vital signs, {@code a_} for allergies,
 * {@code v_} for vaccines, then the code in capitals; a cohort may shorten those of diagnoses,
 * procedures and drugs.
 *
 * @param dropVersion write {@code d_} and {@code p_} whatever the version, as the authors do
 * @param codeLength keep so many characters of a diagnosis or procedure; 0 for all
 * @param drugLength keep so many characters of a drug; 0 for all
 */
public record Coding(boolean dropVersion, int codeLength, int drugLength)
    implements java.io.Serializable {
  /** Codes as they are, neither cut nor stripped. */
  public static final Coding WHOLE = new Coding(false, 0, 0);

  /** The kind of labs and vital signs, which are measured. */
  static final char MEASURED = 'l';

  /** The kind of what a patient must not be given: not a drug that they were given. */
  static final char ALLERGY = 'a';

  /** The kind of vaccines. */
  static final char VACCINE = 'v';

  private static final String KINDS = "dpm" + MEASURED + ALLERGY + VACCINE;

  /** The kinds that a cohort may shorten. */
  private static final String SHORTENED = "dpm";

  /** How sources say that there is no code, in capitals. */
  private static final Set<String> NONE = Set.of("", "UNK", "UNKNOWN", "___");

  /** Spells an ICD code: capitals without dots and spaces; null if there is none. */
  static String icd(char kind, int version, String code) {
    String body = body(code).replaceAll("[. ]", "");
    return NONE.contains(body)
        ? null
        : kind + (version == 0 ? "" : Integer.toString(version)) + "_" + body;
  }

  /** Spells a code or name as it is, in capitals; null if there is none. */
  static String plain(char kind, String code) {
    String body = body(code);
    return NONE.contains(body) ? null : kind + "_" + body;
  }

  private static String body(String code) {
    String text = code.strip().toUpperCase(Locale.ROOT);
    return text.indexOf(' ') < 0 && text.indexOf('\t') < 0 ? text : text.replaceAll("\\s+", " ");
  }

  /**
   * Where codes of a kind come in a visit: diagnoses, procedures, drugs, what is measured,
   * allergies, vaccines.
   */
  static int kind(String code) {
    return KINDS.indexOf(code.charAt(0));
  }

  /** Says whether a code is of a lab or a vital sign. */
  static boolean isMeasured(String code) {
    return code.charAt(0) == MEASURED;
  }

  /** What a cohort writes for a code. */
  String written(String code) {
    if (SHORTENED.indexOf(code.charAt(0)) < 0) {
      return code;
    }
    int start = code.indexOf('_') + 1;
    boolean drug = code.charAt(0) == 'm';
    int length = drug ? drugLength : codeLength;
    String prefix = dropVersion ? code.charAt(0) + "_" : code.substring(0, start);
    String body = code.substring(start);
    if (length > 0 && body.codePointCount(0, body.length()) > length) {
      body = body.substring(0, body.offsetByCodePoints(0, length)).stripTrailing();
    }
    return prefix + body;
  }
}
