package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which codes of a cohort a model's vocabulary lacks, and why that may be. A model reads all of
 * them as UNK, or not at all, so what it says of a cohort of such codes says nothing of the
 * patients. Memory does not grow with the cohort. Not to be shared by threads.
 */
public final class UnknownCodes {
  /** So many different unknown codes are kept to find out why they are unknown. */
  private static final int SAMPLE = 1000;

  private static final int EXAMPLES = 3;
  private static final int SHORTEST = 3;

  private final Vocabulary vocabulary;
  private final SpecialTokens special;
  private final Set<String> sample = new LinkedHashSet<>();
  private long codes;
  private long unknown;
  private long patients;

  /**
   * No patient was looked at.
   *
   * @param vocabulary the codes that the model knows
   * @param special its special tokens, which are no codes
   */
  public UnknownCodes(Vocabulary vocabulary, SpecialTokens special) {
    this.vocabulary = vocabulary;
    this.special = special;
  }

  /**
   * Looks at a patient.
   *
   * @param patient the patient, whose every code counts, also those that the model's length cuts
   */
  public void add(Trajectory patient) {
    long before = unknown;
    for (Visit visit : patient.visits()) {
      for (String code : visit.codes()) {
        codes++;
        if (vocabulary.idOf(code).stream().allMatch(special::isUnk)) {
          unknown++;
          keep(code);
        }
      }
    }
    patients += unknown > before ? 1 : 0;
  }

  /**
   * Adds what was counted elsewhere.
   *
   * @param manyCodes of so many codes
   * @param manyUnknown so many were unknown
   * @param manyPatients in so many patients
   * @param examples some of them
   */
  public void add(
      long manyCodes, long manyUnknown, long manyPatients, Collection<String> examples) {
    codes += manyCodes;
    unknown += manyUnknown;
    patients += manyPatients;
    examples.forEach(this::keep);
  }

  private void keep(String code) {
    if (sample.size() < SAMPLE) {
      sample.add(code);
    }
  }

  /** How many codes the patients have, each as often as it is there. */
  public long codes() {
    return codes;
  }

  /** How many of them the vocabulary lacks. */
  public long unknown() {
    return unknown;
  }

  /** How many patients have such a code. */
  public long patients() {
    return patients;
  }

  /** The unknown codes that were kept as examples: the first, each once, at most 1000. */
  public Set<String> examples() {
    return Set.copyOf(sample);
  }

  /** Whether more than half of the codes are unknown. */
  public boolean areMost() {
    return 2 * unknown > codes;
  }

  /**
   * Makes sure that the cohort and the model may belong together.
   *
   * @param cohort what messages call the cohort
   * @throws UnknownCodesException if more than half of its codes are unknown, with the share,
   *     examples of both sides and the likely cause
   */
  public void requireFew(String cohort) {
    if (areMost() && clinical().isEmpty()) {
      throw new UnknownCodesException(
          cohort + ": the model's vocabulary has no codes but special tokens; name another one");
    }
    if (areMost()) {
      Cause cause = cause();
      throw new UnknownCodesException(
          cohort
              + ": "
              + share()
              + " are not in the model's vocabulary: the cohort has "
              + quoted(cause.ofCohort)
              + ", the model "
              + quoted(cause.ofModel)
              + "; "
              + cause.inWords
              + ". Name the model and the cohort that belong together, or make the cohort again as"
              + " the model's was made");
    }
  }

  /**
   * What is to be said of few unknown codes. It names none: a rare code may tell of a patient, and
   * what is said may be kept in a log.
   *
   * @return the share, and the cause if one is likely; null if all codes are known
   */
  public String inWords() {
    if (unknown == 0) {
      return null;
    }
    Cause cause = cause();
    return share()
        + ", in "
        + patients
        + (patients == 1 ? " patient" : " patients")
        + ", not in the model's vocabulary"
        + (cause.isKnown ? ", " + cause.inWords : inOtherCase());
  }

