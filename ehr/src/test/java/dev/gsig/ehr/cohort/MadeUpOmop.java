package dev.gsig.ehr.cohort;

import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A made-up OMOP common data model of two persons: the first has three visits, heart failure in the
 * last, the second one visit, and dies. Rows and tables may be added and taken away.
 */
final class MadeUpOmop {
  static final FirstDiagnosis HEART_FAILURE =
      new FirstDiagnosis("heart-failure", CodePatterns.parse("d_316139"), 1);
  static final Mortality MORTALITY = new Mortality(365, 1, Mortality.Index.LAST, 1);

  private final Map<String, List<String>> tables = new LinkedHashMap<>();
  private final List<Measurement> measurements = new ArrayList<>();
  private OmopOptions options = OmopOptions.DEFAULT;
  private boolean values;

  MadeUpOmop() {
    table(
        "person",
        "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime",
        "1,8532,1950,3,4,",
        "2,8507,1940,,,");
    table(
        "visit_occurrence",
        "visit_occurrence_id,person_id,visit_start_date,visit_start_datetime,visit_end_date,"
            + "visit_end_datetime,discharged_to_concept_id",
        "10,1,2001-01-01,,2001-01-03,,0",
        "11,1,2002-01-01,2002-01-01 08:30:00,2002-01-01,2002-01-01 09:00:00,0",
        "12,1,2003-01-01,,2003-01-05,,",
        "20,2,2001-06-01,,2001-06-02,,0");
    table(
        "observation_period",
        "observation_period_id,person_id,observation_period_start_date,"
            + "observation_period_end_date",
        "1,1,2000-01-01,2005-12-31",
        "2,2,2000-01-01,2001-12-31");
    table("death", "person_id,death_date,death_datetime", "2,2001-12-24,");
    table(
        "condition_occurrence",
        "condition_occurrence_id,person_id,condition_concept_id,condition_start_date,"
            + "condition_start_datetime,visit_occurrence_id,condition_source_concept_id",
        "1,1,320128,2001-01-01,,10,35207668",
        "2,1,201826,2002-01-01,2002-01-01 08:45:00,11,35206882",
        "3,1,316139,2003-01-02,,12,35207793",
        "4,2,320128,2001-06-01,,20,35207668");
    table(
        "procedure_occurrence",
        "person_id,procedure_concept_id,procedure_date,visit_occurrence_id,"
            + "procedure_source_concept_id",
        "1,4326177,2001-01-02,10,2000001");
    table(
        "drug_exposure",
        "person_id,drug_concept_id,drug_exposure_start_date,visit_occurrence_id,"
            + "drug_source_concept_id",
        "1,19078106,2001-01-02,10,19078106",
        "2,40171499,2001-06-01,20,0");
    table(
        "measurement",
        "person_id,measurement_concept_id,measurement_date,measurement_datetime,value_as_number,"
            + "value_as_concept_id,unit_concept_id,unit_source_value,operator_concept_id,"
            + "visit_occurrence_id,measurement_source_concept_id",
        "1,3016723,2001-01-02,,1.1,0,8840,mg/dL,0,10,3016723",
        "1,3016723,2001-01-03,,1.4,,8840,MG/DL,,10,3016723",
        "1,3038553,2002-01-01,2002-01-01 08:40:00,31.5,,9531,kg/m2,,11,0");
    table(
        "observation",
        "person_id,observation_concept_id,observation_date,value_as_number,value_as_string,"
            + "value_as_concept_id,visit_occurrence_id,observation_source_concept_id",
        "1,43054909,2002-01-01,,,45883458,11,43054909",
        "1,40770471,2002-01-01,,,0,11,40770471");
    table(
        "concept",
        "concept_id,concept_name,domain_id,vocabulary_id,concept_class_id,standard_concept,"
            + "concept_code",
        "320128,Essential hypertension,Condition,SNOMED,Clinical Finding,S,59621000",
        "316139,Heart failure,Condition,SNOMED,Clinical Finding,S,84114007",
        "35207668,Essential (primary) hypertension,Condition,ICD10CM,4-char billing code,,I10",
        "35206882,Type 2 diabetes mellitus,Condition,ICD10CM,4-char billing code,,E11.9",
        "35207793,Heart failure,Condition,ICD10CM,4-char billing code,,I50.9",
        "2000001,Ventilation,Procedure,ICD9Proc,4-dig billing code,,96.71",
        "19078106,hydrochlorothiazide 25 MG Oral Tablet,Drug,RxNorm,Clinical Drug,S,310798",
        "974166,hydrochlorothiazide,Drug,RxNorm,Ingredient,S,5487",
        "1308216,lisinopril,Drug,RxNorm,Ingredient,S,29046",
        "21601519,hydrochlorothiazide; oral,Drug,ATC,ATC 5th,C,C03AA03",
        "21601518,\"Thiazides, plain\",Drug,ATC,ATC 4th,C,C03AA",
        "3016723,Creatinine,Measurement,LOINC,Lab Test,S,2160-0",
        "43054909,Tobacco smoking status,Observation,LOINC,Clinical Observation,S,72166-2",
        "45883458,Former smoker,Meas Value,LOINC,Answer,S,LA15920-4",
        "8840,milligram per deciliter,Unit,UCUM,Unit,S,mg/dL");
    table(
        "concept_ancestor",
        "ancestor_concept_id,descendant_concept_id,min_levels_of_separation",
        "316139,316139,0",
        "4185932,316139,3",
        "4185932,320128,2",
        "974166,19078106,2",
        "1308216,19078106,2",
        "21601519,19078106,1",
        "21601518,19078106,2");
    table("cdm_source", "cdm_source_name,cdm_version", "Made up,v5.4.1");
  }

