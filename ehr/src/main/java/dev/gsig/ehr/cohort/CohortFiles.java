package dev.gsig.ehr.cohort;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.ValueBins;
import dev.gsig.ehr.internal.FileKind;
import dev.gsig.ehr.internal.FileSet;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Files of a cohort's folder. */
public final class CohortFiles {
  /** What was chosen, counted and left out. */
  public static final String REPORT = "cohort-report.json";

  /** The groups of the codes, as {@code --groups} takes them, where the source has groups. */
  static final String GROUPS = "code-groups.jsonl";

  /** All of them; the report tells who made them. */
  static final FileSet SET =
      FileSet.of("cohort of gsig")
          .with(
              Pattern.quote(REPORT),
              new FileKind("report on a cohort", file -> isReport(Json.read(file))))
          .with(
              "train.jsonl",
              "validation.jsonl",
              "test.jsonl",
              "vocab.json",
              "descriptions.json",
              GROUPS,
              Display.FILE_NAME,
              CodeValues.FILE_NAME,
              ValueBins.FILE_NAME);

  private CohortFiles() {}

  /**
   * Makes sure that a cohort may be written into a folder, before any work is done. Files of other
   * names in the folder stay.
   *
   * @param folder the folder, which need not exist
   * @param overwrite whether a cohort that gsig made there may be replaced
   * @throws InvalidInputException if the folder cannot be written, or holds what may not be
   *     replaced
   */
  public static void requireFree(Path folder, boolean overwrite) {
    SET.requireFree(folder, overwrite);
  }

  /** Writes groups, a code a line. */
  static void groups(Path file, Map<String, String> groups) throws IOException {
    StringBuilder lines = new StringBuilder();
    groups.forEach(
        (code, group) -> {
          Map<String, Object> pair = new LinkedHashMap<>();
          pair.put("code", code);
          pair.put("group", group);
          lines.append(Json.write(pair)).append('\n');
        });
    Files.writeString(file, lines, StandardCharsets.UTF_8);
  }

  private static boolean isReport(JsonObject report) {
    return report.has("choices") && report.has("steps");
  }

  /** Writes an object with a line for each of its keys. */
  static void json(Path file, Map<String, Object> object) throws IOException {
    Files.writeString(file, Json.writeLines(object), StandardCharsets.UTF_8);
  }
}
