package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which version of the common data model the tables are of: what cdm_source says, else as the
 * columns of visit_occurrence tell. Of what is read, the versions differ in one of these alone.
 */
final class OmopVersion {
  /** The column of visit_occurrence that says where to a person was discharged. */
  static final String DISCHARGED_5_4 = "discharged_to_concept_id";

  static final String DISCHARGED_5_3 = "discharge_to_concept_id";

  private static final Pattern NUMBER = Pattern.compile("([0-9]+)\\.([0-9]+)");
  private static final List<String> READ = List.of("5.3", "5.4");

  private final String said;
  private String seen;

  private OmopVersion(String said) {
    this.said = said;
  }

  /**
   * Reads cdm_source, if it is there.
   *
   * @throws InvalidInputException if it says another version than 5.3 and 5.4, or both
   */
  static OmopVersion of(OmopTables tables, Reading reading) {
    TreeSet<String> said = new TreeSet<>();
    if (tables.has("cdm_source")) {
      tables.each(
          reading,
          "cdm_source",
          List.of(),
          List.of("cdm_version"),
          row -> {
            Matcher number = NUMBER.matcher(row.text(0) == null ? "" : row.text(0));
            if (number.find()) {
              String version = number.group(1) + "." + number.group(2);
              if (!READ.contains(version)) {
                throw new InvalidInputException(
                    row.where()
                        + ": cdm_version is "
                        + Json.quote(row.text(0))
                        + ", but versions 5.3 and 5.4 are read; bring the data to one of them");
              }
              said.add(version);
            }
          });
    }
    if (said.size() > 1) {
      throw new InvalidInputException(
          "the table cdm_source says cdm_version 5.3 and 5.4; is this one data set? Leave one row");
    }
    return new OmopVersion(said.isEmpty() ? null : said.first());
  }

  /** Takes which columns visit_occurrence has. */
  void look(boolean has54, boolean has53) {
    seen = has54 == has53 ? null : has54 ? "5.4" : "5.3";
  }

  /** Says what was found, and how. */
  void tell(Records records) {
    if (said == null) {
      records.notice(
          seen == null
              ? "version of the common data model not told: read as 5.4"
              : "version of the common data model not told by cdm_source: "
                  + seen
                  + " by the columns of visit_occurrence");
    } else if (seen != null && !seen.equals(said)) {
      records.notice(
          "cdm_source says version "
              + said
              + ", but visit_occurrence has the columns of "
              + seen
              + ": read by its columns");
    }
    records.found.put("cdm_version", said != null ? said : seen != null ? seen : "5.4");
  }
}
