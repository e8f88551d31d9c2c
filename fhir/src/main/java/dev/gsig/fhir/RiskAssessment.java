package dev.gsig.fhir;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Attribution.TokenScore;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.cohort.FhirPatient;
import dev.gsig.ehr.internal.BuildVersion;
import dev.gsig.ehr.internal.Json;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Why a model gives a patient its score, as a RiskAssessment of FHIR R4:
 *
 * <ul>
 *   <li>{@code prediction}: the outcome in words, its probability in percent, as R4 wants decimals
 *       there, and what moved it in a sentence;
 *   <li>{@code basis}: the patient's own resources that gave the codes with the largest |sum of
 *       signed attributions|, the largest first;
 *   <li>{@code method} and {@code performer}: how it was computed, and the versions of engine and
 *       model, in a contained Device;
 *   <li>{@code note}: how far the attributions add up to the change of the score, and what the
 *       model did not see.
 * </ul>
 *
 * <p>The same attribution and options give the same text. Immutable.
 *
 * @param outcome what the explained class is, in words: {@code death within 365 days}
 * @param calibrated whether the model's probabilities are what happens; null if that is not known
 * @param model which model it was, and its version if it has one
 * @param time when it was assessed; null to leave it out
 * @param mostResources at most so many resources are the basis, at least 0
 * @param descriptions of codes, in words
 */
