package dev.gsig.cli;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The facts of Synthea's tables as bulk data of FHIR, as Synthea writes those itself. */
final class SyntheaAsFhir {
  private static final String SNOMED = "http://snomed.info/sct";
  private static final String RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";
  private static final String LOINC = "http://loinc.org";

  private final Path tables;
  private final Path folder;
  private long ids;

  private SyntheaAsFhir(Path tables, Path folder) {
    this.tables = tables;
    this.folder = folder;
  }

  /** Makes a resource of a row; null for none. */
  private interface Maker {
    Map<String, Object> of(Table row);
  }

  /**
   * Writes a file for each type.
   *
   * @param folder which is made
   */
  static void write(Path tables, Path folder) throws IOException {
    Files.createDirectories(folder);
    SyntheaAsFhir all = new SyntheaAsFhir(tables, folder);
    all.each(
        "patients",
        List.of("Id", "BIRTHDATE", "DEATHDATE", "GENDER"),
        "Patient",
        SyntheaAsFhir::patient);
    all.each(
        "encounters",
        List.of("Id", "START", "STOP", "PATIENT"),
        "Encounter",
        SyntheaAsFhir::encounter);
    List<String> columns = List.of("START", "PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION");
    all.each("conditions", columns, "Condition", all::condition);
    all.each("procedures", columns, "Procedure", all::procedure);
    all.each("medications", columns, "MedicationRequest", all::drug);
    all.each(
        "observations",
        List.of("DATE", "PATIENT", "CODE", "VALUE"),
        "Observation",
        all::observation);
  }

  private void each(String table, List<String> columns, String type, Maker maker)
      throws IOException {
    List<String> more = List.of("ENCOUNTER", "DESCRIPTION", "UNITS", "TYPE");
    try (Table rows =
            Tables.open(
                Tables.require(tables, table),
                columns,
                table.equals("observations") ? more : List.of());
        BufferedWriter out = Files.newBufferedWriter(folder.resolve(type + ".ndjson"))) {
      while (rows.next()) {
        Map<String, Object> resource = new LinkedHashMap<>();
        resource.put("resourceType", type);
        resource.putAll(maker.of(rows));
        out.write(Json.write(resource) + "\n");
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Map<String, Object> reference(String type, String id) {
    return Map.of("reference", type + "/" + id);
  }

  private static Map<String, Object> patient(Table row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", row.text(0));
    json.put("gender", "M".equals(row.text(3)) ? "male" : "female");
    json.put("birthDate", row.text(1));
    if (row.text(2) != null) {
      json.put("deceasedDateTime", row.text(2));
    }
    return json;
  }

  private static Map<String, Object> encounter(Table row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", row.text(0));
    json.put("status", "finished");
    json.put("subject", reference("Patient", row.text(3)));
    json.put("period", Map.of("start", row.text(1), "end", row.text(2)));
    return json;
  }

  private Map<String, Object> event(String patient, String encounter) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", "r" + ids++);
    json.put("subject", reference("Patient", patient));
    if (encounter != null) {
      json.put("encounter", reference("Encounter", encounter));
    }
    return json;
  }

  private static Map<String, Object> concept(String system, String code, String text) {
    Map<String, Object> coding = new LinkedHashMap<>(Map.of("system", system, "code", code));
    if (text != null) {
      coding.put("display", text);
    }
    return Map.of("coding", List.of(coding));
  }

  private Map<String, Object> condition(Table row) {
    Map<String, Object> json = event(row.text(1), row.text(2));
    json.put("code", concept(SNOMED, row.text(3), row.text(4)));
    json.put("onsetDateTime", row.text(0));
    json.put("recordedDate", row.text(0));
    return json;
  }

  private Map<String, Object> procedure(Table row) {
    Map<String, Object> json = event(row.text(1), row.text(2));
    json.put("status", "completed");
    json.put("code", concept(SNOMED, row.text(3), row.text(4)));
    json.put("performedPeriod", Map.of("start", row.text(0)));
    return json;
  }

  private Map<String, Object> drug(Table row) {
    Map<String, Object> json = event(row.text(1), row.text(2));
    json.put("status", "stopped");
    json.put("intent", "order");
    json.put("medicationCodeableConcept", concept(RXNORM, row.text(3), row.text(4)));
    json.put("authoredOn", row.text(0));
    return json;
  }

  private Map<String, Object> observation(Table row) {
    Map<String, Object> json = event(row.text(1), row.text(4));
    json.put("status", "final");
    json.put("code", concept(LOINC, row.text(2), row.text(5)));
    json.put("effectiveDateTime", row.text(0));
    if (row.text(7) == null || row.text(7).equals("numeric")) {
      Map<String, Object> quantity = new LinkedHashMap<>();
      quantity.put("value", row.number(3));
      if (row.text(6) != null) {
        quantity.put("unit", row.text(6));
        quantity.put("code", row.text(6));
      }
      json.put("valueQuantity", quantity);
    } else {
      json.put("valueString", row.text(3));
    }
    return json;
  }
}
