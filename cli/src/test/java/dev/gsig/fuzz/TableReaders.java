package dev.gsig.fuzz;

import dev.gsig.cli.Main;
import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.ValueBins;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The readers of a hospital's tables, through {@code gsig cohort}. One input holds all tables of a
 * source: each begins behind a line {@code == NAME}, and may be packed.
 */
final class TableReaders {
  private static final Pattern BEGINNING =
      Pattern.compile("(?m)^== ([a-z_-]{1,20}\\.(csv|ndjson|json)(\\.gz)?)\n");
  private static final int MOST_TABLES = 14;
  private static final int MOST_ROWS = 5_000;

  private TableReaders() {}

  static void mimic(Path file) {
    cohort(
        file,
        "mimic4",
        options(file, "--task", "mortality", "--tabular", "potassium=50971,bmi=BMI (kg/m2)"));
  }

  static void synthea(Path file) {
    cohort(file, "synthea", options(file, "--task", "heart-failure", "--tabular", "bmi=39156-5"));
  }

  /** Events, in the folder {@code data}, and labels beside it; of each second size as stays. */
  static void meds(Path file) {
    Path labels = folder(file).resolve("labels.csv");
    String visits = Target.bytes(file).length % 2 == 0 ? "days" : "admissions";
    cohort(file, "meds", options(file, "--visits", visits, "--labels", labels.toString()));
  }

  /** Of each second size with the set b apart. */
  static void physionet2012(Path file) {
    String test = Target.bytes(file).length % 2 == 0 ? "b" : "none";
    cohort(
        file,
        "physionet2012",
        options(file, "--task", "hospital-mortality", "--test-set", test, "--visit-hours", "7"));
  }

  /** Of each second size by codes and ingredients with descendants, else of the table cohort. */
  static void omop(Path file) {
    boolean even = Target.bytes(file).length % 2 == 0;
    cohort(
        file,
        "omop",
        even
            ? options(
                file, "--task", "heart-failure", "--spelling", "codes", "--drugs", "ingredient")
            : options(
                file, "--task", "mortality", "--index-cohort", "1", "--tabular", "c=3016723"));
  }

  /** Of each third size with values, and of another with bins. */
  static String[] options(Path file, String... options) {
    List<String> all = new ArrayList<>(Arrays.asList(options));
    int third = Target.bytes(file).length % 3;
    if (third == 0) {
      all.add("--values");
    } else if (third == 1) {
      all.addAll(List.of("--bins", "3"));
    }
    return all.toArray(String[]::new);
  }

  /** A table of events, each row of which has its values or is refused. */
  static void parquet(Path file) {
    List<String> columns = List.of("subject_id", "time", "code", "numeric_value");
    try (Table table = Tables.open(file, columns, List.of())) {
      for (int row = 0; row < MOST_ROWS && table.next(); row++) {
        for (int column = 0; column < columns.size(); column++) {
          String text = table.text(column);
          Fuzzed.require(text == null || !text.isBlank(), "a blank value");
        }
        Double number = table.number(columns.size() - 1);
        Fuzzed.require(number == null || Double.isFinite(number), "a value that is no number");
      }
    }
  }

