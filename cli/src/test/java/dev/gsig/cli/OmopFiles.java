package dev.gsig.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A made-up OMOP common data model: each person has three visits a year apart, with hypertension
 * and lisinopril, and every third has heart failure in a fourth.
 */
final class OmopFiles {
  private OmopFiles() {}

  /** The tables by name, each with its header. */
  static Map<String, List<String>> tables(int count) {
    Map<String, List<String>> tables = new LinkedHashMap<>();
    header(tables, "person", "person_id,gender_concept_id,year_of_birth,birth_datetime");
    header(
        tables,
        "visit_occurrence",
        "visit_occurrence_id,person_id,visit_start_date,visit_end_date,discharged_to_concept_id");
    header(
        tables,
        "condition_occurrence",
        "person_id,condition_concept_id,condition_start_date,visit_occurrence_id");
    header(
        tables,
        "drug_exposure",
        "person_id,drug_concept_id,drug_exposure_start_date,visit_occurrence_id");
    header(
        tables,
        "measurement",
        "person_id,measurement_concept_id,measurement_date,value_as_number,unit_concept_id,"
            + "unit_source_value,visit_occurrence_id");
    header(tables, "observation_period", "person_id,observation_period_end_date");
    header(tables, "death", "person_id,death_date");
    header(tables, "cohort", "cohort_definition_id,subject_id,cohort_start_date");
    header(
        tables,
        "concept",
        "concept_id,concept_name,vocabulary_id,concept_class_id,concept_code",
        "320128,Essential hypertension,SNOMED,Clinical Finding,59621000",
        "316139,Heart failure,SNOMED,Clinical Finding,84114007",
        "319835,Congestive heart failure,SNOMED,Clinical Finding,42343007",
        "19080128,lisinopril 10 MG Oral Tablet,RxNorm,Clinical Drug,314076",
        "1308216,lisinopril,RxNorm,Ingredient,29046",
        "8840,milligram per deciliter,UCUM,Unit,mg/dL",
        "3016723,Creatinine,LOINC,Lab Test,2160-0");
    header(
        tables,
        "concept_ancestor",
        "ancestor_concept_id,descendant_concept_id",
        "316139,319835",
        "1308216,19080128");
    for (int p = 1; p <= count; p++) {
      person(tables, p, p % 3 == 0 ? 4 : 3);
    }
    return tables;
  }

  private static void person(Map<String, List<String>> tables, int p, int visits) {
    tables.get("person").add(p + "," + (p % 2 == 0 ? 8507 : 8532) + ",1950,1950-01-01 00:00:00");
    tables.get("observation_period").add(p + ",2009-12-31");
    tables.get("cohort").add("5," + p + ",2001-12-31");
    if (p % 4 == 0) {
      tables.get("death").add(p + ",2002-07-01");
    }
    for (int v = 0; v < visits; v++) {
      String day = (2000 + v) + "-03-04";
      String visit = "" + (10 * p + v);
      tables.get("visit_occurrence").add(visit + "," + p + "," + day + "," + day + ",0");
      int condition = v == 3 ? 319835 : 320128;
      tables.get("condition_occurrence").add(p + "," + condition + "," + day + "," + visit);
      tables.get("drug_exposure").add(p + ",19080128," + day + "," + visit);
      tables
          .get("measurement")
          .add(p + ",3016723," + day + "," + (1 + v / 10.0) + ",8840,mg/dL," + visit);
    }
  }

  private static void header(Map<String, List<String>> tables, String name, String... lines) {
    tables.put(name, new ArrayList<>(List.of(lines)));
  }

  /** Writes them as CSV. */
  static void write(Path folder, Map<String, List<String>> tables) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, List<String>> table : tables.entrySet()) {
      Files.write(folder.resolve(table.getKey() + ".csv"), table.getValue());
    }
  }
}
