package dev.gsig.cli;

import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The facts of Synthea's tables, but for procedures and values, as MEDS and as OMOP. */
final class SyntheaElsewhere {
  private static final List<String> EVENTS =
      List.of("START", "PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION");

  private final Path tables;
  private final Map<String, List<String>> written = new LinkedHashMap<>();

  /** Numbers of what OMOP has numbers for: patients, encounters, and codes with their kind. */
  private final Map<String, Long> numbers = new LinkedHashMap<>();

  private SyntheaElsewhere(Path tables) {
    this.tables = tables;
  }

  private void each(String table, List<String> columns, Consumer<Table> row) {
    try (Table rows = Tables.open(Tables.require(tables, table), columns, List.of())) {
      while (rows.next()) {
        row.accept(rows);
      }
    }
  }

  private List<String> table(String name, String header) {
    return written.computeIfAbsent(name, any -> new ArrayList<>(List.of(header)));
  }

  private void write(Path folder) throws IOException {
    for (Map.Entry<String, List<String>> table : written.entrySet()) {
      Path file = folder.resolve(table.getKey() + ".csv");
      Files.createDirectories(file.getParent());
      Files.write(file, table.getValue());
    }
  }

  private static String quoted(String text) {
    return "\"" + (text == null ? "" : text.replace("\"", "\"\"")) + "\"";
  }

  /** Encounters as hospital stays, which events name. */
  static void meds(Path tables, Path folder) throws IOException {
    SyntheaElsewhere all = new SyntheaElsewhere(tables);
    List<String> events = all.table("data/events", "subject_id,time,code,hadm_id");
    List<String> codes = all.table("metadata/codes", "code,description,parent_codes");
    all.each(
        "patients",
        List.of("Id", "BIRTHDATE", "GENDER"),
        row -> {
          events.add(row.text(0) + "," + row.text(1) + ",MEDS_BIRTH,");
          events.add(row.text(0) + ",,GENDER//" + row.text(2) + ",");
        });
    all.each(
        "encounters",
        List.of("Id", "START", "STOP", "PATIENT"),
        row -> {
          String of = row.text(3) + ",";
          events.add(of + row.text(1) + ",HOSPITAL_ADMISSION//ANY," + row.text(0));
          events.add(of + row.text(2) + ",HOSPITAL_DISCHARGE//HOME," + row.text(0));
        });
    for (Map.Entry<String, String> of :
        Map.of("conditions", "SNOMED/", "medications", "RxNorm/").entrySet()) {
      all.each(
          of.getKey(),
          EVENTS,
          row -> {
            String code = of.getValue() + row.text(3);
            events.add(String.join(",", row.text(1), row.text(0), quoted(code), row.text(2)));
            if (all.numbers.putIfAbsent(code, 0L) == null) {
              codes.add(quoted(code) + "," + quoted(row.text(4)) + ",");
            }
          });
    }
    all.write(folder);
  }

  /**
   * Concepts of the codes, by numbers.
   *
   * @return the patients, by their numbers
   */
  static Map<String, String> omop(Path tables, Path folder) throws IOException {
    SyntheaElsewhere all = new SyntheaElsewhere(tables);
    Map<String, String> patients = new LinkedHashMap<>();
    List<String> persons =
        all.table("person", "person_id,gender_concept_id,year_of_birth,birth_datetime");
    all.each(
        "patients",
        List.of("Id", "BIRTHDATE", "GENDER"),
        row -> {
          long number = all.number("patient " + row.text(0));
          patients.put("" + number, row.text(0));
          String born = row.text(1);
          persons.add(
              number
                  + (row.text(2).equals("M") ? ",8507," : ",8532,")
                  + born.substring(0, 4)
                  + ","
                  + born
                  + " 00:00:00");
        });
    List<String> visits =
        all.table(
            "visit_occurrence",
            "visit_occurrence_id,person_id,visit_start_date,visit_end_date,visit_start_datetime,"
                + "visit_end_datetime,discharged_to_concept_id");
    all.each(
        "encounters",
        List.of("Id", "START", "STOP", "PATIENT"),
        row ->
            visits.add(
                all.number("encounter " + row.text(0))
                    + ","
                    + all.number("patient " + row.text(3))
                    + ","
                    + row.text(1).substring(0, 10)
                    + ","
                    + row.text(2).substring(0, 10)
                    + ","
                    + row.text(1)
                    + ","
                    + row.text(2)
                    + ",0"));
    all.codes("conditions", "condition_occurrence", "condition", "condition_start", "SNOMED");
    all.codes("medications", "drug_exposure", "drug", "drug_exposure_start", "RxNorm");
    all.write(folder);
    return patients;
  }

  private long number(String of) {
    return numbers.computeIfAbsent(of, any -> 1000L + numbers.size());
  }

  private void codes(String of, String name, String kind, String start, String vocabulary) {
    List<String> concepts =
        table("concept", "concept_id,concept_name,vocabulary_id,concept_class_id,concept_code");
    List<String> rows =
        table(
            name,
            "person_id,"
                + kind
                + "_concept_id,"
                + start
                + "_date,"
                + start
                + "_datetime,visit_occurrence_id");
    each(
        of,
        EVENTS,
        row -> {
          String code = vocabulary + " " + row.text(3);
          if (!numbers.containsKey(code)) {
            concepts.add(
                number(code)
                    + ","
                    + quoted(row.text(4))
                    + ","
                    + vocabulary
                    + ",Any,"
                    + row.text(3));
          }
          String time = row.text(0);
          rows.add(
              number("patient " + row.text(1))
                  + ","
                  + number(code)
                  + ","
                  + time.substring(0, 10)
                  + ","
                  + (time.length() > 10 ? time : "")
                  + ","
                  + number("encounter " + row.text(2)));
        });
  }
}