  /** A cohort is made whole and can be read, or there is none. */
  static void cohort(Path file, String source, String... options) {
    Path input = folder(file);
    Path out = file.resolveSibling("cohort");
    delete(input);
    delete(out);
    unpack(Target.bytes(file), input);
    List<String> args = new ArrayList<>(List.of("cohort", source, "--input", input.toString()));
    args.addAll(List.of("--out", out.toString()));
    args.addAll(Arrays.asList(options));
    if (!source.equals("meds") || Target.bytes(file).length % 4 < 2) {
      args.addAll(List.of("--split", "0.5,0.25,0.25"));
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    int code = Main.run(args.toArray(String[]::new), err, err);
    String lines = said.toString(StandardCharsets.UTF_8).strip();
    if (code == 2) {
      Fuzzed.require(!Files.exists(out), "a folder of a cohort that was refused: " + lines);
      throw new InvalidInputException(lines);
    }
    Fuzzed.require(code == 0, "exit code " + code + ": " + lines);
    Json.read(out.resolve("cohort-report.json"));
    Vocabulary.read(out.resolve("vocab.json"));
    if (args.contains("--values")) {
      CodeValues.read(out.resolve("values.json"));
    }
    if (args.contains("--bins")) {
      ValueBins.read(out.resolve("bins.json"));
    }
    for (String part : List.of("train", "validation", "test")) {
      for (Trajectory patient : CohortReader.readAll(out.resolve(part + ".jsonl"))) {
        Fuzzed.require(patient.label() != null, "a patient without a label");
      }
    }
  }

  private static Path folder(Path file) {
    return file.resolveSibling("tables");
  }

  private static void unpack(byte[] input, Path folder) {
    // a character a byte, so that places in the text are places in the bytes
    Matcher beginning = BEGINNING.matcher(new String(input, StandardCharsets.ISO_8859_1));
    List<String> names = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    while (names.size() < MOST_TABLES && beginning.find()) {
      names.add(beginning.group(1));
      starts.add(beginning.end());
      ends.add(beginning.start());
    }
    ends.add(input.length);
    try {
      Files.createDirectories(folder.resolve("data"));
      for (int i = 0; i < names.size(); i++) {
        Path table = place(folder, names.get(i));
        Files.createDirectories(table.getParent());
        Files.write(table, Arrays.copyOfRange(input, starts.get(i), ends.get(i + 1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** MEDS has folders for its events and for what is told of them. */
  private static Path place(Path folder, String name) {
    if (name.startsWith("events")) {
      return folder.resolve("data").resolve(name);
    }
    boolean metadata = name.matches("(codes|subject_splits|dataset)\\..*");
    return (metadata ? folder.resolve("metadata") : folder).resolve(name);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tables of each source, with most kinds of rows. */
  static List<byte[]> seeds(Target target) {
    return switch (target) {
      case MIMIC_TABLES -> List.of(mimic(), withValues(mimic()));
      case SYNTHEA_TABLES -> List.of(synthea(), withValues(synthea()));
      case MEDS_TABLES -> List.of(meds(), behind(1, meds()), behind(2, meds()), categories());
      case PHYSIONET2012_TABLES ->
          List.of(physionet2012(), withValues(physionet2012()), withBins(physionet2012()));
      case OMOP_TABLES -> List.of(omop(), behind(1, omop()), withValues(omop()), withBins(omop()));
      default -> List.of();
    };
  }

  /** Of a size at which values are asked for; what stands before the first table is passed over. */
  static byte[] withValues(byte[] tables) {
    return behind(3 - tables.length % 3, tables);
  }

  /** Of a size at which bins are. */
  private static byte[] withBins(byte[] tables) {
    return behind(4 - tables.length % 3, tables);
  }

  private static byte[] behind(int lines, byte[] tables) {
    String before = "\n".repeat(lines);
    return (before + new String(tables, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] mimic() {
    return text(
        "== patients.csv",
        "subject_id,gender,anchor_age,anchor_year,dod",
        "1,F,60,2150,2152-03-04",
        "2,M,71,2140,",
        "3,,91,2145,2146-01-01",
        "== admissions.csv",
        "subject_id,hadm_id,admittime,dischtime,deathtime",
        "1,10,2150-01-02 03:04:05,2150-01-05 10:00:00,",
        "1,11,2152-03-01 00:00:00,2152-03-04 12:00:00,2152-03-04 12:00:00",
        "2,20,2140-05-06 07:08:09,2140-05-08 00:00:00,",
        "3,30,2145-12-01 00:00:00,2145-12-24 18:30:00,",
        "== diagnoses_icd.csv",
        "subject_id,hadm_id,seq_num,icd_code,icd_version",
        "1,10,1,4280 ,9",
        "1,11,2,i509,10",
        "2,20,1,\"E11.9\",10",
        "3,30,1,25000,9",
        "== procedures_icd.csv",
        "subject_id,hadm_id,seq_num,chartdate,icd_code,icd_version",
        "1,10,1,2150-01-03,0W9G3ZZ,10",
        "== prescriptions.csv",
        "subject_id,hadm_id,starttime,drug",
        "2,20,2140-05-06 08:00:00,\"Sodium Chloride 0.9%, \"\"Flush\"\"\"",
        "3,30,2145-12-02 00:00:00,Aspirin",
        "== d_icd_diagnoses.csv",
        "icd_code,icd_version,long_title",
        "4280,9,\"Congestive heart failure, unspecified\"",
        "== labevents.csv",
        "subject_id,hadm_id,itemid,charttime,valuenum,valueuom",
        "1,10,50971,2150-01-02 06:00:00,4.1,mEq/L",
        "2,20,50971,2140-05-06 09:00:00,5,mEq/L",
        "3,30,50912,2145-12-02 00:00:00,0.9,mg/dL",
        "3,30,50912,2145-12-03 00:00:00,80,umol/L",
        "3,,50912,2145-12-03 00:00:00,,",
        "== omr.csv",
        "subject_id,result_name,chartdate,result_value",
        "2,BMI (kg/m2),2140-05-01,31.5");
  }

  private static byte[] synthea() {
    return text(
        "== patients.csv",
        "Id,BIRTHDATE,DEATHDATE,GENDER",
        "a,1950-01-01,,F",
        "b,1944-02-29,2012-05-05,M",
        "== encounters.csv",
        "Id,START,STOP,PATIENT",
        "a1,2000-03-04T10:00:00Z,2000-03-04T11:00:00Z,a",
        "a2,2001-03-04T10:00:00Z,2001-03-04T11:00:00Z,a",
        "b1,2010-01-01T00:00:00Z,,b",
        "b2,2011-01-01T00:00:00Z,2011-01-01T00:30:00Z,b",
        "== conditions.csv",
        "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION",
        "2000-03-04,,a,a1,59621000,Hypertension",
        "2001-03-04,,a,a2,88805009,Chronic congestive heart failure (disorder)",
        "2010-01-01,,b,b1,44054006,\"Diabetes, type 2\"",
        "== medications.csv",
        "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION",
        "2010-01-01T00:00:00Z,,b,b1,314076,Lisinopril",
        "== procedures.csv",
        "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION",
        "2000-03-04T10:10:00Z,,a,a1,171207006,Screening",
        "== observations.csv",
        "DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,VALUE,UNITS,TYPE",
        "2000-03-04T10:00:00Z,a,a1,39156-5,BMI,27.3,kg/m2,numeric",
        "2010-01-01T00:00:00Z,b,b1,2160-0,Creatinine,1.1,mg/dL,numeric",
        "2000-03-04T10:00:00Z,a,,72166-2,Smoking,Never smoked,,text");
  }

  private static byte[] meds() {
    return text(
        "== events.csv",
        "subject_id,hadm_id,time,code,numeric_value",
        "1,,,GENDER//F,",
        "1,,1950-01-01 00:00:00,MEDS_BIRTH,",
        "1,20,2001-02-03 04:05:06,HOSPITAL_ADMISSION//URGENT,",
        "1,20.0,2001-02-03 04:05:06.000001,DIAGNOSIS//ICD//10//I509,",
        "1,20,2001-02-05 00:00:00,HOSPITAL_DISCHARGE//HOME,",
        "2,,2002-02-01 00:00:00,HOSPITAL_ADMISSION//URGENT,",
        "2,,2002-02-03T04:05:06,ICD10CM/E11.9,",
        "2,,2002-02-03T04:05:06,LAB//50971,4.2",
        "2,,2002-02-03T04:05:06,NDC/338004904.0,",
        "2,,2002-11-01 00:00:00,HOSPITAL_DISCHARGE//DIED,",
        "2,,2003-01-01 00:00:00,MEDS_DEATH,",
        "== codes.csv",
        "code,description,parent_codes",
        "DIAGNOSIS//ICD//10//I509,Heart failure,ICD10CM/I50",
        "ICD10CM/E11.9,\"Diabetes, type 2\",",
        "== subject_splits.csv",
        "subject_id,split",
        "1,train",
        "2,held_out",
        "== dataset.json",
        "{\"dataset_name\":\"MADE-UP\",\"meds_version\":\"0.4.1\"}",
        "== labels.csv",
        "subject_id,prediction_time,boolean_value",
        "1,2004-01-01 00:00:00,true",
        "2,2002-12-01 00:00:00,false");
  }

  private static byte[] categories() {
    String tables = new String(meds(), StandardCharsets.UTF_8);
    return tables
        .replace("boolean_value", "categorical_value")
        .replace("00,true", "00,at home")
        .replace("00,false", "00,in hospital")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] physionet2012() {
    return text(
        "== measurements-a.csv",
        "RecordID,Time,Parameter,Value",
        "1,00:00,RecordID,1",
        "1,00:00,Age,54",
        "1,00:00,Gender,0",
        "1,00:00,Height,160",
        "1,00:00,Weight,-1",
        "1,00:00,ICUType,4",
        "1,00:37,HR,88",
        "1,07:00,HR,93",
        "1,07:10,MechVent,1",
        "2,00:00,Age,71",
        "2,00:00,Height,171.5",
        "2,00:00,Weight,80.5",
        "2,00:00,ICUType,1",
        "2,24:00,pH,7.35",
        "2,48:00,Weight,81",
        "3,00:00,ICUType,2",
        "3,01:00,HR,70",
        "4,00:00,ICUType,3",
        "4,01:00,Temp,-17.8",
        "4,02:00,Urine,100",
        "== outcomes-a.csv",
        "RecordID,SAPS-I,SOFA,Length_of_stay,Survival,In-hospital_death",
        "1,6,1,5,-1,0",
        "2,16,8,8,3,1",
        "3,16,8,8,-1,0",
        "4,16,8,8,-1,0",
        "== measurements-b.csv",
        "RecordID,Time,Parameter,Value",
        "9,10:00,HR,80",
        "9,00:00,ICUType,2",
        "== outcomes-b.csv",
        "RecordID,In-hospital_death",
        "9,1");
  }

  private static byte[] omop() {
    return text(
        "== person.csv",
        "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime",
        "1,8532,1950,3,4,",
        "2,8507,1940,,,1940-05-06 00:00:00",
        "3,0,1950,2,28,",
        "4,8507,1960,1,1,",
        "== visit_occurrence.csv",
        "visit_occurrence_id,person_id,visit_start_date,visit_start_datetime,visit_end_date,"
            + "visit_end_datetime,discharged_to_concept_id",
        "10,1,2001-01-01,,2001-01-03,,0",
        "11,1,2002-01-01,2002-01-01 08:30:00,2002-01-01,2002-01-01 09:00:00,",
        "20,2,2001-06-01,,2001-06-02,,0",
        "21,2,2002-06-01,,2002-06-02,,4216643",
        "30,3,2001-06-01,,,,0",
        "31,3,2001-01-01,,2001-01-01,,0",
        "40,4,2001-01-01,,2001-01-01,,0",
        "== condition_occurrence.csv",
        "person_id,condition_concept_id,condition_start_date,condition_start_datetime,"
            + "visit_occurrence_id",
        "1,320128,2001-01-01,,10",
        "1,319835,2002-01-01,2002-01-01 08:45:00,11",
        "2,320128,2001-06-01,,20",
        "2,320128,2002-06-01,,21",
        "3,320128,2001-06-01,,31",
        "4,0,2001-01-01,,40",
        "== drug_exposure.csv",
        "person_id,drug_concept_id,drug_exposure_start_date,visit_occurrence_id",
        "1,19078106,2001-01-02,10",
        "4,19078106,2001-01-01,40",
        "== measurement.csv",
        "person_id,measurement_concept_id,measurement_date,value_as_number,value_as_concept_id,"
            + "unit_concept_id,unit_source_value,operator_concept_id,visit_occurrence_id",
        "1,3016723,2001-01-02,1.1,0,8840,mg/dL,4171756,10",
        "2,3016723,2001-06-01,97,,8749,umol/L,,20",
        "3,3016723,2001-01-01,,45878583,0,,,31",
        "4,3016723,2001-01-01,1.5,,0,mg/dl,,40",
        "== observation.csv",
        "person_id,observation_concept_id,observation_date,value_as_string,visit_occurrence_id",
        "1,40770471,2002-01-01,often,11",
        "== death.csv",
        "person_id,death_date",
        "2,2002-06-02",
        "== observation_period.csv",
        "person_id,observation_period_end_date",
        "1,2009-12-31",
        "3,2009-12-31",
        "4,2009-12-31",
        "== cohort.csv",
        "cohort_definition_id,subject_id,cohort_start_date",
        "1,1,2001-02-01",
        "1,2,2001-07-01",
        "1,3,2001-07-01",
        "1,4,2001-07-01",
        "== concept.csv",
        "concept_id,concept_name,vocabulary_id,concept_class_id,concept_code",
        "320128,Essential hypertension,SNOMED,Clinical Finding,59621000",
        "319835,Congestive heart failure,ICD10CM,Clinical Finding,I50.0",
        "974166,hydrochlorothiazide,RxNorm,Ingredient,5487",
        "8840,milligram per deciliter,UCUM,Unit,mg/dL",
        "== concept_ancestor.csv",
        "ancestor_concept_id,descendant_concept_id",
        "316139,319835",
        "974166,19078106",
        "== cdm_source.csv",
        "cdm_source_name,cdm_version",
        "Made up,v5.4.1");
  }

  static byte[] text(String... lines) {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
