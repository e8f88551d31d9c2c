package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A classification or terminology that codes of FHIR come from, and how a cohort spells them: as
 * the other sources do, so that a model of one source knows the codes of another. The order is that
 * in which one coding of several is chosen where nothing else is asked for.
 */
public enum CodeSystem {
  /** ICD-10 and its national editions: {@code d10_I509}. */
  ICD_10(
      "d",
      10,
      "http://hl7.org/fhir/sid/icd-10",
      "http://hl7.org/fhir/sid/icd-10-cm",
      "http://hl7.org/fhir/sid/icd-10-de",
      "http://hl7.org/fhir/sid/icd-10-nl",
      "http://hl7.org/fhir/sid/icd-10-uk",
      "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
      "http://fhir.de/CodeSystem/dimdi/icd-10-gm",
      "urn:oid:2.16.840.1.113883.6.90",
      "urn:oid:2.16.840.1.113883.6.3"),
  /** ICD-9-CM, diagnoses and procedures: {@code d9_4280}, {@code p9_5491}. */
  ICD_9(
      "dp",
      9,
      "http://hl7.org/fhir/sid/icd-9-cm",
      "http://terminology.hl7.org/CodeSystem/icd9cm",
      "urn:oid:2.16.840.1.113883.6.103",
      "urn:oid:2.16.840.1.113883.6.104"),
  /** ICD-10-PCS: {@code p10_0W9G3ZZ}. */
  ICD_10_PCS(
      "p",
      10,
      "http://www.cms.gov/Medicare/Coding/ICD10",
      "http://hl7.org/fhir/sid/icd-10-pcs",
      "urn:oid:2.16.840.1.113883.6.4"),
  /** SNOMED CT, of any kind: {@code d_84114007}. */
  SNOMED("dpmlav", 0, "http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96"),
  /** CPT: {@code p_93306}. */
  CPT("p", 0, "http://www.ama-assn.org/go/cpt", "urn:oid:2.16.840.1.113883.6.12"),
  /** HCPCS: {@code p_G0008}. */
  HCPCS(
      "p",
      0,
      "http://terminology.hl7.org/CodeSystem/HCPCS",
      "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
      "urn:oid:2.16.840.1.113883.6.285"),
  /** RxNorm: {@code m_314076}; of an allergy {@code a_1191}. */
  RXNORM("ma", 0, "http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88"),
  /** ATC: {@code m_C09AA03}. */
  ATC("mav", 0, "http://www.whocc.no/atc", "urn:oid:2.16.840.1.113883.6.73"),
  /** National Drug Codes, in their 11 digits: {@code m_00338004904}. */
  NDC("m", 0, "http://hl7.org/fhir/sid/ndc", "urn:oid:2.16.840.1.113883.6.69"),
  /** CVX, of vaccines: {@code v_62}. */
  CVX("v", 0, "http://hl7.org/fhir/sid/cvx", "urn:oid:2.16.840.1.113883.12.292"),
  /** LOINC: {@code l_8480-6}. */
  LOINC("l", 0, "http://loinc.org", "urn:oid:2.16.840.1.113883.6.1");

  /** All, in their order. */
  public static final List<CodeSystem> ALL = List.of(values());

  private static final Map<String, CodeSystem> BY_URI =
      Arrays.stream(values())
          .flatMap(system -> system.uris.stream().map(uri -> Map.entry(uri, system)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private final String kinds;
  private final int version;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> uris;

  CodeSystem(String kinds, int version, String... uris) {
    this.kinds = kinds;
    this.version = version;
    this.uris = List.of(uris);
  }

  /** Its name on the command line: {@code icd-10}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads a list such as {@code icd-10,snomed}.
   *
   * @param text names of systems, in the order in which one is chosen
   * @return the systems
   * @throws InvalidInputException if a name is not one of a system, or is there twice
   */
  public static List<CodeSystem> parse(String text) {
    Map<String, CodeSystem> byLabel =
        Stream.of(values()).collect(Collectors.toMap(CodeSystem::label, Function.identity()));
    List<CodeSystem> systems = new ArrayList<>();
    for (String name : text.split(",", -1)) {
      CodeSystem system = byLabel.get(name.strip());
      if (system == null || systems.contains(system)) {
        throw new InvalidInputException(
            "the code system "
                + Json.quote(name)
                + (system == null ? " is not known" : " is there twice")
                + "; name some of "
                + ALL.stream().map(CodeSystem::label).collect(Collectors.joining(", ")));
      }
      systems.add(system);
    }
    return List.copyOf(systems);
  }

  /** The system of a URI, as codings name it; null if it is not known. */
  static CodeSystem of(String uri) {
    return BY_URI.get(uri);
  }

  /**
   * Spells a code.
   *
   * @param kind of the event, a first letter of {@link Coding}
   * @return null if the system has no codes of that kind, or the text is none
   */
  String spell(char kind, String code) {
    if (kinds.indexOf(kind) < 0) {
      return null;
    }
    if (this == NDC) {
      return Drugs.ofNdc(code);
    }
    return version == 0 ? Coding.plain(kind, code) : Coding.icd(kind, version, code);
  }
}
