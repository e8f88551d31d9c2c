package dev.gsig.ehr.cohort;

import static dev.gsig.ehr.cohort.MadeUpOmop.HEART_FAILURE;
import static dev.gsig.ehr.cohort.MadeUpOmop.MORTALITY;
import static dev.gsig.ehr.cohort.MadeUpOmop.codes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.gsig.ehr.Trajectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the rows of an OMOP common data model. */
class OmopSourceTest {
  private final MadeUpOmop omop = new MadeUpOmop();

  @TempDir Path temp;

  private Records read() {
    return omop.write(temp).read(Source.Watcher.NONE);
  }

  private static List<String> names(Records records) {
    return records.descriptions.entrySet().stream()
        .map(known -> known.getKey() + " " + known.getValue())
        .sorted()
        .toList();
  }

  @Test
  void conditionsProceduresAndDrugsOfVisitsBecomeCodes() {
    Trajectory line = omop.cohort(temp, HEART_FAILURE).get("1");

    assertThat(codes(line))
        .containsExactly(List.of("d_320128", "p_4326177", "m_19078106"), List.of("d_201826"));
    assertThat(line.visits().get(0).time()).isEqualTo("2001-01-01T00:00:00");
    assertThat(line.visits().get(1).time()).isEqualTo("2002-01-01T08:30:00");
    assertThat(line.tabular()).contains(entry("age", 52.83), entry("sex", 0.0));
    assertThat(line.label()).isEqualTo(1);
  }

  @Test
  void measurementsAndObservationsComeWithValues() {
    Trajectory line = omop.withValues().cohort(temp, HEART_FAILURE).get("1");

    assertThat(codes(line))
        .containsExactly(
            List.of("d_320128", "p_4326177", "m_19078106", "l_3016723"),
            List.of("d_201826", "l_40770471", "l_43054909=45883458", "l_3038553"));
    assertThat(line.visits().get(0).values()).containsExactly(null, null, null, 1.4);
    assertThat(line.visits().get(1).values()).containsExactly(null, null, null, 31.5);
  }

  @Test
  void conceptNamesAreDescriptions() {
    assertThat(names(omop.withValues().write(temp).read(Source.Watcher.NONE)))
        .contains(
            "d_320128 Essential hypertension",
            "l_3016723 Creatinine",
            "l_43054909=45883458 Tobacco smoking status: Former smoker",
            "m_19078106 hydrochlorothiazide 25 MG Oral Tablet")
        .noneMatch(name -> name.startsWith("d_201826"));
  }

  @Test
  void withoutTheTableConceptThereAreNone() {
    Records records = omop.without("concept").write(temp).read(Source.Watcher.NONE);

    assertThat(records.descriptions).isEmpty();
    assertThat(records.noticed).containsKey("no table concept: codes have no descriptions");
  }

  @Test
  void whatIsKnownOfADateAloneIsSeenAtTheEndOfItsVisit() {
    // the visit ends on the day of the last measurement, and is over with that day
    Trajectory line = omop.withValues().cohort(temp, MORTALITY).get("1");

    assertThat(codes(line)).hasSize(3);
    assertThat(line.visits().get(0).values()).containsExactly(null, null, null, 1.4);
  }

  @Test
  void visitsOfTheDayOfTheTargetAreNotSeen() {
    omop.row("visit_occurrence", "13,1,2003-01-01,,2003-01-01,,0")
        .row("condition_occurrence", "9,1,77,2003-01-01,,13,0");

    assertThat(codes(omop.cohort(temp, HEART_FAILURE).get("1"))).hasSize(2);
  }

  @Test
  void aVisitWithoutAnEndIsNoInput() {
    omop.replace("visit_occurrence", "10,1,2001-01-01,,2001-01-03,,0", "10,1,2001-01-01,,,,0");

    assertThat(codes(omop.cohort(temp, HEART_FAILURE).get("1")))
        .containsExactly(List.of("d_201826"));
    assertThat(read().noticed)
        .containsEntry("visit without an end: taken to go on, so that no input has it", 1L);
  }

