package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How a prescription's drug is coded. */
public final class Drugs {
  /** By its name. */
  public static final Drugs NAME = new Drugs("name", Map.of());

  /** By its National Drug Code. */
  public static final Drugs NDC = new Drugs("ndc", Map.of());

  /** Not at all. */
  public static final Drugs NONE = new Drugs("none", Map.of());

  private final String label;
  private final Map<String, List<String>> atcByNdc;

  private Drugs(String label, Map<String, List<String>> atcByNdc) {
    this.label = label;
    this.atcByNdc = atcByNdc;
  }

  /**
   * By ATC codes.
   *
   * @param mapping a table with the columns {@code ndc} and {@code atc}; an NDC of several rows has
   *     several codes
   * @return the coding
   * @throws InvalidInputException if it cannot be read or holds nothing
   */
  public static Drugs atc(Path mapping) {
    Map<String, List<String>> map = new HashMap<>();
    try (Table rows = Tables.open(mapping, List.of("ndc", "atc"), List.of())) {
      while (rows.next()) {
        List<String> codes =
            map.computeIfAbsent(ndc(rows.required(0), rows.where()), n -> new ArrayList<>(1));
        String code = Coding.plain('m', rows.required(1));
        if (!codes.contains(code)) {
          codes.add(code);
        }
      }
    }
    if (map.isEmpty()) {
      throw new InvalidInputException(mapping + ": maps no drug; write a row for each NDC");
    }
    return new Drugs("atc", map);
  }

  /** {@code name}, {@code ndc}, {@code atc} or {@code none}. */
  String label() {
    return label;
  }

  /** The column of MIMIC-IV's prescriptions that it reads. */
  String column() {
    return label.equals("name") ? "drug" : "ndc";
  }

  /**
   * The codes of a drug.
   *
   * @param text its name or NDC; null for none
   * @return its codes; empty where it has none
   */
  List<String> codes(String text) {
    if (text == null) {
      return List.of();
    }
    if (label.equals("name")) {
      return List.of(Coding.plain('m', text));
    }
    String ndc = text.replaceAll("[- ]", "");
    if (ndc.matches("0*")) {
      return List.of(); // how MIMIC-IV writes that there is none
    }
    return label.equals("ndc")
        ? List.of(Coding.plain('m', pad(ndc)))
        : atcByNdc.getOrDefault(pad(ndc), List.of());
  }

  private static String ndc(String text, String where) {
    String digits = text.replaceAll("[- ]", "");
    if (!digits.matches("\\d{1,11}")) {
      throw new InvalidInputException(
          where + ": ndc must be 11 digits, but is " + Json.quote(text) + "; zeros in front count");
    }
    return pad(digits);
  }

  /** Spreadsheets take zeros in front away. */
  private static String pad(String digits) {
    return "0".repeat(Math.max(0, 11 - digits.length())) + digits;
  }
}
