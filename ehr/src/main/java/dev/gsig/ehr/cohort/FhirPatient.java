package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One patient as a FHIR R4 server tells of them, for programs that ask for {@code
 * Patient/ID/$everything}: a Bundle, or the several that are its pages. It is read by the code that
 * reads bulk data ({@link FhirSource}), and gives the same trajectory: everything up to and
 * including the end of the last encounter that is over; the age and the values are those at that
 * time. Immutable.
 *
 * @param trajectory without a label; without visits if no event is of an encounter that is over.
 *     The event of each code ({@link dev.gsig.ehr.Visit#events}) is the resource that gave it, such
 *     as {@code Condition/1}
 * @param told what was dropped or noticed, as {@code cohort-report.json} has it, with counts
 */
public record FhirPatient(Trajectory trajectory, Map<String, Long> told) {
  /** The types of Bundles that hold resources as they are. */
  private static final Set<String> TYPES =
      Set.of("searchset", "collection", "document", "transaction", "batch");

  private static final Set<String> KEYS = Set.of("entry", "resource", "fullUrl", "relation");

  /** Copies the map. */
  public FhirPatient {
    told = Map.copyOf(told);
  }

  /**
   * Reads a patient.
   *
   * @param pages JSON texts, each a Bundle: one, or all pages of one answer
   * @param patientId whom it is about; null where the Bundle has one Patient only. Resources of
   *     others are dropped and counted
   * @param name what messages call the Bundle
   * @param options how it is read
   * @return the patient
   * @throws InvalidInputException if a page is not a Bundle of resources, a page is missing, the
   *     patient is not in it or it cannot be told who it is, or a resource cannot be used; the
   *     message names the entry and the resource
   */
  public static FhirPatient read(
      List<String> pages, String patientId, String name, FhirOptions options) {
    Reading reading = new Reading(Source.Watcher.NONE);
    Records records = reading.records;
    FhirEvents events =
        new FhirEvents(
            reading,
            new FhirCoder(options.systems(), options::knows, records),
            options.measurements(),
            options.values(),
            true,
            options::unit);
    Map<String, List<FhirResource>> byType = byType(pages, name, events.references());
    FhirResource patient = patient(byType.getOrDefault(FhirEvents.PATIENT, List.of()), patientId);
    if (patient == null) {
      throw new InvalidInputException(
          name
              + (patientId == null
                  ? ": holds no Patient, or several"
                  : ": holds no Patient " + Json.quote(patientId))
              + "; ask the server for Patient/ID/$everything, and name whom it is about");
    }
    events.addPatient(patient);
    each(byType, FhirEvents.MEDICATION, events::addMedication);
    each(byType, FhirEvents.ENCOUNTER, events::addEncounter);
    events.endEncounters();
    for (String type : FhirEvents.EVENTS) {
      if (options.values() || !options.measurements().isEmpty() || !type.equals("Observation")) {
        each(byType, type, events::addEvent);
      }
    }
    records.leaveOutOtherUnits(
        code -> options.unit(options.coding().written(records.codes.text(code))));
    return of(patient.id(), records, options);
  }

  private static FhirPatient of(String id, Records records, FhirOptions options) {
    Patients patients = new Patients(records);
    Map<String, Long> told = new TreeMap<>();
    if (patients.count() == 0) { // one whose record says that it is not to be read
      tell(records, new Oddities(), told);
      return new FhirPatient(new Trajectory(id, List.of(), Map.of(), null), told);
    }
    Lines lines =
        new Lines(
            records,
            patients,
            code -> options.coding().written(records.codes.text(code)),
            options.measurements(),
            options.extremes());
    PatientRecord patient = patients.get(0);
    Oddities oddities = new Oddities();
    oddities.look(patient, patients.withoutCodes(0));
    tell(records, oddities, told);
    Trajectory trajectory = lines.of(patient, id, Moment.upTo(patient.lastEnd()), null);
    return new FhirPatient(
        options.bins() == null ? trajectory : options.bins().binned(trajectory), told);
  }

  private static void tell(Records records, Oddities oddities, Map<String, Long> told) {
    records.dropped.forEach((reason, count) -> told.put("dropped: " + reason, count));
    records.noticed.forEach((what, count) -> told.put("noticed: " + what, count));
    oddities.counts().forEach((what, count) -> told.put("noticed: " + what, count));
  }

  private static void each(
      Map<String, List<FhirResource>> byType, String type, Consumer<FhirResource> taker) {
    byType.getOrDefault(type, List.of()).forEach(taker);
  }

  /** The patient that is meant; null if that cannot be told. */
  private static FhirResource patient(List<FhirResource> patients, String id) {
    List<FhirResource> meant =
        patients.stream().filter(patient -> id == null || id.equals(patient.requiredId())).toList();
    if (meant.size() > 1 && id != null) {
      throw new InvalidInputException(
          meant.get(1).where() + ": is there twice; remove one, of two versions the older");
    }
    return meant.size() == 1 ? meant.get(0) : null;
  }

  private static Map<String, List<FhirResource>> byType(
      List<String> pages, String name, FhirReferences references) {
    Map<String, List<FhirResource>> byType = new TreeMap<>();
    int last = 0;
    for (int page = 0; page < pages.size(); page++) {
      String source = pages.size() == 1 ? name : name + ", page " + (page + 1);
      JsonObject bundle =
          Json.object(
              pages.get(page),
              source,
              key -> KEYS.contains(key) || FhirResource.KEYS.contains(key));
      requireBundle(bundle);
      last += hasNext(bundle) ? 0 : 1;
      List<JsonObject> entries = bundle.has("entry") ? bundle.objects("entry") : List.of();
      for (int entry = 0; entry < entries.size(); entry++) {
        String where = source + ", entry " + (entry + 1);
        take(entries.get(entry), where, references, byType);
      }
    }
    if (last != 1) {
      throw new InvalidInputException(
          name
              + (last == 0
                  ? ": has a next page, which is part of the record; ask for it, and hand in all"
                  : ": the pages are not those of one answer; hand in one patient's at a time"));
    }
    return byType;
  }

  private static void take(
      JsonObject entry,
      String where,
      FhirReferences references,
      Map<String, List<FhirResource>> byType) {
    JsonObject resource = entry.objectOrNull("resource");
    if (resource == null) {
      return;
    }
    String url = entry.stringOrNull("fullUrl");
    String otherId =
        url == null
            ? null
            : url.substring(Math.max(url.lastIndexOf('/'), url.lastIndexOf(':')) + 1);
    FhirResource taken = FhirResource.of(JsonObject.of(where, resource.toMap()), otherId);
    if (url != null && taken.id() != null) {
      references.add(url, taken.type(), taken.id());
    }
    byType.computeIfAbsent(taken.type(), type -> new ArrayList<>()).add(taken);
  }

  private static void requireBundle(JsonObject bundle) {
    if (!bundle.string("resourceType").equals("Bundle")) {
      throw bundle.invalid(
          "resourceType", "must be Bundle, but is " + Json.quote(bundle.string("resourceType")));
    }
    String type = bundle.string("type");
    if (!TYPES.contains(type)) {
      throw bundle.invalid(
          "type",
          "is "
              + Json.quote(type)
              + ", which does not hold the resources as they are; hand in a searchset or a"
              + " collection");
    }
  }

  private static boolean hasNext(JsonObject bundle) {
    return bundle.has("link")
        && bundle.objects("link").stream()
            .anyMatch(link -> "next".equals(link.stringOrNull("relation")));
  }
}