  /** Adds a table in the place of one of that name. */
  MadeUpOmop table(String name, String header, String... rows) {
    List<String> lines = new ArrayList<>(List.of(header));
    lines.addAll(List.of(rows));
    tables.put(name, lines);
    return this;
  }

  MadeUpOmop row(String table, String row) {
    tables.get(table).add(row);
    return this;
  }

  MadeUpOmop without(String table) {
    tables.remove(table);
    return this;
  }

  /** Replaces a text wherever a table has it. */
  MadeUpOmop replace(String table, String text, String other) {
    tables.get(table).replaceAll(line -> line.replace(text, other));
    return this;
  }

  MadeUpOmop options(OmopOptions.Concepts concepts, OmopOptions.Spelling spelling) {
    options = new OmopOptions(null, concepts, spelling, options.drugs(), Set.of(), null);
    return this;
  }

  MadeUpOmop drugs(OmopDrugs drugs) {
    options = new OmopOptions(null, options.concepts(), options.spelling(), drugs, Set.of(), null);
    return this;
  }

  MadeUpOmop wholes(long... concepts) {
    options = options.withWholes(Set.copyOf(Arrays.stream(concepts).boxed().toList()));
    return this;
  }

  MadeUpOmop indexCohort(int definition) {
    options =
        new OmopOptions(
            null, options.concepts(), options.spelling(), options.drugs(), Set.of(), definition);
    return this;
  }

  MadeUpOmop withValues() {
    values = true;
    return this;
  }

  MadeUpOmop tabular(String text) {
    measurements.addAll(Measurement.parse(text));
    return this;
  }

  /** A line of a table. */
  List<String> lines(String table) {
    return tables.get(table);
  }

  Map<String, List<String>> tables() {
    return tables;
  }

  /** Writes the tables as CSV. */
  OmopSource write(Path folder) {
    try {
      for (Map.Entry<String, List<String>> table : tables.entrySet()) {
        Files.write(folder.resolve(table.getKey() + ".csv"), table.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return source(new OmopFolder(folder));
  }

  OmopSource source(OmopInput input) {
    return new OmopSource(input, options, List.copyOf(measurements), values);
  }

  /** All lines of a source. */
  static Map<String, Trajectory> cohort(OmopSource source, Records records, Task task) {
    Patients patients = new Patients(records);
    Lines lines = new Lines(records, patients, records.codes::text, source.measurements(), false);
    Task.Definition definition = task.on(records);
    Steps steps = new Steps(task.reasons());
    Map<String, Trajectory> cohort = new LinkedHashMap<>();
    for (int number : patients.order()) {
      PatientRecord patient = patients.get(number);
      for (Sample sample : definition.samples(patient, steps)) {
        cohort.put(sample.id(), lines.of(patient, sample.id(), sample.moment(), sample.label()));
      }
    }
    return cohort;
  }

  Map<String, Trajectory> cohort(Path folder, Task task) {
    OmopSource source = write(folder);
    return cohort(source, source.read(Source.Watcher.NONE), task);
  }

  /** The codes of a line, visit by visit. */
  static List<List<String>> codes(Trajectory line) {
    return line.visits().stream().map(Visit::codes).toList();
  }
}
