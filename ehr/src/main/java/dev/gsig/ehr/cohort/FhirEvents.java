package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.cohort.FhirResource.Coded;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Takes the resources of FHIR R4 one by one and makes records of them: first patients, then
 * medications, then encounters, then the others, each type in any order.
 *
 * <p>What did not happen, or was entered in error, its status says: it is left out, as is what has
 * a modifier extension, which could say anything. The encounters are the visits. What names none is
 * of the first one that its time is in. A code counts from when it was recorded, where the resource
 * says that, else from when it was so.
 */
final class FhirEvents {
  static final String PATIENT = "Patient";
  static final String MEDICATION = "Medication";
  static final String ENCOUNTER = "Encounter";
  static final String OBSERVATION = "Observation";

  /** The statuses of each type that tell of something that happened. */
  private static final Map<String, Set<String>> HAPPENED =
      Map.of(
          ENCOUNTER,
          Set.of("arrived", "triaged", "in-progress", "onleave", "finished", "unknown"),
          "MedicationRequest",
          Set.of("active", "on-hold", "completed", "stopped", "unknown"),
          "MedicationStatement",
          Set.of("active", "completed", "stopped", "on-hold", "unknown"),
          "MedicationAdministration",
          Set.of("in-progress", "on-hold", "completed", "stopped", "unknown"),
          "Procedure",
          Set.of("in-progress", "on-hold", "stopped", "completed", "unknown"),
          OBSERVATION,
          Set.of("preliminary", "final", "amended", "corrected", "unknown"),
          "Immunization",
          Set.of("completed"));

  /** Statuses of encounters that are over. */
  private static final Set<String> OVER = Set.of("finished", "unknown");

  /** The intents of prescriptions that are more than a plan. */
  private static final Set<String> ORDERED =
      Set.of("order", "original-order", "reflex-order", "filler-order", "instance-order");

  /** How sure one is of conditions and allergies: these are not so. */
  private static final Set<String> NOT_SO = Set.of("refuted", "entered-in-error");

  private static final Set<String> SURE = Set.of("confirmed");

  private static final String NUBC = "https://www.nubc.org/CodeSystem/PatDischargeStatus";
  private static final Set<String> DIED = Set.of("exp", "20", "40", "41", "42");
  private static final Set<String> DISPOSITIONS =
      Set.of("http://terminology.hl7.org/CodeSystem/discharge-disposition", NUBC);

  /** The types that are events, in the order of their names. */
  static final List<String> EVENTS =
      List.of(
          "AllergyIntolerance",
          "Condition",
          "Immunization",
          "MedicationAdministration",
          "MedicationRequest",
          "MedicationStatement",
          OBSERVATION,
          "Procedure");

  private final Reading reading;
  private final Records records;
  private final FhirCoder coder;
  private final Map<String, Integer> features = new HashMap<>();
  private final boolean values;
  private final boolean withSources;
  private final List<Measurement> measurements;
  private final UnaryOperator<String> units;
  private final FhirReferences references = new FhirReferences();
  private final Map<String, Integer> visits = new HashMap<>();
  private final Map<String, List<Coded>> medications = new HashMap<>();
  private final List<Integer> endedInDeath = new ArrayList<>();
  private final List<Integer> deadUndated = new ArrayList<>();
  private final MessageDigest sha256 = FileHash.sha256();
  private long lastEnd = Instants.UNKNOWN;
  private Ints.Groups visitsOfPatient;
  private String seenType = "";

  /** The ids of the resources of that type. */
  private LongSet seen;

  /**
   * For the resources of patients.
   *
   * @param withSources whether it is remembered which resource gave which code
   * @param units that the values of tabular features must be in, by their names; null for any
   */
  FhirEvents(
      Reading reading,
      FhirCoder coder,
      List<Measurement> measurements,
      boolean values,
      boolean withSources,
      UnaryOperator<String> units) {
    this.reading = reading;
    this.records = reading.records;
    this.coder = coder;
    this.values = values;
    this.withSources = withSources;
    this.measurements = measurements;
    this.units = units;
    for (int i = 0; i < measurements.size(); i++) {
      features.put(measurements.get(i).code(), i);
    }
  }

  FhirReferences references() {
    return references;
  }

