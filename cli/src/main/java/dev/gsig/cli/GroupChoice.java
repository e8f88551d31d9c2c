package dev.gsig.cli;

import dev.gsig.attribution.Attribution.GroupScore;
import dev.gsig.attribution.Attribution.Scores;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.attribution.AttributionJson;
import dev.gsig.ehr.CodeGroups;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Groups of codes that are asked for.
 *
 * @param groups the groups
 * @param file where they are from; null if they are the chapters of classifications
 * @param label what results depend on: the names of classifications, or the file's SHA-256
 */
record GroupChoice(CodeGroups groups, Path file, String label) {
  private static final String SHA256 = "sha256:";

  /** So many digits that sums of what results hold are not rounded again. */
  private static final AttributionJson SUMS = new AttributionJson(12);

  /**
   * The groups that an option names.
   *
   * @param named classifications, separated by commas, or a file
   * @throws InvalidInputException if it is neither, or the file holds no groups
   */
  static GroupChoice of(Path named) {
    CodeGroups classifications = CodeGroups.named(named.toString());
    if (classifications != null) {
      return new GroupChoice(classifications, null, named.toString());
    }
    if (!Files.exists(named)) {
      throw new InvalidInputException(
          named
              + ": no such file, and not one of "
              + CodeGroups.names()
              + ", which --groups knows");
    }
    return new GroupChoice(CodeGroups.read(named), named, SHA256 + FileHash.sha256(named));
  }

  /** The SHA-256 of a file's groups, of which only the label is known; null for classifications. */
  static String sha256(String label) {
    return label.startsWith(SHA256) ? label.substring(SHA256.length()) : null;
  }

  /** A result with its codes summed up by these groups, by each method, whatever it had. */
  Map<String, Object> addTo(JsonObject result) {
    Map<String, Object> json = result.toMap();
    json.put("groups", sums(result));
    json.computeIfPresent(
        "readings",
        (key, any) -> {
          List<Map<String, Object>> readings = new ArrayList<>();
          for (JsonObject reading : result.objects(key)) {
            Map<String, Object> grouped = reading.toMap();
            String method = reading.string("method");
            grouped.put("groups", sums(ResultReadings.ledBy(result, method)));
            readings.add(grouped);
          }
          return readings;
        });
    return json;
  }

  private List<Map<String, Object>> sums(JsonObject result) {
    List<TokenScore> tokens = result.objects("tokens").stream().map(GroupChoice::token).toList();
    return SUMS.toList(GroupScore.of(tokens, groups));
  }

  private static TokenScore token(JsonObject token) {
    return new TokenScore(
        token.has("position") ? token.integer("position") : 0,
        token.string("code"),
        token.integer("visit"),
        ReportResult.isKnown(token),
        new Scores(token.number("l2"), token.number("signed")));
  }
}
