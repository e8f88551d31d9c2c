package dev.gsig.service;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Driver;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.cohort.FhirPatient;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * CDS Hooks 2.0 (cds-hooks.hl7.org/2.0): a service for each model, for the hook {@code
 * patient-view}. Where the risk is at least a threshold it answers with one card: the risk and the
 * reference's, the strongest reasons, and a link to the patient's page.
 */
final class CdsHooks {
  private static final String HOOK = "patient-view";
  private static final int REASONS = 5;
  private static final int DIGITS = 4;

  /** From which contribution on one is not 0.00 as it is written. */
  private static final double SHOWN = 0.005;

  private static final int LONGEST_SUMMARY = 140;
  private static final String PATIENT = "patient";

  /** What is asked of the patient's record, by the names of prefetch. */
  private static final Map<String, String> PREFETCH = new LinkedHashMap<>();

  static {
    PREFETCH.put(PATIENT, "Patient/{{context.patientId}}");
    for (String type :
        List.of(
            "Encounter",
            "Condition",
            "Procedure",
            "MedicationRequest",
            "MedicationStatement",
            "MedicationAdministration",
            "Observation",
            "AllergyIntolerance",
            "Immunization")) {
      String name = type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1) + "s";
      PREFETCH.put(name, type + "?patient={{context.patientId}}&_count=1000");
    }
  }

  private final Explaining explaining;
  private final ServiceOptions options;
  private final KeptPages pages;
  private final String address;

  /**
   * @param address with which links begin
   */
  CdsHooks(Explaining explaining, ServiceOptions options, KeptPages pages, String address) {
    this.explaining = explaining;
    this.options = options;
    this.pages = pages;
    this.address = address;
  }

  /** {@code GET /cds-services}. */
  Answer discovery() {
    List<Object> services = new ArrayList<>();
    if (options.cdsThreshold() != null) {
      options
          .models()
          .forEach(
              (name, source) -> {
                if (source.fhir() != null) {
                  services.add(service(name));
                }
              });
    }
    return Answer.json(Map.of("services", services));
  }

  private Map<String, Object> service(String name) {
    String outcome = explaining.use(name, ServedModel::outcome);
    Map<String, Object> service = new LinkedHashMap<>();
    service.put("hook", HOOK);
    service.put("id", name);
    service.put("title", "Risk of " + outcome);
    service.put(
        "description",
        "A card with the reasons where the model "
            + name
            + " says that the risk of "
            + outcome
            + " is at least "
            + percent(options.cdsThreshold()));
    service.put("prefetch", PREFETCH);
    return service;
  }

  /** {@code POST /cds-services/{id}}. */
  Answer cards(Request request, String name, byte[] body) {
    requireService(name);
    JsonObject hook = Json.object(body, "the request");
    if (!hook.string("hook").equals(HOOK)) {
      throw new Refusal(400, "this service is for the hook " + HOOK);
    }
    hook.string("hookInstance");
    String id = hook.object("context").string("patientId");
    String bundle = bundle(hook.objectOrNull("prefetch"));
    return explaining.use(
        name,
        model -> {
          FhirPatient patient = model.read(List.of(bundle), id, "prefetch");
          Map<String, Object> card =
              patient.trajectory().visits().isEmpty()
                  ? unread(model)
                  : card(request, model, patient);
          return Answer.json(Map.of("cards", card == null ? List.of() : List.of(card)));
        });
  }

  /** {@code POST /cds-services/{id}/feedback}: taken, and counted among the requests. */
  Answer feedback(String name, byte[] body) {
    requireService(name);
    Json.object(body, "the request").objects("feedback");
    return Answer.json(Map.of());
  }

  private void requireService(String name) {
    ModelSource source = options.models().get(name);
    if (options.cdsThreshold() == null || source == null || source.fhir() == null) {
      throw new Refusal(404, "there is no CDS service " + name + "; GET /cds-services lists them");
    }
  }

  /** One Bundle of what was fetched. */
  private static String bundle(JsonObject prefetch) {
    List<Object> entries = new ArrayList<>();
    for (String name : PREFETCH.keySet()) {
      // 412: as the specification has it where data are not there
      if (prefetch == null || !prefetch.keys().contains(name)) {
        throw new Refusal(412, "prefetch lacks " + name + ", which is needed");
      }
      JsonObject fetched = prefetch.objectOrNull(name);
      if (fetched == null) {
        if (name.equals(PATIENT)) {
          throw new Refusal(412, "prefetch has no patient");
        }
      } else if (!fetched
          .string("resourceType")
          .equals(name.equals(PATIENT) ? "Patient" : "Bundle")) {
        // an OperationOutcome, for one, says that it could not be fetched
        throw new Refusal(
            412, "prefetch has a " + fetched.string("resourceType") + " in place of " + name);
      } else if (name.equals(PATIENT)) {
        entries.add(Map.of("resource", fetched.toMap()));
      } else {
        entries.addAll(entries(name, fetched));
      }
    }
    Map<String, Object> bundle = new LinkedHashMap<>();
    bundle.put("resourceType", "Bundle");
    bundle.put("type", "collection");
    bundle.put("entry", entries);
    return Json.write(bundle);
  }

  private static List<?> entries(String name, JsonObject bundle) {
    if (bundle.has("link")
        && bundle.objects("link").stream()
            .anyMatch(link -> "next".equals(link.stringOrNull("relation")))) {
      throw new Refusal(412, "prefetch has the first page of " + name + " only; fetch all of them");
    }
    List<JsonObject> entries = bundle.has("entry") ? bundle.objects("entry") : List.of();
    return entries.stream().map(JsonObject::toMap).toList();
  }

  private Map<String, Object> unread(ServedModel model) {
    return begin(
        model,
        "No risk of " + model.outcome() + " is told",
        "info",
        "The record has no encounter that is over with anything that the model reads.");
  }

  /** The card; null below the threshold. */
  private Map<String, Object> card(Request request, ServedModel model, FhirPatient patient) {
    Attribution why = explaining.one(request, model, patient.trajectory());
    if (why.explainedProbability() < options.cdsThreshold()) {
      return null;
    }
    Map<String, Object> card =
        begin(
            model,
            "Risk of "
                + model.outcome()
                + " "
                + percent(why.explainedProbability())
                + " (reference "
                + percent(why.baselineProbability())
                + ")",
            "warning",
            detail(why, model));
    if (options.page() != null) {
      String line = model.line(patient.trajectory(), why, List.of());
      String id = pages.keep(options.page().of(line, model.model()));
      Map<String, Object> link = new LinkedHashMap<>();
      link.put("label", "All reasons");
      link.put("url", address + "/pages/" + id);
      link.put("type", "absolute");
      card.put("links", List.of(link));
    }
    return card;
  }

  private static Map<String, Object> begin(
      ServedModel model, String summary, String indicator, String detail) {
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("uuid", UUID.randomUUID().toString());
    card.put(
        "summary",
        summary.length() < LONGEST_SUMMARY
            ? summary
            : summary.substring(0, LONGEST_SUMMARY - 4) + "...");
    card.put("indicator", indicator);
    card.put("detail", detail);
    card.put("source", Map.of("label", "gsig, model " + model.name()));
    return card;
  }

  /** In Markdown. */
  private static String detail(Attribution why, ServedModel model) {
    Descriptions descriptions = model.model().descriptions();
    Display display = model.display();
    StringBuilder text = new StringBuilder("What moved it most, in the model's log-odds:\n\n");
    List<Driver> strongest =
        Driver.of(why).stream()
            .filter(driver -> Math.abs(driver.signed()) >= SHOWN)
            .limit(REASONS)
            .toList();
    for (Driver driver : strongest) {
      text.append("* ")
          .append(plain(name(driver, descriptions, display)))
          .append(driver.occurrences() > 1 ? " (" + driver.occurrences() + " times)" : "")
          .append(": ")
          .append(String.format(Locale.ROOT, "%+.2f", driver.signed()))
          .append('\n');
    }
    text.append("\nRelative to ")
        .append(why.sequenceBaseline().label())
        .append(", whose risk is ")
        .append(percent(why.baselineProbability()))
        .append(". ");
    Double gap = why.completenessGapRelative();
    if (gap != null && gap > 0.05) {
      text.append("The amounts miss ")
          .append(percent(gap))
          .append(" of the difference: read them as a ranking. ");
    }
    text.append(unseen(why.notes()));
    if (!Boolean.TRUE.equals(display.calibrated())) {
      text.append("The percentages are ")
          .append(display.calibrated() == null ? "not known to be" : "not")
          .append(" calibrated. ");
    }
    return text.append("This says what the model used, not what causes the outcome.").toString();
  }

  /** What a reader would take for part of the record, and the model has not seen. */
  private static String unseen(Attribution.Notes notes) {
    List<String> parts = new ArrayList<>();
    if (notes.missingTabular() > 0) {
      parts.add(
          notes.missingTabular() + " of the model's other inputs (an average stands for each)");
    }
    if (notes.unknownCodes() > 0) {
      parts.add(notes.unknownCodes() + " codes that the model does not know");
    }
    if (notes.truncatedTokens() > 0) {
      parts.add(notes.truncatedTokens() + " of the oldest codes");
    }
    return parts.isEmpty() ? "" : "Not seen: " + String.join(", ", parts) + ". ";
  }

  private static String name(Driver driver, Descriptions descriptions, Display display) {
    if (driver.isCode()) {
      return descriptions.of(driver.name());
    }
    Display.Feature feature = display.tabular().get(driver.name());
    String name = feature == null || feature.name() == null ? driver.name() : feature.name();
    if (driver.value() == null) {
      return name + " unknown";
    }
    double value = driver.value();
    String number =
        BigDecimal.valueOf(value)
            .round(new MathContext(DIGITS))
            .stripTrailingZeros()
            .toPlainString();
    String word = feature == null ? null : feature.values().get(number);
    String unit = feature == null || feature.unit() == null ? "" : " " + feature.unit();
    return name + " " + (word == null ? number + unit : word);
  }

  /** Text that Markdown leaves as it is. */
  private static String plain(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("([\\\\`*_{}\\[\\]<>()#+!|-])", "\\\\$1");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}
