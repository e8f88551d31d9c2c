package dev.gsig.ehr.cohort;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * How an OMOP common data model is read.
 *
 * @param vocabulary a folder with the vocabulary tables, concept and concept_ancestor, as OHDSI's
 *     Athena delivers them; null for those beside the data
 * @param concepts of which column codes are
 * @param spelling how a concept becomes a code
 * @param drugs what drugs are told by
 * @param wholes concepts of which {@code c_} patterns of the task want the descendants, see {@link
 *     CodePatterns#concepts}
 * @param indexCohort the definition of the table {@code cohort} that names patients and index
 *     dates; null for none
 */
public record OmopOptions(
    Path vocabulary,
    Concepts concepts,
    Spelling spelling,
    OmopDrugs drugs,
    Set<Long> wholes,
    Integer indexCohort) {
  /** Standard concepts by their numbers, drugs as they stand, and no index dates. */
  public static final OmopOptions DEFAULT =
      new OmopOptions(null, Concepts.STANDARD, Spelling.IDS, OmopDrugs.CONCEPT, Set.of(), null);

  /** Copies the set. */
  public OmopOptions {
    wholes = Set.copyOf(wholes);
  }

  /**
   * These options for a reading of what is below some concepts, too.
   *
   * @param concepts whose descendants are wanted
   * @return the options
   */
  public OmopOptions withWholes(Set<Long> concepts) {
    return new OmopOptions(vocabulary, this.concepts, spelling, drugs, concepts, indexCohort);
  }

  /** Of which column codes are. */
  public enum Concepts {
    /** {@code condition_concept_id} and the like. */
    STANDARD,
    /** {@code condition_source_concept_id} and the like. */
    SOURCE;

    /** The name on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a concept becomes a code. */
  public enum Spelling {
    /** By its number: {@code d_316139}. */
    IDS,
    /**
     * As its vocabulary spells it: {@code d10_I509}, {@code p9_9671}, {@code l_2160-0}; of another
     * vocabulary than ICD {@code d_84114007}.
     */
    CODES;

    /** The name on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
