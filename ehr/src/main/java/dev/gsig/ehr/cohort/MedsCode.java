package dev.gsig.ehr.cohort;

import java.util.Map;

/**
 * The codes of MEDS that become codes of a cohort. From MIMIC-IV: {@code DIAGNOSIS//ICD//10//I509},
 * {@code PROCEDURE//ICD//9//5491}, {@code MEDICATION//START//Heparin} (prescriptions). From OMOP: a
 * vocabulary and its code, such as {@code ICD10CM/I50.9} or {@code RxNorm/313782}.
 */
final class MedsCode {
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

  private MedsCode() {}

  /** What stands before the first {@code //}. */
  static String head(String code) {
    int end = code.indexOf("//");
    return end < 0 ? code : code.substring(0, end);
  }

  /** What stands behind it. */
  static String rest(String code) {
    int end = code.indexOf("//");
    return end < 0 ? "" : code.substring(end + 2);
  }

  /** The code as {@link Coding} spells it; null if it is of no kind known here. */
  static String known(String code) {
    return switch (head(code)) {
      case "DIAGNOSIS" -> icd('d', rest(code));
      case "PROCEDURE" -> icd('p', rest(code));
      case "MEDICATION" -> drug(rest(code));
      default -> ofVocabulary(code);
    };
  }

  private static String icd(char kind, String rest) {
    String[] parts = rest.split("//", -1);
    return parts.length == 3 && parts[0].equals("ICD") && parts[1].matches("9|10")
        ? Coding.icd(kind, Integer.parseInt(parts[1]), parts[2])
        : null;
  }

  private static String drug(String rest) {
    return head(rest).equals("START") && !rest(rest).isBlank()
        ? Coding.plain('m', rest(rest))
        : null;
  }

  private static String ofVocabulary(String code) {
    int bar = code.indexOf('/');
    Kind kind = bar < 1 ? null : VOCABULARIES.get(code.substring(0, bar));
    String body = code.substring(bar + 1);
    if (kind == null || body.isBlank()) {
      return null;
    }
    return kind.version() == 0
        ? Coding.plain(kind.kind(), body)
        : Coding.icd(kind.kind(), kind.version(), body);
  }
}
