package dev.gsig.ehr.cohort;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a code of MEDS says. Codes of a cohort come from MIMIC-IV's {@code
 * DIAGNOSIS//ICD//10//I509}, {@code PROCEDURE//ICD//9//5491}, {@code MEDICATION//START//Heparin}
 * (prescriptions), and from OMOP's vocabularies, such as {@code ICD10CM/I50.9} or {@code
 * RxNorm/313782}.
 *
 * @param meaning what it is about
 * @param text of a {@link Meaning#CODE} how {@link Coding} spells it; of a {@link Meaning#SEX} the
 *     sex as the source spells it; of {@link Meaning#NOTHING} and {@link Meaning#OTHER} its kind
 */
record MedsCode(Meaning meaning, String text) {
  /** What an event can be about. */
  enum Meaning {
    /** The patient is born. */
    BIRTH,
    /** The patient dies. */
    DEATH,
    /** The patient's sex. */
    SEX,
    /** A hospital stay begins. */
    ADMISSION,
    /** A hospital stay ends. */
    DISCHARGE,
    /** A hospital stay ends with the patient's death. */
    DISCHARGE_DEAD,
    /** A code of a cohort. */
    CODE,
    /** Of a kind that has codes, but without one, such as {@code MEDICATION//START//UNK}. */
    NOTHING,
    /** Anything else. */
    OTHER
  }

  private record Kind(char kind, int version) {}

  private static final Map<String, Kind> VOCABULARIES =
      Map.of(
          "ICD9CM", new Kind('d', 9),
          "ICD10CM", new Kind('d', 10),
          "ICD10", new Kind('d', 10),
          "SNOMED", new Kind('d', 0),
          "ICD9Proc", new Kind('p', 9),
          "ICD10PCS", new Kind('p', 10),
          "CPT4", new Kind('p', 0),
          "RxNorm", new Kind('m', 0),
          "NDC", new Kind('m', 0),
          "ATC", new Kind('m', 0));

  /** How hospitals say that a discharge is a death, in capitals. */
  private static final Set<String> DEAD =
      Set.of("DIED", "DEAD", "DEATH", "DECEASED", "EXPIRED", "DEAD/EXPIRED");

  /** Date of birth and death in SNOMED CT, as the first tools for MEDS wrote them. */
  private static final String BORN = "SNOMED/184099003";

  private static final String DIED = "SNOMED/419620001";

  /** Reads a code. */
  static MedsCode of(String code) {
    String head = head(code);
    switch (head) {
      case "MEDS_BIRTH", BORN -> {
        return new MedsCode(Meaning.BIRTH, null);
      }
      case "MEDS_DEATH", DIED -> {
        return new MedsCode(Meaning.DEATH, null);
      }
      case "HOSPITAL_ADMISSION" -> {
        return new MedsCode(Meaning.ADMISSION, null);
      }
      case "HOSPITAL_DISCHARGE" -> {
        return new MedsCode(isDeath(rest(code)) ? Meaning.DISCHARGE_DEAD : Meaning.DISCHARGE, null);
      }
      default -> {
        String kind = kind(code);
        return switch (kind.toUpperCase(Locale.ROOT)) {
          case "GENDER", "SEX" ->
              new MedsCode(Meaning.SEX, code.substring(kind.length()).replaceFirst("^/+", ""));
          default -> coded(code, head, kind);
        };
      }
    }
  }

  private static MedsCode coded(String code, String head, String kind) {
    String known = known(code);
    if (known != null) {
      return new MedsCode(Meaning.CODE, known);
    }
    boolean ofCodes =
        switch (head) {
          case "DIAGNOSIS", "PROCEDURE" -> rest(code).matches("ICD//(9|10)(//.*)?");
          case "MEDICATION" -> head(rest(code)).equals("START");
          default -> VOCABULARIES.containsKey(kind);
        };
    return new MedsCode(ofCodes ? Meaning.NOTHING : Meaning.OTHER, kind);
  }

  /** Whether where a discharge goes to says that the patient is dead. */
  static boolean isDeath(String discharge) {
    return Arrays.stream(discharge.toUpperCase(Locale.ROOT).split("//"))
        .map(String::strip)
        .anyMatch(DEAD::contains);
  }

  /** What stands before the first {@code //}. */
  private static String head(String code) {
    int end = code.indexOf("//");
    return end < 0 ? code : code.substring(0, end);
  }

  /** What stands behind the first {@code //} of a code. */
  private static String rest(String code) {
    int end = code.indexOf("//");
    return end < 0 ? "" : code.substring(end + 2);
  }

  /** What stands before the first {@code /}. */
  private static String kind(String code) {
    int end = code.indexOf('/');
    return end < 0 ? code : code.substring(0, end);
  }

  /** The code as {@link Coding} spells it; null if it is of no kind known here, or none. */
  static String known(String code) {
    return switch (head(code)) {
      case "DIAGNOSIS" -> icd('d', rest(code));
      case "PROCEDURE" -> icd('p', rest(code));
      case "MEDICATION" -> drug(rest(code));
      default -> ofVocabulary(code);
    };
  }

  /**
   * An event that is read where it has a number.
   *
   * @param code as the source spells it
   * @return the code as {@link Coding} spells it; null if it is of no code, or not for its number
   */
  String measured(String code) {
    return meaning == Meaning.OTHER ? Coding.plain(Coding.MEASURED, code) : null;
  }

  private static String icd(char kind, String rest) {
    String[] parts = rest.split("//", -1);
    return parts.length == 3 && parts[0].equals("ICD") && parts[1].matches("9|10")
        ? Coding.icd(kind, Integer.parseInt(parts[1]), parts[2])
        : null;
  }

  private static String drug(String rest) {
    return head(rest).equals("START") ? Coding.plain('m', rest(rest)) : null;
  }

  private static String ofVocabulary(String code) {
    String vocabulary = kind(code);
    Kind kind = VOCABULARIES.get(vocabulary);
    if (kind == null || vocabulary.length() == code.length()) {
      return null;
    }
    String body = code.substring(vocabulary.length() + 1);
    if (vocabulary.equals("NDC")) {
      return Drugs.ofNdc(body);
    }
    return kind.version() == 0
        ? Coding.plain(kind.kind(), body)
        : Coding.icd(kind.kind(), kind.version(), body);
  }
}
