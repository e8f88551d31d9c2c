package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.ValueBins;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which codes a cohort writes, and how many training patients have each. */
final class CodeCounts {
  private static final List<String> SPECIAL = List.of("[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]");

  private final String[] written;
  private final Records records;
  private final Map<String, Integer> trainingPatients = new HashMap<>();
  private int patients;
  private final Set<String> elsewhere = new LinkedHashSet<>();

  CodeCounts(Coding coding, Records records) {
    this.records = records;
    this.written = new String[records.codes.size()];
    for (int i = 0; i < written.length; i++) {
      written[i] = coding.written(records.codes.text(i));
    }
  }

  /** What is written for a code of the source. */
  String written(int code) {
    return written[code];
  }

  /** Counts a patient once for each of their codes. */
  void add(Split split, Set<String> codes) {
    if (split == Split.TRAIN) {
      patients += codes.isEmpty() ? 0 : 1;
      codes.forEach(code -> trainingPatients.merge(code, 1, Integer::sum));
    } else {
      elsewhere.addAll(codes);
    }
  }

  /**
   * Makes sure that the vocabulary has a code.
   *
   * @throws InvalidInputException if no code has enough training patients
   */
  void requireAny(int minPatients) {
    int most = trainingPatients.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    if (most < minPatients) {
      throw new InvalidInputException(
          "--min-patients "
              + minPatients
              + " leaves no code in the vocabulary: the training part has "
              + patients
              + (patients == 1 ? " patient" : " patients")
              + " with codes, of whom at most "
              + most
              + " have one in common; ask for fewer");
    }
  }

  /**
   * The special tokens, then the codes of enough training patients, the most frequent first; of the
   * other parts nothing enters, for a model must not know what it is tested on.
   */
  Map<String, Object> vocabulary(int minPatients) {
    Map<String, Object> ids = new LinkedHashMap<>();
    SPECIAL.forEach(token -> ids.put(token, ids.size()));
    for (String code : frequent(minPatients)) {
      ids.put(code, ids.size());
    }
    return ids;
  }

  private List<String> frequent(int minPatients) {
    List<String> codes = new ArrayList<>(new TreeMap<>(trainingPatients).keySet());
    codes.removeIf(code -> trainingPatients.get(code) < minPatients);
    // stable: codes as frequent stay in the order of the alphabet
    codes.sort((a, b) -> Integer.compare(trainingPatients.get(b), trainingPatients.get(a)));
    return codes;
  }

  /**
   * The texts of the codes that are written, where the source has one for the very code.
   *
   * @param bins that values were put into; null for none
   * @param extremes whether codes have the lowest and highest of their values beside them
   */
  Map<String, Object> descriptions(ValueBins bins, boolean extremes) {
    Map<String, Object> texts = new TreeMap<>();
    for (int i = 0; i < written.length; i++) {
      String text = records.descriptions.get(records.codes.text(i));
      if (text != null && isWhole(i)) {
        spellings(i, text, bins, extremes).forEach(texts::putIfAbsent);
      }
    }
    return texts;
  }

  /**
   * The groups of the codes that are written, where the source has one for the very code.
   *
   * @param bins that values were put into; null for none
   * @param extremes whether codes have the lowest and highest of their values beside them
   */
  Map<String, String> groups(ValueBins bins, boolean extremes) {
    Map<String, String> groups = new TreeMap<>();
    for (int i = 0; i < written.length; i++) {
      String group = records.groups.get(records.codes.text(i));
      if (group != null && isWhole(i)) {
        spellings(i, "", bins, extremes)
            .keySet()
            .forEach(spelling -> groups.putIfAbsent(spelling, group));
      }
    }
    return groups;
  }

  private boolean isWhole(int code) {
    return body(records.codes.text(code)).equals(body(written[code]));
  }

  /** The codes that are used of those that are written for one of the source, and their texts. */
  private Map<String, String> spellings(int code, String text, ValueBins bins, boolean extremes) {
    Map<String, String> told = new LinkedHashMap<>(Map.of(written[code], text));
    for (Extreme extreme : extremes ? Extreme.values() : new Extreme[0]) {
      told.put(extreme.code(written[code]), extreme.description(text));
    }
    Map<String, String> all = new LinkedHashMap<>(told);
    if (bins != null) {
      told.forEach((each, words) -> all.putAll(bins.descriptions(each, words)));
    }
    all.keySet().removeIf(each -> !isUsed(each));
    return all;
  }

  private boolean isUsed(String code) {
    return trainingPatients.containsKey(code) || elsewhere.contains(code);
  }

  private static String body(String code) {
    return code.substring(code.indexOf('_') + 1);
  }

  Map<String, Object> json(int minPatients) {
    List<String> known = frequent(minPatients);
    Set<String> unknown = new LinkedHashSet<>(elsewhere);
    unknown.removeAll(new LinkedHashSet<>(known));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("codes", known.size());
    json.put("training_codes_too_rare", trainingPatients.size() - known.size());
    json.put("validation_and_test_codes_not_in_it", unknown.size());
    return json;
  }
}
