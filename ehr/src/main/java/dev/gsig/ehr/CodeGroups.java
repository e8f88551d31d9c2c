package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LineSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The groups that codes are in, one level of a hierarchy: of a file, or the chapters of
 * classifications, which the spelling of a code tells. Immutable.
 */
public final class CodeGroups {
  /** All classifications that are known here. */
  public static final String AUTO = "auto";

  private final Map<String, String> groupByCode;
  private final Set<Classification> classifications;

  private CodeGroups(Map<String, String> groupByCode, Set<Classification> classifications) {
    this.groupByCode = groupByCode;
    this.classifications = classifications;
  }

  /**
   * Groups of one's own, in JSON Lines: {@code {"code":"d_I50","group":"heart failure"}}, a code a
   * line, packed with gzip or not.
   *
   * @throws InvalidInputException naming the line, if the file cannot be read, a line is no such
   *     pair, or a code is in two groups
   */
  public static CodeGroups read(Path file) {
    Map<String, String> groups = new HashMap<>();
    try (LineSource lines = LineSource.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!line.isBlank()) {
          JsonObject pair = Json.object(line, lines.where());
          String code = pair.string("code");
          String group = pair.string("group");
          if (group.isBlank()) {
            throw pair.invalid("group", "is blank");
          }
          String other = groups.put(code, group);
          if (other != null && !other.equals(group)) {
            throw pair.invalid("code", "is in the group " + Json.quote(other) + " already");
          }
        }
      }
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
    if (groups.isEmpty()) {
      throw new InvalidInputException(
          file
              + ": holds no group; write a line for each code: {\"code\":\"..\",\"group\":\"..\"}");
    }
    return new CodeGroups(Map.copyOf(groups), Set.of());
  }

  /**
   * Chapters of ICD and main groups of ATC.
   *
   * @param names of {@link #names}, separated by commas
   * @return null if a name is none of them
   */
  public static CodeGroups named(String names) {
    Set<Classification> chosen = EnumSet.noneOf(Classification.class);
    for (String name : names.split(",", -1)) {
      List<Classification> some =
          Arrays.stream(Classification.values())
              .filter(each -> name.equals(AUTO) || name.equals(each.label()))
              .toList();
      if (some.isEmpty()) {
        return null;
      }
      chosen.addAll(some);
    }
    return new CodeGroups(Map.of(), chosen);
  }

  /** The names that {@link #named} knows: {@code auto, icd10, icd9, atc}. */
  public static String names() {
    return AUTO
        + Arrays.stream(Classification.values())
            .map(each -> ", " + each.label())
            .collect(Collectors.joining());
  }

  /**
   * The group of a code. A diagnosis whose spelling does not tell the version of ICD, such as
   * {@code d_V5861}, is in a chapter only if one of the classifications that were asked for has it
   * and no other.
   *
   * @param code as cohorts of gsig have it, or as MEDS does, such as {@code ICD10CM/I50.9}
   * @return null if it is in no group, or nothing tells in which
   */
  public String groupOf(String code) {
    if (!groupByCode.isEmpty()) {
      return groupByCode.get(code);
    }
    List<String> chapters =
        classifications.stream().map(each -> each.chapter(code)).filter(Objects::nonNull).toList();
    return chapters.size() == 1 ? chapters.get(0) : null;
  }
}
