package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A resource of FHIR R4, or a part of one: what cohorts read of it. Everything else is dropped when
 * it is parsed.
 */
final class FhirResource {
  /** The keys that are kept, at any depth. */
  static final Set<String> KEYS =
      Set.of(
          // what all have, and how they refer to each other
          "resourceType",
          "id",
          "implicitRules",
          "modifierExtension",
          "contained",
          "reference",
          "subject",
          "patient",
          "encounter",
          "context",
          // what is meant, and whether it is so
          "status",
          "intent",
          "doNotPerform",
          "isSubpotent",
          "verificationStatus",
          "code",
          "vaccineCode",
          "medicationCodeableConcept",
          "medicationReference",
          "coding",
          "system",
          "display",
          "text",
          "userSelected",
          // when
          "period",
          "start",
          "end",
          "recordedDate",
          "onsetDateTime",
          "onsetPeriod",
          "authoredOn",
          "dateAsserted",
          "effectiveDateTime",
          "effectiveInstant",
          "effectivePeriod",
          "performedDateTime",
          "performedPeriod",
          "occurrenceDateTime",
          // how much
          "valueQuantity",
          "valueInteger",
          "component",
          "value",
          "unit",
          "comparator",
          // of patients and encounters
          "birthDate",
          "gender",
          "deceasedBoolean",
          "deceasedDateTime",
          "link",
          "type",
          "hospitalization",
          "dischargeDisposition");

  /** What no id has: a space, a control character, or the sign between types and ids. */
  private static final Pattern NO_ID = Pattern.compile("[\\s\\p{Cntrl}/]");

  private static final Pattern PARTIAL = Pattern.compile("[0-9]{4}(-(0[1-9]|1[0-2]))?");

  /** Of {@code 2015-02-07}. */
  private static final int DAY_CHARS = 10;

  private final JsonObject json;
  private final String type;
  private final String id;

  private FhirResource(JsonObject json, String type, String id) {
    this.json = json;
    this.type = type;
    this.id = id;
  }

  /**
   * A line of bulk data.
   *
   * @param where what messages call it
   * @throws InvalidInputException if it is not one JSON object with a resource type
   */
  static FhirResource parse(String line, String where) {
    return of(Json.object(line, where, KEYS::contains), null);
  }

  /**
   * An object that says of what type it is.
   *
   * @param otherId what identifies it where it has no id of its own; may be null
   * @throws InvalidInputException if it has no type, or its id is none
   */
  static FhirResource of(JsonObject json, String otherId) {
    String type = json.string("resourceType");
    String id = json.has("id") ? json.string("id") : otherId;
    if (id != null && (id.isEmpty() || NO_ID.matcher(id).find())) {
      throw json.invalid("id", "must be an id of FHIR, but is " + Json.quote(id));
    }
    String where = json.source() + ", " + shown(type) + (id == null ? "" : "/" + shown(id));
    return new FhirResource(JsonObject.of(where, json.toMap()), type, id);
  }

  /** A user's text in one line, without quotation marks. */
  private static String shown(String text) {
    String quoted = Json.quote(text);
    return quoted.substring(1, quoted.length() - 1);
  }

  String type() {
    return type;
  }

  /** Null if it has none. */
  String id() {
    return id;
  }

  /** What messages call it: the file, the line and the resource. */
  String where() {
    return json.source();
  }

  JsonObject json() {
    return json;
  }

  /**
   * The id of one that others refer to.
   *
   * @throws InvalidInputException if it has none
   */
  String requiredId() {
    if (id == null) {
      throw new InvalidInputException(where() + ": has no id, by which others could refer to it");
    }
    return id;
  }

  /**
   * Whether it says that its meaning is another than its elements tell: FHIR wants it left out
   * then.
   */
  boolean isModified() {
    return isModified(json) || json.has("implicitRules");
  }

  static boolean isModified(JsonObject part) {
    return part.has("modifierExtension");
  }

  /**
   * The texts of a CodeableConcept's codings.
   *
   * @param concept null for none
   */
  static List<Coded> codings(JsonObject concept) {
    if (concept == null || !concept.has("coding")) {
      return List.of();
    }
    String text = concept.stringOrNull("text");
    List<Coded> codings = new ArrayList<>();
    for (JsonObject coding : concept.objects("coding")) {
      String code = coding.stringOrNull("code");
      String uri = coding.stringOrNull("system");
      if (code != null && uri != null) {
        String display = coding.stringOrNull("display");
        codings.add(
            new Coded(
                uri, code, display == null ? text : display, coding.bool("userSelected", false)));
      }
    }
    return codings;
  }

  /**
   * A coding.
   *
   * @param uri of its system
   * @param display null for none
   * @param selected whether a person chose this one
   */
  record Coded(String uri, String code, String display, boolean selected) {}

  /**
   * What a moment is: {@link Instants#UNKNOWN} where there is none, or only a month or year.
   *
   * @throws InvalidInputException if it is no time of FHIR
   */
  static long time(JsonObject part, String key) {
    String text = part.stringOrNull(key);
    if (text == null || isPartial(text)) {
      return Instants.UNKNOWN;
    }
    long time = Instants.parse(text);
    if (time == Instants.UNKNOWN) {
      throw part.invalid(
          key, "must be a time such as 2015-02-07T13:28:17-05:00, but is " + Json.quote(text));
    }
    return time;
  }

  /** Whether a text is a year, or a month of one. */
  static boolean isPartial(String text) {
    return text.length() < DAY_CHARS && PARTIAL.matcher(text).matches();
  }

  /** The start of a period; {@link Instants#UNKNOWN} where there is none. */
  static long start(JsonObject part, String key) {
    JsonObject period = part.objectOrNull(key);
    return period == null ? Instants.UNKNOWN : time(period, "start");
  }

  /**
   * The end of a period, of which a day is part that is its end; {@link Instants#UNKNOWN} where
   * there is none.
   */
  static long end(JsonObject part, String key) {
    JsonObject period = part.objectOrNull(key);
    if (period == null) {
      return Instants.UNKNOWN;
    }
    long end = time(period, "end");
    boolean day = end != Instants.UNKNOWN && period.string("end").length() == DAY_CHARS;
    return day ? Instants.endOfDay(end) : end;
  }

  /** The contained resources by their ids; another resource cannot see them. */
  Map<String, FhirResource> contained() {
    Map<String, FhirResource> byId = new LinkedHashMap<>();
    if (json.has("contained")) {
      for (JsonObject part : json.objects("contained")) {
        FhirResource resource = of(part, null);
        if (resource.id != null && byId.put(resource.id, resource) != null) {
          throw json.invalid(
              "contained", "has the id " + Json.quote(resource.id) + " twice; remove one");
        }
      }
    }
    return byId;
  }
}