  /** Takes a Patient. */
  void addPatient(FhirResource patient) {
    JsonObject json = patient.json();
    String id = patient.requiredId();
    if (isLeftOut(patient)) {
      return;
    }
    if (list(json, "link").stream()
        .anyMatch(link -> "replaced-by".equals(link.stringOrNull("type")))) {
      records.drop("Patient: replaced by another record");
      return;
    }
    long death = FhirResource.time(json, "deceasedDateTime");
    int number = records.addPatient(id, birth(json), Sex.UNKNOWN, death, patient.where());
    if (json.has("gender")) {
      records.setSex(number, json.string("gender"));
    }
    boolean dead = json.has("deceasedDateTime") || json.bool("deceasedBoolean", false);
    if (dead && death == Instants.UNKNOWN) {
      deadUndated.add(number);
    }
  }

  private long birth(JsonObject json) {
    String text = json.stringOrNull("birthDate");
    if (text != null && FhirResource.isPartial(text)) {
      records.notice("birth of which only the month or year is known: taken for its first day");
      return Instants.parse(text.length() == 4 ? text + "-01-01" : text + "-01");
    }
    return FhirResource.time(json, "birthDate");
  }

  /** Takes a Medication, which prescriptions refer to. */
  void addMedication(FhirResource medication) {
    requireNew(medication);
    medications.put(
        medication.requiredId(), FhirResource.codings(medication.json().objectOrNull("code")));
  }

  /** Takes an Encounter. */
  void addEncounter(FhirResource encounter) {
    JsonObject json = encounter.json();
    requireNew(encounter);
    if (isLeftOut(encounter)) {
      return;
    }
    int patient = patient(encounter, "subject");
    if (patient < 0) {
      return;
    }
    long start = FhirResource.start(json, "period");
    if (start == Instants.UNKNOWN) {
      records.drop("Encounter: without the day that it began");
      return;
    }
    boolean over = OVER.contains(json.string("status"));
    long end = over ? FhirResource.end(json, "period") : Instants.UNKNOWN;
    if (end == Instants.UNKNOWN) {
      end = Instants.OPEN;
      records.notice(
          over
              ? "encounter without an end: taken to go on, so that no input has it"
              : "encounter that is not finished: taken to go on, so that no input has it");
    }
    lastEnd = Math.max(lastEnd, end == Instants.OPEN ? start : end);
    int visit = records.addVisit(patient, start, end);
    visits.put(encounter.requiredId(), visit);
    if (end != Instants.OPEN && endsInDeath(json)) {
      endedInDeath.add(visit);
    }
  }

  private static boolean endsInDeath(JsonObject encounter) {
    JsonObject hospitalization = encounter.objectOrNull("hospitalization");
    return hospitalization != null
        && FhirResource.codings(hospitalization.objectOrNull("dischargeDisposition")).stream()
            .anyMatch(c -> DISPOSITIONS.contains(c.uri()) && DIED.contains(c.code()));
  }

  /** All encounters have been taken: deaths are known to the end of the last one. */
  void endEncounters() {
    endedInDeath.sort(Comparator.comparingLong(records.visitEnds::get));
    endedInDeath.forEach(records::addDeathIn);
    for (int i = 0; i < records.followUpEnds.size(); i++) {
      records.followUpEnds.set(i, lastEnd);
    }
    for (int patient : deadUndated) {
      if (records.deaths.get(patient) == Instants.UNKNOWN) {
        records.notice("patient who is dead, of no known day: not known to be alive at any time");
        records.followUpEnds.set(patient, Instants.UNKNOWN);
      }
    }
    visitsOfPatient = records.visitPatients.group(records.patients.size());
  }

  /** Takes a resource of one of {@link #EVENTS}. */
  void addEvent(FhirResource event) {
    requireNew(event);
    if (isLeftOut(event)) {
      return;
    }
    switch (event.type()) {
      case "Condition" ->
          addCode(event, 'd', "code", "recordedDate", "onsetDateTime", "onsetPeriod");
      case "Procedure" -> addCode(event, 'p', "code", "performedDateTime", "performedPeriod");
      case "MedicationRequest" -> addDrug(event, "encounter", "authoredOn");
      case "MedicationStatement" ->
          addDrug(event, "context", "dateAsserted", "effectiveDateTime", "effectivePeriod");
      case "MedicationAdministration" ->
          addDrug(event, "context", "effectiveDateTime", "effectivePeriod");
      case "AllergyIntolerance" ->
          addCode(event, Coding.ALLERGY, "code", "recordedDate", "onsetDateTime", "onsetPeriod");
      case "Immunization" -> addCode(event, Coding.VACCINE, "vaccineCode", "occurrenceDateTime");
      case OBSERVATION -> addObservation(event);
      default -> throw new IllegalArgumentException("no event: " + event.type());
    }
  }

