package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One record told in the tables of any source: drugs are its codes, and it has one measurement. */
abstract class MadeUpSource {
  /** Which source. */
  enum Kind {
    MIMIC,
    SYNTHEA,
    MEDS,
    FHIR;

    /** Tables without rows. */
    MadeUpSource begin() {
      return switch (this) {
        case MIMIC -> new Mimic();
        case SYNTHEA -> new Synthea();
        case MEDS -> new Meds();
        case FHIR -> new Fhir();
      };
    }

    /** Whether what names no stay is put into that of its time. */
    boolean placesByTime() {
      return this == MEDS || this == FHIR;
    }
  }

  private static final class Mimic extends MadeUpSource {
    private Mimic() {
      table("patients", "subject_id,gender,anchor_age,anchor_year,dod");
      table("admissions", "subject_id,hadm_id,admittime,dischtime,deathtime");
      table("diagnoses_icd", "subject_id,hadm_id,seq_num,icd_code,icd_version");
      table("procedures_icd", "subject_id,hadm_id,seq_num,chartdate,icd_code,icd_version");
      table("prescriptions", "subject_id,hadm_id,starttime,drug");
      table("labevents", "subject_id,itemid,charttime,valuenum,hadm_id,valueuom");
    }

    @Override
    void patient(String id, int birthYear, String death) {
      add("patients", id, "F", "0", "" + birthYear, death);
    }

    @Override
    void visit(String id, String stay, String from, String to) {
      add("admissions", id, stay, from, to, "");
    }

    @Override
    void drug(String id, String stay, String time, String name) {
      add("prescriptions", id, stay, time, name);
    }

    @Override
    void measure(String id, String time, double value) {
      add("labevents", id, "1", time, "" + value, "", "");
    }

    @Override
    void lab(String id, String stay, String time, String item, String value, String unit) {
      add("labevents", id, item, time, value, stay, unit);
    }

    @Override
    Source open(Path folder, List<Measurement> measurements, boolean values) {
      return new MimicSource(folder, Drugs.NAME, measurements, values);
    }
  }

  private static final class Synthea extends MadeUpSource {
    private Synthea() {
      table("patients", "Id,BIRTHDATE,DEATHDATE,GENDER");
      table("encounters", "PATIENT,Id,START,STOP");
      table("conditions", "PATIENT,ENCOUNTER,START,CODE,DESCRIPTION");
      table("procedures", "PATIENT,ENCOUNTER,START,CODE,DESCRIPTION");
      table("medications", "PATIENT,ENCOUNTER,START,CODE,DESCRIPTION");
      table("observations", "PATIENT,CODE,DATE,VALUE,ENCOUNTER,UNITS,TYPE");
    }

    @Override
    void patient(String id, int birthYear, String death) {
      add("patients", id, birthYear + "-01-01", death, "F");
    }

    @Override
    void visit(String id, String stay, String from, String to) {
      add("encounters", id, stay, from, to);
    }

    @Override
    void drug(String id, String stay, String time, String name) {
      add("medications", id, stay, time, name, "");
    }

    @Override
    void measure(String id, String time, double value) {
      add("observations", id, "1", time, "" + value, "", "", "numeric");
    }

    @Override
    void lab(String id, String stay, String time, String item, String value, String unit) {
      add(
          "observations",
          id,
          item,
          time,
          value.isEmpty() ? "Never smoked" : value,
          stay,
          unit,
          value.isEmpty() ? "text" : "numeric");
    }

    @Override
    Source open(Path folder, List<Measurement> measurements, boolean values) {
      return new SyntheaSource(folder, measurements, values);
    }
  }

  private static final class Meds extends MadeUpSource {
    private Meds() {
      table("events", "subject_id,hadm_id,time,code,numeric_value");
    }

    @Override
    void patient(String id, int birthYear, String death) {
      add("events", id, "", birthYear + "-01-01", "MEDS_BIRTH", "");
      if (!death.isEmpty()) {
        add("events", id, "", death, "MEDS_DEATH", "");
      }
    }

    @Override
    void visit(String id, String stay, String from, String to) {
      add("events", id, stay, from, "HOSPITAL_ADMISSION//URGENT", "");
      add("events", id, stay, to, "HOSPITAL_DISCHARGE//HOME", "");
    }

    @Override
    void drug(String id, String stay, String time, String name) {
      add("events", id, stay, time, "MEDICATION//START//" + name, "");
    }

    @Override
    void measure(String id, String time, double value) {
      add("events", id, "", time, "1", "" + value);
    }