  @Test
  void conceptZeroAndNoConceptAreLeftOutAndCounted() {
    omop.row("condition_occurrence", "7,1,0,2001-01-01,,10,0")
        .row("condition_occurrence", "8,1,,2001-01-01,,10,")
        .row("condition_occurrence", "9,1,0.0,2001-01-01,,10,0");

    assertThat(read().dropped)
        .containsEntry("condition_occurrence: concept 0, which stands for no standard concept", 2L)
        .containsEntry("condition_occurrence: without a concept", 1L);
  }

  @Test
  void eventsOfNoVisitOrPersonAreLeftOutAndCounted() {
    omop.row("condition_occurrence", "7,1,77,2001-01-01,,,0")
        .row("condition_occurrence", "8,1,77,2001-01-01,,99,0")
        .row("condition_occurrence", "9,3,77,2001-01-01,,10,0");

    assertThat(read().dropped)
        .containsEntry("condition_occurrence: of no known visit", 2L)
        .containsEntry(
            "condition_occurrence: of a patient who is not in the table of patients", 1L);
  }

  @Test
  void sourceConceptsMayBeCodes() {
    omop.options(OmopOptions.Concepts.SOURCE, OmopOptions.Spelling.IDS);
    Task task = new FirstDiagnosis("hf", CodePatterns.parse("d_35207793"), 1);

    assertThat(codes(omop.cohort(temp, task).get("1")).get(0))
        .containsExactly("d_35207668", "p_2000001", "m_19078106");
    assertThat(read().dropped)
        .containsEntry("drug_exposure: concept 0, which stands for no source concept", 1L);
  }

  @Test
  void codesMayBeSpeltAsTheirVocabulariesDo() {
    omop.withValues().options(OmopOptions.Concepts.SOURCE, OmopOptions.Spelling.CODES);
    Task task = new FirstDiagnosis("hf", CodePatterns.parse("d10_I50*"), 1);

    assertThat(codes(omop.cohort(temp, task).get("1")))
        .containsExactly(
            List.of("d10_I10", "p9_9671", "m_310798", "l_2160-0"),
            List.of("d10_E119", "l_40770471", "l_72166-2=LA15920-4"));
    assertThat(read().noticed)
        .containsEntry("concept that the table concept has no code of: spelt by its number", 1L);
  }

  @Test
  void drugsMayBeToldByTheirIngredients() {
    omop.drugs(OmopDrugs.INGREDIENT);

    assertThat(codes(omop.cohort(temp, HEART_FAILURE).get("1")).get(0))
        .containsExactly("d_320128", "p_4326177", "m_1308216", "m_974166");
    assertThat(codes(omop.cohort(temp, MORTALITY).get("2")).get(0))
        .containsExactly("d_320128", "m_40171499");
    assertThat(read().noticed)
        .containsEntry("kind of drug of no known ingredient: told by its own concept", 1L);
    assertThat(names(read())).contains("m_974166 hydrochlorothiazide");
  }

  @Test
  void drugsMayBeToldByAtc() {
    omop.drugs(OmopDrugs.ATC);

    assertThat(codes(omop.cohort(temp, HEART_FAILURE).get("1")).get(0))
        .containsExactly("d_320128", "p_4326177", "m_C03AA03");
    assertThat(codes(omop.cohort(temp, MORTALITY).get("2")).get(0)).containsExactly("d_320128");
    assertThat(read().dropped).containsEntry("drug_exposure: of no atc", 1L);
    assertThat(names(read())).contains("m_C03AA03 hydrochlorothiazide; oral");
  }

  @Test
  void drugsMayBeLeftOut() {
    assertThat(codes(omop.drugs(OmopDrugs.NONE).cohort(temp, HEART_FAILURE).get("1")).get(0))
        .containsExactly("d_320128", "p_4326177");
  }

  @ParameterizedTest
  @CsvSource({"316139, 1", "4185932, 0"})
  void aConceptStandsForItsDescendants(long concept, int label) {
    Task task = new FirstDiagnosis("hf", CodePatterns.parse("c_" + concept), 1);
    Map<String, Trajectory> lines = omop.wholes(concept).cohort(temp, task);

    // of the disorder above both hypertension is a first, too, and so nobody has a visit before
    assertThat(lines.keySet()).isEqualTo(label == 1 ? Set.of("1") : Set.of());
  }

