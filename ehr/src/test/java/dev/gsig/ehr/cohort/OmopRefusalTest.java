package dev.gsig.ehr.cohort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is wrong with the tables of an OMOP common data model is said in one line, with its place.
 */
class OmopRefusalTest {
  private final MadeUpOmop omop = new MadeUpOmop();

  @TempDir Path temp;

  private void assertRefused(String... words) {
    OmopSource source = omop.write(temp);
    var refusal =
        assertThatThrownBy(() -> source.read(Source.Watcher.NONE))
            .isInstanceOf(InvalidInputException.class);
    for (String word : words) {
      refusal.hasMessageContaining(word);
    }
    refusal.satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "condition_occurrence; 1,1,I10,2001-01-01,,10,0; condition_concept_id must be the number of"
            + " a concept, but is \"I10\"",
        "condition_occurrence; 1,1,-5,2001-01-01,,10,0; condition_concept_id must be the number of"
            + " a concept, but is \"-5\"",
        "condition_occurrence; 1,1,1234567890123456789,2001-01-01,,10,0; condition_concept_id must"
            + " be the number of a concept",
        "condition_occurrence; 1,1,5,01/02/2001,,10,0; condition_start_date must be a time such as",
        "condition_occurrence; 1,1,5,,,10,0; condition_start_date is empty",
        "condition_occurrence; 1,1,5,2001-01-01,noon,10,0; condition_start_datetime must be a time",
        "condition_occurrence; 1,,5,2001-01-01,,10,0; person_id is empty",
        "condition_occurrence; 1,2,5,2001-01-01,,10,0; is of another patient than \"2\"",
        "person; 2,8507,1950,1,1,; the patient \"2\" is there twice",
        "person; 3,8507,1950,2,30,; year_of_birth, month_of_birth and day_of_birth must be a date,"
            + " but are 1950, 2 and 30",
        "person; 3,8507,born,1,1,; year_of_birth must be a whole number",
        "person; 3,male,1950,1,1,; gender_concept_id must be the number of a concept, but is"
            + " \"male\"",
        "visit_occurrence; 10,1,2004-01-01,,2004-01-01,,0; the visit \"10\" is there twice",
        "visit_occurrence; 14,1,,,2004-01-01,,0; visit_start_date is empty",
        "death; 1,,; death_date is empty",
        "observation_period; 3,1,2000-01-01,; observation_period_end_date is empty",
      })
  void aRowThatCannotBeUsedIsNamed(String table, String row, String words) {
    omop.row(table, row);
    int line = omop.lines(table).size();

    assertRefused(table + ".csv, line " + line + ": ", words);
  }

  @Test
  void aValueThatIsNoNumberIsNamed() {
    omop.withValues().row("measurement", "1,5,2001-01-01,,high,0,0,,0,10,0");

    assertRefused("measurement.csv, line 5: value_as_number must be a number, but is \"high\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"person", "visit_occurrence", "condition_occurrence"})
  void aTableThatIsNeededIsNamed(String table) {
    omop.without(table);

    assertRefused("the table " + table + ".csv.gz (or .csv) is missing");
  }

  @Test
  void aColumnThatIsNeededIsNamed() {
    omop.replace("condition_occurrence", "condition_concept_id", "concept");

    assertRefused(
        "condition_occurrence.csv: has no column condition_concept_id; its columns are",
        "\"condition_start_date\"");
  }

  @Test
  void aColumnThatIsThereInTwoCasesIsNamed() {
    omop.replace("cdm_source", "cdm_source_name,cdm_version", "CDM_VERSION,Cdm_Version");

    assertRefused("cdm_source.csv: has the column cdm_version twice; remove one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.0", "v5.2", "CDM v4.0.1"})
  void otherVersionsAreRefused(String version) {
    omop.replace("cdm_source", "v5.4.1", version);

    assertRefused(
        "cdm_source.csv, line 2: cdm_version is \"" + version + "\", but versions 5.3 and 5.4 are");
  }

  @Test
  void twoVersionsAreRefused() {
    omop.row("cdm_source", "Other,5.3");

    assertRefused("cdm_source says cdm_version 5.3 and 5.4");
  }

  @ParameterizedTest
  @CsvSource({"concept, INGREDIENT", "concept, ATC", "concept_ancestor, INGREDIENT"})
  void drugsByTheirClassesNeedTheVocabularies(String table, OmopDrugs drugs) {
    omop.drugs(drugs).without(table);

    assertRefused(
        "the table "
            + table
            + ", which --drugs "
            + drugs.label()
            + " needs, is not beside the data",
        "--vocabulary");
  }

  @Test
  void codesNeedTheTableConcept() {
    omop.options(OmopOptions.Concepts.STANDARD, OmopOptions.Spelling.CODES).without("concept");

    assertRefused("the table concept, which --spelling codes needs, is not beside the data");
  }

  @Test
  void descendantsNeedTheTableOfThem() {
    omop.wholes(316139).without("concept_ancestor");

    assertRefused(
        "the table concept_ancestor, by which c_316139 stands for a concept and its descendants",
        "--vocabulary",
        "such as d_316139");
  }

  @Test
  void descendantsAreOfStandardConcepts() {
    omop.options(OmopOptions.Concepts.SOURCE, OmopOptions.Spelling.IDS).wholes(316139);

    assertRefused("c_316139 stands for a standard concept");
  }

  @Test
  void tabularMeasurementsAreNamedByConcepts() {
    omop.tabular("bmi=39156-5");

    assertRefused("--tabular bmi=39156-5: of OMOP a measurement is named by the number of its");
  }

  @Test
  void aTableInTwoFilesIsRefused() throws IOException {
    Files.write(temp.resolve("PERSON.csv.gz"), List.of("person_id"));

    assertRefused("PERSON.csv.gz and person.csv", "are they one table in two files?");
  }

  @Test
  void aTableInAFileAndAFolderIsRefused() throws IOException {
    Files.createDirectories(temp.resolve("PERSON"));

    assertRefused("has the table person twice; move one of them elsewhere: PERSON, person.csv");
  }

  @Test
  void aFolderThatIsNotThereIsRefused() {
    OmopSource source = omop.source(new OmopFolder(temp.resolve("none")));

    assertThatThrownBy(() -> source.read(Source.Watcher.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no such folder");
  }

  @Test
  void conceptsWithDescendantsAreOfOmopOnly() {
    Records records = omop.write(temp).read(Source.Watcher.NONE);

    assertThatThrownBy(() -> CodePatterns.parse("c_316139").in(records))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the code c_316139 is a concept of OMOP with its descendants");
  }

  @ParameterizedTest
  @ValueSource(strings = {"c_", "c_x", "c_31*", "c_1234567890123456789"})
  void otherConceptsAreRefused(String pattern) {
    assertThatThrownBy(() -> CodePatterns.parse(pattern))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("or be a concept of OMOP, such as c_316139");
  }
}
