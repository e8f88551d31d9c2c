package dev.gsig.ehr.cohort;

import java.util.Locale;

/** What drugs of an OMOP common data model are told by. */
public enum OmopDrugs {
  /** The concept that was recorded. */
  CONCEPT,
  /** The RxNorm ingredients of which the recorded concept is a descendant. */
  INGREDIENT,
  /** The fifth level of ATC, of which it is one, by its code. */
  ATC,
  /** Drugs are not read. */
  NONE;

  /** The name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether drugs are told by classes that the table concept_ancestor has of them. */
  boolean isRolledUp() {
    return this == INGREDIENT || this == ATC;
  }

  /** Whether a concept is such a class. */
  boolean isClass(String vocabulary, String conceptClass) {
    return switch (this) {
      case INGREDIENT ->
          "Ingredient".equals(conceptClass)
              && ("RxNorm".equals(vocabulary) || "RxNorm Extension".equals(vocabulary));
      case ATC -> "ATC 5th".equals(conceptClass) && "ATC".equals(vocabulary);
      default -> false;
    };
  }
}