public record RiskAssessment(
    String outcome,
    Boolean calibrated,
    String model,
    Instant time,
    int mostResources,
    Descriptions descriptions) {
  private static final String REFERENCE = "[A-Z][A-Za-z]+/[^/\\s]+";
  private static final String DEVICE = "gsig";
  private static final int PERCENT_DIGITS = 4;
  private static final int SCORE_DIGITS = 3;

  /**
   * Checks the words.
   *
   * @throws IllegalArgumentException if outcome or model is blank, or the number below 0
   */
  public RiskAssessment {
    Objects.requireNonNull(descriptions, "descriptions");
    if (outcome.isBlank() || model.isBlank() || mostResources < 0) {
      throw new IllegalArgumentException(
          "an assessment needs an outcome, a model and a number of resources from 0");
    }
  }

  /** What a resource contributed: the sum over the codes that it gave. */
  private static final class Contribution {
    private final String reference;
    private final List<String> codes = new ArrayList<>();
    private double signed;

    private Contribution(String reference) {
      this.reference = reference;
    }

    private double signed() {
      return signed;
    }

    private String reference() {
      return reference;
    }
  }

  /**
   * Writes the resource.
   *
   * @param why of the patient
   * @param patient whose trajectory was explained
   * @return JSON on one line, without an id: a server gives it one
   * @throws IllegalArgumentException if the attribution is of another patient, or its codes were
   *     not made of resources
   */
  public String json(Attribution why, FhirPatient patient) {
    if (!why.subjectId().equals(patient.trajectory().subjectId())) {
      throw new IllegalArgumentException(
          "the attribution is of "
              + Json.quote(why.subjectId())
              + ", the record of "
              + Json.quote(patient.trajectory().subjectId()));
    }
    List<Contribution> contributions = contributions(why);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("resourceType", "RiskAssessment");
    json.put("contained", List.of(device()));
    json.put("status", "final");
    json.put("method", Map.of("text", method(why)));
    json.put("subject", Map.of("reference", "Patient/" + why.subjectId()));
    if (time != null) {
      json.put("occurrenceDateTime", time.truncatedTo(ChronoUnit.SECONDS).toString());
    }
    json.put("performer", Map.of("reference", "#" + DEVICE));
    List<Object> basis = new ArrayList<>();
    for (Contribution each : contributions) {
      basis.add(reference(each));
    }
    if (!basis.isEmpty()) { // FHIR has no empty lists
      json.put("basis", basis);
    }
    json.put("prediction", List.of(prediction(why)));
    json.put("note", notes(why, patient).stream().map(text -> Map.of("text", text)).toList());
    return Json.write(json);
  }

  /** The resources with the largest contributions; a code that the model does not know has none. */
  private List<Contribution> contributions(Attribution why) {
    Map<String, Contribution> byReference = new TreeMap<>();
    for (TokenScore token : why.tokens()) {
      if (token.event() == null || !token.event().code().matches(REFERENCE)) {
        throw new IllegalArgumentException(
            "the code " + Json.quote(token.code()) + " was not made of a resource of FHIR");
      }
      if (token.known()) {
        Contribution sum = byReference.computeIfAbsent(token.event().code(), Contribution::new);
        sum.signed += token.scores().signed();
        if (!sum.codes.contains(token.code())) {
          sum.codes.add(token.code());
        }
      }
    }
    return byReference.values().stream()
        .filter(each -> each.signed != 0)
        .sorted(
            Comparator.comparingDouble((Contribution each) -> -Math.abs(each.signed()))
                .thenComparing(Contribution::reference))
        .limit(mostResources)
        .toList();
  }

  private Map<String, Object> reference(Contribution of) {
    List<String> words = of.codes.stream().map(descriptions::of).map(RiskAssessment::line).toList();
    return pair(
        "reference", of.reference, "display", String.join("; ", words) + ": " + signed(of.signed));
  }

  /** Text of FHIR has no control characters, and none is blank. */
  private static String line(String text) {
    return text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
  }

  private Map<String, Object> prediction(Attribution why) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("outcome", Map.of("text", line(outcome)));
    json.put("probabilityDecimal", percent(why.explainedProbability()));
    json.put(
        "rationale",
        "Probability "
            + percent(why.explainedProbability()).toPlainString()
            + "%, where the baseline ("
            + why.sequenceBaseline().label()
            + ") has "
            + percent(why.baselineProbability()).toPlainString()
            + "%. The numbers behind the resources of the basis are what each added to the model's"
            + " score, or took from it.");
    return json;
  }

  private static String method(Attribution why) {
    return why.method().title()
        + " ("
        + why.method().description()
        + ")"
        + (why.steps() == null ? "" : ", " + why.steps() + " steps")
        + ", gsig "
        + version();
  }

  /** Contained, because no server knows it. */
  private Map<String, Object> device() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("resourceType", "Device");
    json.put("id", DEVICE);
    json.put("deviceName", List.of(pair("name", "gsig", "type", "model-name")));
    json.put(
        "version",
        List.of(
            Map.of("value", version()),
            pair("type", Map.of("text", "model"), "value", line(model))));
    return json;
  }

  /** In this order, which a Map.of has not. */
  private static Map<String, Object> pair(String first, Object its, String second, Object itsOwn) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(first, its);
    json.put(second, itsOwn);
    return json;
  }

  private List<String> notes(Attribution why, FhirPatient patient) {
    List<String> notes = new ArrayList<>();
    notes.add(completeness(why));
    Attribution.Notes accepted = why.notes();
    long dropped =
        patient.told().entrySet().stream()
            .filter(entry -> entry.getKey().startsWith("dropped: "))
            .mapToLong(Map.Entry::getValue)
            .sum();
    notes.add(
        "Not seen by the model: "
            + dropped
            + " resources or values of the record that could not be read as codes, "
            + accepted.unknownCodes()
            + " codes that it does not know, "
            + accepted.truncatedTokens()
            + " of the oldest codes, beyond what it reads. "
            + accepted.missingTabular()
            + " of its other inputs are missing, and an average stands for each. Encounters that"
            + " are not over are not seen.");
    if (!Boolean.TRUE.equals(calibrated)) {
      notes.add(
          "The probability is "
              + (calibrated == null ? "not known to be" : "not")
              + " calibrated: it orders patients, and need not be how often the outcome happens.");
    }
    notes.add(
        "This says what moved the score of a statistical model, not what causes the outcome. It is"
            + " not a diagnosis.");
    return notes;
  }

  private static String completeness(Attribution why) {
    String scores =
        "The score is "
            + rounded(why.score())
            + ", at the baseline "
            + rounded(why.baselineScore())
            + ". ";
    Double relative = why.completenessGapRelative();
    return scores
        + (why.method().addsUp()
            ? "All contributions together add up to the difference, "
            : "By this method all contributions together need not add up to the difference, ")
        + rounded(why.score() - why.baselineScore())
        + (why.method().addsUp() ? ", within " : "; they miss it by ")
        + rounded(why.completenessGap())
        + (relative == null ? "." : " (" + percent(relative).toPlainString() + "% of it).");
  }

  private static BigDecimal percent(double share) {
    return plain(BigDecimal.valueOf(share).movePointRight(2), PERCENT_DIGITS);
  }

  private static String rounded(double number) {
    return plain(BigDecimal.valueOf(number), SCORE_DIGITS).toPlainString();
  }

  private static String signed(double number) {
    return (number > 0 ? "+" : "") + rounded(number);
  }

  /** So many digits, without zeros at the end or an exponent. */
  private static BigDecimal plain(BigDecimal number, int digits) {
    BigDecimal rounded =
        number.round(new MathContext(digits, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
  }

  /** The engine's version; {@code development} where the classes do not come from a jar. */
  static String version() {
    return BuildVersion.of(RiskAssessment.class, "gsig-fhir");
  }
}
