package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a data set in the Medical Event Data Standard 0.4 keeps in the folder {@code metadata}
 * beside its {@code data}: {@code codes} ({@code code}, {@code description}, {@code parent_codes}),
 * {@code subject_splits} ({@code subject_id}, {@code split}) and {@code dataset.json}. Each may be
 * missing.
 */
final class MedsMetadata {
  static final String SPLITS = "subject_splits";

  private static final String FOLDER = "metadata";
  private static final Map<String, Split> PARTS =
      Map.of("train", Split.TRAIN, "tuning", Split.VALIDATION, "held_out", Split.TEST);

  private final Path folder;
  private final Map<String, String> descriptions = new HashMap<>();
  private final Map<String, List<String>> parents = new HashMap<>();

  private MedsMetadata(Path folder) {
    this.folder = folder;
    Path codes = Tables.find(folder, "codes");
    if (codes != null) {
      readCodes(codes);
    }
  }

  /**
   * The metadata of a data set.
   *
   * @param path the data set's folder, or {@code data} in it
   * @throws InvalidInputException if a table of it cannot be used
   */
  static MedsMetadata of(Path path) {
    Path real = path.toAbsolutePath().normalize();
    boolean isData = Files.isDirectory(real) && real.endsWith("data");
    return new MedsMetadata((isData ? real.getParent() : real).resolve(FOLDER));
  }

  private void readCodes(Path codes) {
    try (Table row = Tables.open(codes, List.of("code"), List.of("description", "parent_codes"))) {
      while (row.next()) {
        String code = row.required(0);
        String other = row.text(1) == null ? null : descriptions.put(code, row.text(1));
        if (other != null && !other.equals(row.text(1))) {
          throw new InvalidInputException(
              row.where()
                  + ": the code "
                  + Json.quote(code)
                  + " has a second description; keep one of the rows");
        }
        if (row.text(2) != null) {
          parents.put(code, row.text(2).lines().map(String::strip).toList());
        }
      }
    }
  }

  /** Says what the codes that were read are, and which group each is in: that of its parent. */
  void describe(Records records, Map<String, String> codes) {
    for (Map.Entry<String, String> code : codes.entrySet()) {
      records.describe(code.getValue(), descriptions.get(code.getKey()));
      List<String> above = parents.getOrDefault(code.getKey(), List.of());
      if (!above.isEmpty()) {
        String parent = above.get(0);
        String group = descriptions.getOrDefault(parent, parent);
        String other = records.groups.putIfAbsent(code.getValue(), group);
        if (above.size() > 1 || (other != null && !other.equals(group))) {
          records.notice("code with several parents: the first is its group");
        }
      }
    }
  }

  /**
   * Puts the subjects into the parts that the data set has them in; those of none are in none.
   *
   * @throws InvalidInputException if a subject is in two
   */
  void divide(Records records) {
    Path splits = Tables.find(folder, SPLITS);
    if (splits == null) {
      return;
    }
    Map<Integer, Split> parts = new HashMap<>();
    Map<String, String> known = new HashMap<>();
    try (Table row = Tables.open(splits, List.of("subject_id", "split"), List.of())) {
      while (row.next()) {
        String subject = row.requiredIdentifier(0);
        String split = row.required(1);
        String other = known.put(subject, split);
        if (other != null && !other.equals(split)) {
          throw new InvalidInputException(
              row.where()
                  + ": the subject "
                  + Json.quote(subject)
                  + " is in "
                  + Json.quote(other)
                  + " already; a subject is in one split");
        }
        int patient = records.patients.find(subject);
        if (patient >= 0 && PARTS.containsKey(split)) {
          parts.put(patient, PARTS.get(split));
        }
      }
    }
    records.parts = parts;
  }

  /** What the data set says that it is. */
  void name(Records records) {
    Path file = folder.resolve("dataset.json");
    if (!Files.exists(file)) {
      return;
    }
    JsonObject said = Json.read(file);
    Map<String, Object> dataset = new LinkedHashMap<>();
    for (String key : List.of("dataset_name", "dataset_version", "meds_version")) {
      String text = said.stringOrNull(key);
      if (text != null) {
        dataset.put(key, text);
      }
    }
    records.found.put("dataset", dataset);
  }
}