  @Test
  void aDrugOfSeveralIngredientsIsNotTheTargetForOneOfThem() {
    omop.drugs(OmopDrugs.INGREDIENT).wholes(974166);
    Records records = read();

    assertThat(records.wholes).isEqualTo(Map.of(974166L, Set.of("m_974166")));
  }

  @Test
  void unitsAreOneByTheirConcept() {
    omop.withValues()
        .row("measurement", "2,3016723,2001-06-01,,97,,8749,umol/L,,20,0")
        .row("measurement", "2,3016723,2001-06-01,,1.2,,0,mg/dl,,20,0");
    Records records = read();

    assertThat(records.codeUnits).containsEntry("l_3016723", "mg/dl");
    assertThat(records.noticed)
        .containsEntry(
            "value of \"l_3016723\" in unit concept 8749, where most are in mg/dl: left out, the"
                + " code stays",
            1L);
    assertThat(codes(omop.cohort(temp, MORTALITY).get("2")).get(0)).contains("l_3016723");
    assertThat(omop.cohort(temp, MORTALITY).get("2").visits().get(0).values())
        .containsExactly(null, null, 1.2);
  }

  @Test
  void valuesThatAreNoneOrBoundsOrTextsAreCounted() {
    omop.withValues()
        .row("measurement", "1,3016723,2001-01-02,,,0,8840,mg/dL,0,10,0")
        .row("measurement", "1,3016723,2001-01-02,,5,0,8840,mg/dL,4171756,10,0")
        .row("measurement", "1,3016723,2001-01-02,,6,0,8840,mg/dL,4172703,10,0")
        .row("observation", "1,77,2001-01-02,,often,0,10,0");
    Records records = read();

    assertThat(records.dropped)
        .containsEntry("measurement: without a number, or a concept as its value", 1L);
    assertThat(records.noticed)
        .containsEntry("measurement: number that is a bound (such as < 5): taken as it stands", 1L)
        .containsEntry("observation whose value is a text: a code without a value", 1L);
  }

  @Test
  void measurementsMayBeTabular() {
    omop.tabular("bmi=3038553,creatinine=3016723,again=3016723");
    Trajectory line = omop.cohort(temp, HEART_FAILURE).get("1");

    assertThat(line.tabular())
        .contains(entry("bmi", 31.5), entry("creatinine", 1.4), entry("again", 1.4));
    assertThat(codes(line).get(0)).noneMatch(code -> code.startsWith("l_"));
  }

  @ParameterizedTest
  @CsvSource({
    "discharged_to_concept_id, 5.4",
    "discharge_to_concept_id, 5.3",
  })
  void aVisitMayEndWithDeath(String column, String version) {
    omop.without("death")
        .without("cdm_source")
        .replace("visit_occurrence", "discharged_to_concept_id", column)
        .row("visit_occurrence", "21,2,2001-09-01,,2001-09-04,,4216643")
        .row("condition_occurrence", "9,2,77,2001-09-01,,21,0");
    Records records = read();

    assertThat(Instants.format(records.deaths.get(1))).isEqualTo("2001-09-04T23:59:59");
    assertThat(records.noticed)
        .containsKey("no table death: only deaths that ended a visit are known")
        .containsKey(
            "version of the common data model not told by cdm_source: "
                + version
                + " by the columns of visit_occurrence");
    assertThat(records.found).isEqualTo(Map.of("cdm_version", version));
    assertThat(omop.cohort(temp, MORTALITY).get("2").label()).isEqualTo(1);
  }

  @Test
  void cdmSourceSaysTheVersion() {
    assertThat(read().found).isEqualTo(Map.of("cdm_version", "5.4"));
    omop.replace("cdm_source", "v5.4.1", "5.3");

    assertThat(read().noticed)
        .containsKey(
            "cdm_source says version 5.3, but visit_occurrence has the columns of 5.4: read by its"
                + " columns");
  }