    @Override
    void lab(String id, String stay, String time, String item, String value, String unit) {
      add("events", id, stay, time, "LAB//" + item + "//" + unit, value);
    }

    @Override
    Source open(Path folder, List<Measurement> measurements, boolean values) {
      return new MedsSource(folder, MedsSource.Visits.ADMISSIONS, measurements, values);
    }
  }

  private static final class Fhir extends MadeUpSource {
    private int ids;

    private Fhir() {
      List.of("Patient", "Encounter", "MedicationRequest", "Observation")
          .forEach(type -> lines(type + ".ndjson"));
    }

    @Override
    void patient(String id, int birthYear, String death) {
      Map<String, Object> patient = resource("Patient", id);
      patient.put("gender", "female");
      patient.put("birthDate", birthYear + "-01-01");
      if (!death.isEmpty()) {
        patient.put("deceasedDateTime", time(death));
      }
      line(patient);
    }

    @Override
    void visit(String id, String stay, String from, String to) {
      Map<String, Object> encounter = resource("Encounter", stay);
      encounter.put("status", "finished");
      encounter.put("subject", Map.of("reference", "Patient/" + id));
      encounter.put("period", Map.of("start", time(from), "end", time(to)));
      line(encounter);
    }

    @Override
    void drug(String id, String stay, String time, String name) {
      Map<String, Object> drug = event("MedicationRequest", id, stay, "active");
      drug.put("intent", "order");
      drug.put("medicationCodeableConcept", concept("http://www.whocc.no/atc", name));
      drug.put("authoredOn", time(time));
      line(drug);
    }

    @Override
    void measure(String id, String time, double value) {
      lab(id, "", time, "1", "" + value, "");
    }

    @Override
    void lab(String id, String stay, String time, String item, String value, String unit) {
      Map<String, Object> lab = event("Observation", id, stay, "final");
      lab.put("code", concept("http://loinc.org", item));
      lab.put("effectiveDateTime", time(time));
      if (value.isEmpty()) {
        lab.put("valueString", "Never smoked");
      } else {
        lab.put("valueQuantity", Map.of("value", Double.valueOf(value), "unit", unit));
      }
      line(lab);
    }

    private Map<String, Object> event(String type, String id, String stay, String status) {
      Map<String, Object> event = resource(type, "e" + ids++);
      event.put("status", status);
      event.put("subject", Map.of("reference", "Patient/" + id));
      if (!stay.isEmpty()) {
        event.put("encounter", Map.of("reference", "Encounter/" + stay));
      }
      return event;
    }

    private static Map<String, Object> resource(String type, String id) {
      return new LinkedHashMap<>(Map.of("resourceType", type, "id", id));
    }

    private static Map<String, Object> concept(String system, String code) {
      return Map.of("coding", List.of(Map.of("system", system, "code", code)));
    }

    private static String time(String text) {
      return text.replace(' ', 'T');
    }

    private void line(Map<String, Object> resource) {
      add(resource.get("resourceType") + ".ndjson", Json.write(resource));
    }

    @Override
    Source open(Path folder, List<Measurement> measurements, boolean values) {
      return new FhirSource(folder, CodeSystem.ALL, measurements, values);
    }
  }

  static final List<Measurement> MEASURED = Measurement.parse("lab=1");

  private final Map<String, List<String>> tables = new LinkedHashMap<>();

  abstract void patient(String id, int birthYear, String death);

  abstract void visit(String id, String stay, String from, String to);

  abstract void drug(String id, String stay, String time, String name);

  abstract void measure(String id, String time, double value);

  /**
   * A value that may become a code.
   *
   * @param value blank for a text
   */
  abstract void lab(String id, String stay, String time, String item, String value, String unit);

  abstract Source open(Path folder, List<Measurement> measurements, boolean values);

  void table(String name, String header) {
    tables.put(name + ".csv", new ArrayList<>(List.of(header)));
  }

  /** A file without a header. */
  void lines(String file) {
    tables.put(file, new ArrayList<>());
  }

  void add(String table, String... cells) {
    List<String> lines = tables.getOrDefault(table + ".csv", tables.get(table));
    lines.add(String.join(",", cells));
  }

  /** Writes the tables. */
  Source source(Path folder) {
    return source(folder, false);
  }

  /** Writes the tables. */
  Source source(Path folder, boolean values) {
    try {
      Files.createDirectories(folder);
      for (Map.Entry<String, List<String>> table : tables.entrySet()) {
        Files.write(folder.resolve(table.getKey()), table.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open(folder, MEASURED, values);
  }
}