  private void addCode(FhirResource event, char kind, String concept, String... times) {
    String subject = kind == Coding.ALLERGY || kind == Coding.VACCINE ? "patient" : "subject";
    int patient = patient(event, subject);
    if (patient >= 0) {
      String code = coder.code(kind, codings(event.json(), concept), event);
      add(event, patient, code, "encounter", when(event.json(), times), null, null);
    }
  }

  private void addDrug(FhirResource event, String encounter, String... times) {
    int patient = patient(event, "subject");
    if (patient >= 0) {
      String code = coder.code('m', drug(event), event);
      add(event, patient, code, encounter, when(event.json(), times), null, null);
    }
  }

  /** The codings of a drug, which may be in a resource of its own. */
  private List<Coded> drug(FhirResource event) {
    List<Coded> own = codings(event.json(), "medicationCodeableConcept");
    String id = references.id(event, "medicationReference", MEDICATION);
    if (!own.isEmpty() || id == null) {
      return own;
    }
    if (!id.startsWith("#")) {
      return medications.getOrDefault(id, List.of());
    }
    FhirResource contained = event.contained().get(id.substring(1));
    return contained == null ? List.of() : codings(contained.json(), "code");
  }

  private static List<Coded> codings(JsonObject json, String concept) {
    return FhirResource.codings(json.objectOrNull(concept));
  }

  private void addObservation(FhirResource event) {
    JsonObject json = event.json();
    int patient = patient(event, "subject");
    if (patient < 0) {
      return;
    }
    long time = when(json, "effectiveDateTime", "effectiveInstant", "effectivePeriod");
    List<JsonObject> parts = new ArrayList<>();
    if (hasNumber(json) || !json.has("component")) {
      parts.add(json);
    }
    for (JsonObject part : list(json, "component")) {
      if (FhirResource.isModified(part)) {
        records.drop("Observation: a component with a modifier extension");
      } else {
        parts.add(part);
      }
    }
    parts.forEach(part -> addNumber(event, part, patient, time));
  }

  private static List<JsonObject> list(JsonObject json, String key) {
    return json != null && json.has(key) ? json.objects(key) : List.of();
  }

  private static boolean hasNumber(JsonObject part) {
    return part.has("valueQuantity") || part.has("valueInteger");
  }

  private void addNumber(FhirResource event, JsonObject part, int patient, long time) {
    List<Coded> codings = codings(part, "code");
    JsonObject quantity = part.objectOrNull("valueQuantity");
    Double value = quantity == null ? part.numberOrNull("valueInteger") : number(quantity);
    String unit = quantity == null ? null : unit(quantity);
    for (Coded coded : codings) {
      Integer feature =
          CodeSystem.of(coded.uri()) == CodeSystem.LOINC ? features.get(coded.code()) : null;
      if (feature != null) {
        addMeasurement(time, patient, feature, value, unit);
      }
    }
    if (!values) {
      return;
    }
    if (value == null) {
      records.drop("Observation: without a number");
    } else if (time == Instants.UNKNOWN) {
      records.drop("Observation: without a time");
    } else {
      String code = coder.code(Coding.MEASURED, codings, event);
      add(event, patient, code, "encounter", time, value, unit);
    }
  }

  private void addMeasurement(long time, int patient, int feature, Double value, String unit) {
    String name = measurements.get(feature).name();
    String wanted = Units.isNone(unit) ? null : units.apply(name);
    if (wanted == null || wanted.equals(Units.spelled(unit))) {
      reading.addMeasurement(time, patient, feature, value, unit);
    } else {
      records.notice(Units.another(name, Units.spelled(unit), wanted) + ": left out");
    }
  }

  /** Below or above a number is none. */
  private Double number(JsonObject quantity) {
    if (quantity.has("comparator")) {
      records.notice("Observation: a value such as < 5: taken for none");
      return null;
    }
    return quantity.numberOrNull("value");
  }

  /** The code of a unit is spelled alike everywhere, its text is not. */
  private static String unit(JsonObject quantity) {
    String code = quantity.stringOrNull("code");
    return code == null ? quantity.stringOrNull("unit") : code;
  }

