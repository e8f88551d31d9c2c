package dev.gsig.ehr;

import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * A way in which two vocabularies may spell the same codes, and what both are brought to for a
 * comparison.
 */
enum Spelling {
  /** d_ against d9_, d10_. */
  VERSION(
      code -> code.replaceFirst("^([dp])(9|10)_", "$1_"),
      "has no version of the ICD in its prefixes (d_, p_), as --drop-version writes them",
      "has the version of the ICD in its prefixes (d9_, d10_, p9_, p10_), as without --drop-version"),
  /** i10 against I10. */
  CASE(
      code -> code.toUpperCase(Locale.ROOT),
      "has small letters where the other has capitals",
      "has capitals where the other has small letters"),
  /** I25.10 against I2510. */
  DOTS(code -> code.replace(".", ""), "has no dots", "has dots"),
  /** I10 against d10_I10. */
  PREFIX(Spelling::body, "has no prefixes such as d10_", "has prefixes such as d10_"),
  /** DIAGNOSIS//ICD//10//I10, ICD10CM/I10 or ICD10CM//I10 against d10_I10. */
  MEDS(
      code -> body(code.substring(code.lastIndexOf('/') + 1)),
      "has gsig's spelling, which 'gsig cohort meds' writes",
      "has the spelling of MEDS; 'gsig cohort meds' writes gsig's"),
  /** Several of these differences at once. */
  ALL(
      code -> DOTS.common(CASE.common(MEDS.common(code))),
      "differs in prefixes, dots or capitals",
      "differs in prefixes, dots or capitals");

  @SuppressWarnings("ImmutableEnumChecker") // functions without a state
  private final UnaryOperator<String> common;

  private final String shorter;
  private final String longer;

  Spelling(UnaryOperator<String> common, String shorter, String longer) {
    this.common = common;
    this.shorter = shorter;
    this.longer = longer;
  }

  /** What the code is brought to. */
  String common(String code) {
    return common.apply(code);
  }

  /**
   * How the cohort spells its codes where the model does not.
   *
   * @param ofCohort a code as the cohort has it
   * @param ofModel as the model has it
   */
  String inWords(String ofCohort, String ofModel) {
    boolean isLonger =
        this == CASE
            ? ofCohort.equals(ofCohort.toUpperCase(Locale.ROOT))
            : ofCohort.length() > ofModel.length();
    return "the cohort " + (isLonger ? longer : shorter);
  }

  /** What stands behind a prefix such as {@code d10_}. */
  static String body(String code) {
    return code.replaceFirst("^[A-Za-z]{1,3}\\d{0,2}_", "");
  }
}
