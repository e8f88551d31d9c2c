package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.cohort.FhirResource.Coded;
import dev.gsig.ehr.internal.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Chooses one code of those that a concept of FHIR has: that of the first system of a list, within
 * it the one that a person selected, else the first. Where a model's vocabulary is at hand, a code
 * that it knows comes before the others.
 */
final class FhirCoder {
  /** So many systems that are not read are named for each type of resource. */
  private static final int NAMED = 20;

  private final List<CodeSystem> systems;
  private final Predicate<String> preferred;
  private final Records records;
  private final Map<String, CodeSystem> systemByCode = new HashMap<>();
  private final Map<String, Set<String>> unread = new HashMap<>();

  /**
   * For the codes of a source.
   *
   * @param systems in the order in which one is chosen
   * @param preferred codes, spelled whole, that come before others
   * @param records takes descriptions, and what was left out
   */
  FhirCoder(List<CodeSystem> systems, Predicate<String> preferred, Records records) {
    this.systems = systems;
    this.preferred = preferred;
    this.records = records;
  }

  /**
   * The code of a concept, spelled whole.
   *
   * @param kind a first letter of {@link Coding}
   * @param from the resource, for messages and counts
   * @return null if there is none that is read, which is counted
   * @throws InvalidInputException if codes of two systems would be spelled alike
   */
  String code(char kind, List<Coded> codings, FhirResource from) {
    String first = null;
    Coded chosen = null;
    for (CodeSystem system : systems) {
      Coded coded = chosen(kind, system, codings, from.type());
      String code = coded == null ? null : system.spell(kind, coded.code());
      if (code != null && (first == null || preferred.test(code))) {
        first = code;
        chosen = coded;
        if (preferred.test(code)) {
          break;
        }
      }
    }
    if (first == null) {
      drop(codings, from.type());
      return null;
    }
    requireOneMeaning(first, CodeSystem.of(chosen.uri()), from);
    records.describe(first, chosen.display());
    return first;
  }

  /** The coding of a system, if it has one of the kind. */
  private Coded chosen(char kind, CodeSystem system, List<Coded> codings, String type) {
    Coded chosen = null;
    Set<String> codes = new LinkedHashSet<>();
    for (Coded coded : codings) {
      String code = CodeSystem.of(coded.uri()) == system ? system.spell(kind, coded.code()) : null;
      if (code != null) {
        codes.add(code);
        boolean better = chosen == null || (coded.selected() && !chosen.selected());
        chosen = better ? coded : chosen;
      }
    }
    if (codes.size() > 1) {
      records.notice(
          type + ": several codes of " + system.label() + ": the selected or first one is taken");
    }
    return chosen;
  }

  private void drop(List<Coded> codings, String type) {
    if (codings.isEmpty()) {
      records.drop(type + ": without a coding");
      return;
    }
    String uri = codings.get(0).uri();
    Set<String> named = unread.computeIfAbsent(type, t -> new HashSet<>());
    boolean name = named.contains(uri) || named.size() < NAMED;
    if (name) {
      named.add(uri);
    }
    records.drop(
        type
            + ": without a code of a system that is read, but of "
            + (name ? Json.quote(uri) : "one that is rarer"));
  }

  /** RxNorm and SNOMED CT both number from 1. */
  private void requireOneMeaning(String code, CodeSystem system, FhirResource from) {
    CodeSystem other = systemByCode.putIfAbsent(code, system);
    if (other != null && other != system) {
      throw new InvalidInputException(
          from.where()
              + ": the code "
              + Json.quote(code)
              + " is one of "
              + system.label()
              + " here, and one of "
              + other.label()
              + " elsewhere; read one of the two systems only (--code-systems)");
    }
  }
}