  /**
   * Adds an event to its encounter.
   *
   * @param code null for none, which was counted
   * @param encounterKey of the reference to the encounter
   * @param value null for none
   */
  private void add(
      FhirResource event,
      int patient,
      String code,
      String encounterKey,
      long time,
      Double value,
      String unit) {
    if (code == null) {
      return;
    }
    String id = references.id(event, encounterKey, ENCOUNTER);
    boolean named = event.json().has(encounterKey);
    Integer visit = id == null ? null : visits.get(id);
    if (!named && time != Instants.UNKNOWN) {
      visit = visitAt(patient, time);
      if (visit != null) {
        records.notice(event.type() + ": without an encounter: put into the one of its time");
      }
    }
    if (visit == null) {
      String none =
          named ? ": of no known encounter" : ": without an encounter, or one of its time";
      records.addStray(patient, code, event.type() + none);
      return;
    }
    if (records.visitPatients.get(visit) != patient) {
      throw new InvalidInputException(
          event.where()
              + ": the encounter "
              + Json.quote(id)
              + " is of another patient; are the resources those of one export?");
    }
    if (withSources) {
      records.addEvent(visit, code, time, event.type() + "/" + event.requiredId());
    } else {
      records.addEvent(visit, code, time, 0);
    }
    if (value != null) {
      records.addValue(value, unit);
    }
  }

  /** The first visit that a time is in; at midnight sharp, else, that the date is in. */
  private Integer visitAt(int patient, long time) {
    Integer inside = null;
    Integer sameDay = null;
    for (int visit : visitsOfPatient.of(patient)) {
      long start = records.visitStarts.get(visit);
      boolean ended = records.visitEnds.get(visit) < time;
      if (!ended && start <= time) {
        inside = earlier(inside, visit);
      } else if (!ended && Instants.isDate(time) && Instants.dayOf(start) <= time) {
        sameDay = earlier(sameDay, visit);
      }
    }
    return inside == null ? sameDay : inside;
  }

  private Integer earlier(Integer known, int visit) {
    return known == null || records.visitStarts.get(visit) < records.visitStarts.get(known)
        ? (Integer) visit
        : known;
  }

  /** The first moment that is told. */
  private static long when(JsonObject json, String... keys) {
    for (String key : keys) {
      long time =
          key.endsWith("Period") ? FhirResource.start(json, key) : FhirResource.time(json, key);
      if (time != Instants.UNKNOWN) {
        return time;
      }
    }
    return Instants.UNKNOWN;
  }

  /** The patient that a reference names, or -1 and counted. */
  private int patient(FhirResource resource, String key) {
    String id = references.id(resource, key, PATIENT);
    int patient = id == null ? -1 : records.patients.find(id);
    if (patient < 0) {
      records.drop(
          resource.type()
              + (id == null
                  ? ": without a reference to a patient"
                  : ": of a patient who is not among the patients"));
    }
    return patient;
  }

  /**
   * Whether a resource says that it does not tell of something that happened; then it is counted.
   */
  private boolean isLeftOut(FhirResource resource) {
    String reason = reason(resource);
    if (reason != null) {
      records.drop(resource.type() + ": " + reason);
    }
    return reason != null;
  }

  private String reason(FhirResource resource) {
    JsonObject json = resource.json();
    if (resource.isModified()) {
      return "with a modifier extension, or rules of its own";
    }
    Set<String> happened = HAPPENED.get(resource.type());
    String status = happened == null ? null : json.stringOrNull("status");
    if (happened != null && (status == null || !happened.contains(status))) {
      return status == null ? "without a status" : "status " + Json.quote(status);
    }
    if (resource.type().equals("MedicationRequest")) {
      String intent = json.stringOrNull("intent");
      if (intent == null || !ORDERED.contains(intent)) {
        return intent == null ? "without an intent" : "intent " + Json.quote(intent);
      }
    }
    if (json.bool("doNotPerform", false)) {
      return "an order not to";
    }
    if (json.bool("isSubpotent", false)) {
      return "of too small a dose";
    }
    return doubt(resource.type(), json.objectOrNull("verificationStatus"));
  }

  private String doubt(String type, JsonObject verification) {
    for (JsonObject coding : list(verification, "coding")) {
      String status = coding.stringOrNull("code");
      if (status != null && NOT_SO.contains(status)) {
        return status;
      }
      if (status != null && !SURE.contains(status)) {
        records.notice(type + ": " + Json.quote(status) + ", not confirmed: taken for confirmed");
      }
    }
    return null;
  }

  /** Two versions of one resource would count twice, and the older one may be in error. */
  private void requireNew(FhirResource resource) {
    if (!resource.type().equals(seenType)) {
      seenType = resource.type();
      seen = new LongSet();
    }
    if (resource.id() == null) {
      return;
    }
    byte[] digest = sha256.digest(resource.id().getBytes(StandardCharsets.UTF_8));
    // 0 marks what is free
    if (!seen.add(ByteBuffer.wrap(digest).getLong() | 1)) {
      throw new InvalidInputException(
          resource.where() + ": is there twice; remove one, of two versions the older");
    }
  }
}
