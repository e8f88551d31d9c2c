package dev.gsig.ehr;

import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A classification whose chapters the spelling of a code tells: those of the International
 * Classification of Diseases (World Health Organization; its clinical modifications have the same),
 * and the anatomical main groups of the Anatomical Therapeutic Chemical classification. Procedures
 * are in none.
 */
enum Classification {
  /** ICD-10, as {@code d10_I509}, or {@code d_I509} where the version was dropped. */
  ICD10(
      "ICD-10",
      "d10_|d_|ICD10CM/|ICD10/|DIAGNOSIS//ICD//10//",
      "[A-Z]\\d[0-9A-Z]{1,5}",
      """
      A00 I Certain infectious and parasitic diseases
      C00 II Neoplasms
      D50 III Diseases of the blood and the immune mechanism
      E00 IV Endocrine, nutritional and metabolic diseases
      F00 V Mental and behavioural disorders
      G00 VI Diseases of the nervous system
      H00 VII Diseases of the eye and adnexa
      H60 VIII Diseases of the ear and mastoid process
      I00 IX Diseases of the circulatory system
      J00 X Diseases of the respiratory system
      K00 XI Diseases of the digestive system
      L00 XII Diseases of the skin and subcutaneous tissue
      M00 XIII Diseases of the musculoskeletal system and connective tissue
      N00 XIV Diseases of the genitourinary system
      O00 XV Pregnancy, childbirth and the puerperium
      P00 XVI Certain conditions originating in the perinatal period
      Q00 XVII Congenital malformations, deformations and chromosomal abnormalities
      R00 XVIII Symptoms, signs and abnormal findings, not elsewhere classified
      S00 XIX Injury, poisoning and other consequences of external causes
      U00 XXII Codes for special purposes
      V00 XX External causes of morbidity and mortality
      Z00 XXI Factors influencing health status and contact with health services
      """),

  /** ICD-9, as {@code d9_4280}, or {@code d_4280} where the version was dropped. */
  ICD9(
      "ICD-9",
      "d9_|d_|ICD9CM/|DIAGNOSIS//ICD//9//",
      "((?!000)\\d{3}|V(0[1-9]|[1-8]\\d|9[01]))\\d{0,2}|E(0[0-2]\\d|030|[89]\\d\\d)\\d?",
      """
      001 001-139 Infectious and parasitic diseases
      140 140-239 Neoplasms
      240 240-279 Endocrine, nutritional and metabolic diseases, and immunity disorders
      280 280-289 Diseases of the blood and blood-forming organs
      290 290-319 Mental disorders
      320 320-389 Diseases of the nervous system and sense organs
      390 390-459 Diseases of the circulatory system
      460 460-519 Diseases of the respiratory system
      520 520-579 Diseases of the digestive system
      580 580-629 Diseases of the genitourinary system
      630 630-679 Complications of pregnancy, childbirth and the puerperium
      680 680-709 Diseases of the skin and subcutaneous tissue
      710 710-739 Diseases of the musculoskeletal system and connective tissue
      740 740-759 Congenital anomalies
      760 760-779 Certain conditions originating in the perinatal period
      780 780-799 Symptoms, signs and ill-defined conditions
      800 800-999 Injury and poisoning
      E00 E000-E999 External causes of injury and poisoning
      V01 V01-V91 Factors influencing health status and contact with health services
      """),

  /** ATC from the second level on, as {@code m_C03}, {@code m_C03CA} or {@code m_C03CA01}. */
  ATC(
      "ATC",
      "m_|ATC/",
      "(A(0[1-9]|1[0-6])|B0[1-6]|C(0[1-9]|10)|D(0[1-9]|1[01])|G0[1-4]|H0[1-5]|J0[1-7]|L0[1-4]"
          + "|M0[1-9]|N0[1-7]|P0[1-3]|R0[1-7]|S0[1-3]|V(0[1-9]|1\\d|20))([A-Z]([A-Z](\\d\\d)?)?)?",
      """
      A A Alimentary tract and metabolism
      B B Blood and blood-forming organs
      C C Cardiovascular system
      D D Dermatologicals
      G G Genito-urinary system and sex hormones
      H H Systemic hormonal preparations, excluding sex hormones and insulins
      J J Antiinfectives for systemic use
      L L Antineoplastic and immunomodulating agents
      M M Musculo-skeletal system
      N N Nervous system
      P P Antiparasitic products, insecticides and repellents
      R R Respiratory system
      S S Sensory organs
      V V Various
      """);

  private final Pattern prefixed;
  private final Pattern shape;

  /** Chapters by the first code of each, in the order of codes. */
  @SuppressWarnings("ImmutableEnumChecker") // filled by the constructor, and by nobody else
  private final TreeMap<String, String> chapters = new TreeMap<>();

  /**
   * A classification.
   *
   * @param prefixes of codes of its kind, as cohorts of gsig and of MEDS spell them
   * @param shape of its codes, in capitals without dots
   * @param chapters a line each: the first code, the number, the title
   */
  Classification(String title, String prefixes, String shape, String chapters) {
    prefixed = Pattern.compile("(?:" + prefixes + ")(.*)");
    this.shape = Pattern.compile(shape);
    for (String line : chapters.strip().split("\n")) {
      String[] parts = line.split(" ", 2);
      this.chapters.put(parts[0], title + " " + parts[1]);
    }
  }

  /** The name on the command line. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The chapter of a code, with its number; null where the spelling is not that of its codes. */
  String chapter(String code) {
    Matcher parts = prefixed.matcher(code);
    String body = parts.matches() ? parts.group(1).replace(".", "").toUpperCase(Locale.ROOT) : "";
    return shape.matcher(body).matches() ? chapters.floorEntry(body).getValue() : null;
  }
}