  @Test
  void deathsAreKnownToTheEndOfTheObservationPeriod() {
    // observed for 356 days after the last visit
    omop.replace("observation_period", "2005-12-31", "2003-12-31");
    assertThat(omop.cohort(temp, MORTALITY).get("1").visits()).hasSize(2);

    omop.replace("observation_period", "2003-12-31", "2004-01-05");
    assertThat(omop.cohort(temp, MORTALITY).get("1").visits()).hasSize(3);
  }

  @Test
  void withoutObservationPeriodsTheLastVisitSaysWhoIsThere() {
    omop.without("observation_period");

    assertThat(omop.cohort(temp, MORTALITY).get("1").visits()).hasSize(2);
    assertThat(read().noticed)
        .containsKey("no table observation_period: deaths are known to the end of the last visit");
  }

  @Test
  void aBirthIsTheFirstDayThatItMayBe() {
    Records records = read();

    assertThat(Instants.format(records.births.get(0))).isEqualTo("1950-03-04T00:00:00");
    assertThat(Instants.format(records.births.get(1))).isEqualTo("1940-01-01T00:00:00");
    assertThat(records.noticed)
        .containsEntry(
            "birth of which not the day is known: taken for the first that it may be", 1L);
  }

  @Test
  void tablesThatAreNotThereAreNoticed() {
    omop.withValues().without("procedure_occurrence").without("observation");

    assertThat(read().noticed)
        .containsKey("no table procedure_occurrence: nothing is read of it")
        .containsKey("no table observation: nothing is read of it");
  }

  @Test
  void namesAreInAnyCaseAndFilesPackedOrInFolders() throws IOException {
    Map<String, Trajectory> expected = omop.withValues().cohort(temp, HEART_FAILURE);
    Path upper = Files.createDirectories(temp.resolve("upper"));
    for (String table : omop.tables().keySet()) {
      List<String> lines = omop.lines(table);
      String header = lines.get(0).toUpperCase(Locale.ROOT);
      if (table.equals("measurement")) {
        Path parts = Files.createDirectories(upper.resolve("Measurement"));
        for (int i = 1; i < lines.size(); i++) {
          Files.write(parts.resolve("part-" + i + ".csv"), List.of(header, lines.get(i)));
        }
      } else {
        Path file = upper.resolve(table.toUpperCase(Locale.ROOT) + ".csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
          String text = header + "\n" + String.join("\n", lines.subList(1, lines.size())) + "\n";
          out.write(text.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    OmopSource source = omop.source(new OmopFolder(upper));

    assertThat(MadeUpOmop.cohort(source, source.read(Source.Watcher.NONE), HEART_FAILURE))
        .isEqualTo(expected);
  }

  @Test
  void vocabulariesMayBeElsewhereAsAthenaDeliversThem() throws IOException {
    Path athena = Files.createDirectories(temp.resolve("athena"));
    for (String table : List.of("concept", "concept_ancestor")) {
      Files.write(
          athena.resolve(table.toUpperCase(Locale.ROOT) + ".csv"),
          omop.lines(table).stream()
              .map(line -> line.replace("\"Thiazides, plain\"", "6\" Thiazides"))
              .map(line -> line.replace("Heart failure", "\"Heart\" failure"))
              .map(line -> String.join("\t", Arrays.asList(line.split(",", -1))))
              .toList());
    }
    omop.without("concept").without("concept_ancestor");
    OmopInput input = omop.write(temp).input();
    OmopSource source =
        new OmopSource(
            input,
            new OmopOptions(
                athena,
                OmopOptions.Concepts.STANDARD,
                OmopOptions.Spelling.IDS,
                OmopDrugs.INGREDIENT,
                Set.of(316139L),
                null),
            List.of(),
            false);
    Records records = source.read(Source.Watcher.NONE);

    assertThat(names(records))
        .contains("d_316139 \"Heart\" failure", "m_974166 hydrochlorothiazide");
    assertThat(records.wholes.get(316139L)).containsExactly("d_316139");
  }
}
