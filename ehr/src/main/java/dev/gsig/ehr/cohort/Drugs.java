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
  /** A drug is coded by its name. */
  public static final Drugs NAME = new Drugs("name", Map.of());

  /** A drug is coded by its National Drug Code. */
  public static final Drugs NDC = new Drugs("ndc", Map.of());

  /** Drugs are left out. */
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
        if (code != null && !codes.contains(code)) {
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
      String code = Coding.plain('m', text);
      return code == null ? List.of() : List.of(code);
    }
    String ndc = ndc(text);
    if (ndc == null) {
      return List.of();
    }
    return label.equals("ndc")
        ? List.of(Coding.plain('m', ndc))
        : atcByNdc.getOrDefault(ndc, List.of());
  }

  /** The code of a drug by its NDC; null if the text is none. */
  static String ofNdc(String text) {
    String ndc = ndc(text);
    return ndc == null ? null : Coding.plain('m', ndc);
  }

  private static String ndc(String text, String where) {
    String ndc = ndc(text);
    if (ndc == null) {
      throw new InvalidInputException(
          where + ": ndc must be 11 digits, but is " + Json.quote(text) + "; zeros in front count");
    }
    return ndc;
  }

  /**
   * An NDC in its 11 digits. With hyphens each of its three parts is filled up with zeros in front
   * (5, 4 and 2 digits), for labels leave one of them out; without hyphens the whole is, for
   * spreadsheets and data frames take zeros in front for those of a number, and write {@code
   * 338004904.0}.
   *
   * @return null if the text is none, or zeros only, how MIMIC-IV writes that there is none
   */
  private static String ndc(String text) {
    String plain = text.replace(" ", "").replaceFirst("(?<=\\d)\\.0+$", "");
    String[] parts = plain.split("-", -1);
    String digits =
        parts.length == 3
            ? pad(parts[0], 5) + pad(parts[1], 4) + pad(parts[2], 2)
            : pad(plain.replace("-", ""), 11);
    return digits.matches("\\d{11}") && !digits.matches("0+") ? digits : null;
  }

  private static String pad(String digits, int length) {
    return "0".repeat(Math.max(0, length - digits.length())) + digits;
  }
}