  /**
   * How many of the sample the vocabulary has in other capitals, where few are: nothing if none.
   */
  private String inOtherCase() {
    Set<String> known = new HashSet<>();
    clinical().forEach(code -> known.add(Spelling.CASE.common(code)));
    long found = sample.stream().filter(code -> known.contains(Spelling.CASE.common(code))).count();
    return found == 0
        ? ""
        : ", among them "
            + found
            + (found == 1 ? " different code" : " different codes")
            + " that it has in other capitals: a tokenizer that lower-cases would know them, gsig"
            + " reads codes as they are written";
  }

  private String share() {
    return unknown
        + " of "
        + codes
        + (codes == 1 ? " code" : " codes")
        + String.format(Locale.ROOT, " (%.1f%%)", 100.0 * unknown / codes);
  }

  private static String quoted(Collection<String> some) {
    return some.stream().limit(EXAMPLES).map(Json::quote).collect(Collectors.joining(", "));
  }

  /**
   * Why codes are unknown.
   *
   * @param ofCohort codes as the cohort has them
   * @param ofModel codes of the model; the same ones if the cause is known
   */
  private record Cause(
      boolean isKnown, Collection<String> ofCohort, Collection<String> ofModel, String inWords) {}

  /** The difference in spelling that makes the most of the sample known, and at least half. */
  private Cause cause() {
    List<String> known = clinical();
    Map<String, String> best = cut(known);
    String words = "";
    for (Map.Entry<String, String> pair : best.entrySet()) {
      boolean longer = pair.getKey().length() > pair.getValue().length();
      words = "the cohort has " + (longer ? "longer" : "shorter") + " codes, see --code-length";
    }
    for (Spelling spelling : Spelling.values()) {
      Map<String, String> byCommon = new HashMap<>();
      known.forEach(code -> byCommon.putIfAbsent(spelling.common(code), code));
      Map<String, String> found = new LinkedHashMap<>();
      for (String code : sample) {
        String other = byCommon.get(spelling.common(code));
        if (other != null) {
          found.put(code, other);
        }
      }
      if (found.size() > best.size()) {
        Map.Entry<String, String> first = found.entrySet().iterator().next();
        best = found;
        words = spelling.inWords(first.getKey(), first.getValue());
      }
    }
    return 2 * best.size() >= sample.size() && !best.isEmpty()
        ? new Cause(true, best.keySet(), best.values(), "likely because " + words)
        : new Cause(
            false,
            sample,
            known,
            "no other spelling makes them known, so it is likely another cohort's vocabulary");
  }

  /** Codes that one side has cut: {@code d10_I2510} against {@code d10_I25}. */
  private Map<String, String> cut(List<String> known) {
    Map<String, String> byStart = new HashMap<>();
    for (String code : known) {
      for (int end = shortest(code); end < code.length(); end++) {
        byStart.putIfAbsent(code.substring(0, end), code);
      }
    }
    Map<String, String> found = new LinkedHashMap<>();
    for (String code : sample) {
      String other = byStart.get(code);
      for (int end = code.length() - 1; other == null && end >= shortest(code); end--) {
        String start = code.substring(0, end);
        other = vocabulary.idOf(start).isPresent() ? start : null;
      }
      if (other != null && code.length() >= shortest(code)) {
        found.put(code, other);
      }
    }
    return found;
  }

  /** Where a code may be cut at the earliest: a category of the ICD has three characters. */
  private static int shortest(String code) {
    return code.length() - Spelling.body(code).length() + SHORTEST;
  }

  /** The model's codes by their numbers, without special tokens. */
  private List<String> clinical() {
    List<String> clinical = new ArrayList<>();
    for (String code : vocabulary.codes()) {
      int id = vocabulary.idOf(code).orElseThrow();
      if (!special.isStructural(id) && !special.isUnk(id)) {
        clinical.add(code);
      }
    }
    return clinical;
  }
}
