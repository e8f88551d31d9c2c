package dev.gsig.service;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.evaluation.Change;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.cohort.FhirPatient;
import dev.gsig.ehr.internal.Utf8;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** {@code POST /explain}: patients in, explanations out. */
final class Explaining {
  static final String MODEL = "model";
  static final String FHIR = "application/fhir+json";

  private static final Set<String> QUERY = Set.of(MODEL, Asked.WITHOUT, Asked.WITH);
  private static final String SOURCE = "the request";

  private final ServedModels models;
  private final Workers workers;
  private final ServiceOptions options;
  private final Metrics metrics;

  Explaining(ServedModels models, Workers workers, ServiceOptions options, Metrics metrics) {
    this.models = models;
    this.workers = workers;
    this.options = options;
    this.metrics = metrics;
  }

  /** Whose model a query names; null for the only one. */
  static String model(List<Map.Entry<String, String>> query) {
    List<String> named =
        query.stream().filter(e -> e.getKey().equals(MODEL)).map(Map.Entry::getValue).toList();
    if (named.size() > 1) {
      throw new Refusal(400, "the query names " + named.size() + " models; ask one at a time");
    }
    return named.isEmpty() ? null : named.get(0);
  }

  /** Uses a model, see {@link ServedModels#use}. */
  <R> R use(String name, Function<ServedModel, R> use) {
    return models.use(name, use);
  }

  /**
   * Explains the patients of a request, all of them or none.
   *
   * @param body patients in JSON Lines; a Bundle of FHIR, if the request says so
   * @throws Refusal if the request cannot be answered
   * @throws dev.gsig.ehr.InvalidInputException if a patient cannot be explained
   */
  Answer answer(Request request, byte[] body) {
    List<Map.Entry<String, String>> query = request.query(QUERY);
    boolean bundle = request.contentType().equals(FHIR);
    String type = type(request, bundle);
    return models.use(
        model(query),
        model -> {
          List<Change> changes = Asked.of(query, model.model());
          if (bundle) {
            FhirPatient patient =
                model.read(List.of(Utf8.decode(body, 0, body.length, SOURCE)), null, SOURCE);
            if (type.equals(FHIR)) {
              if (!changes.isEmpty()) {
                throw new Refusal(
                    406,
                    "a RiskAssessment has no place for without and with; ask for "
                        + Answer.JSON_LINES);
              }
              Attribution why = one(request, model, patient.trajectory());
              return Answer.text(FHIR, model.assessment(why, patient) + "\n");
            }
            return lines(request, model, List.of(patient.trajectory()), changes, type);
          }
          return lines(request, model, patients(body), changes, type);
        });
  }

  /** What is asked for: a page, a RiskAssessment of a Bundle unless lines are, or lines. */
  private String type(Request request, boolean bundle) {
    if (request.accepts("text/html")) {
      if (options.page() == null) {
        throw new Refusal(406, "this service has no pages; ask for " + Answer.JSON_LINES);
      }
      return Answer.HTML;
    }
    if (bundle && !request.accepts(Answer.JSON_LINES)) {
      return FHIR;
    }
    if (request.accepts(FHIR)) {
      throw new Refusal(406, "a RiskAssessment is of a Bundle: send one as " + FHIR);
    }
    return Answer.JSON_LINES;
  }

  private Answer lines(
      Request request,
      ServedModel model,
      List<Trajectory> patients,
      List<Change> changes,
      String type) {
    if (type.equals(Answer.HTML) && patients.size() > 1) {
      throw new Refusal(406, "a page is of one patient, but there are " + patients.size());
    }
    List<String> lines =
        computed(
            request,
            model,
            patients,
            patient -> model.line(patient, model.explain(patient, workers.share()), changes));
    return type.equals(Answer.HTML)
        ? Answer.text(type, options.page().of(lines.get(0), model.model()))
        : Answer.text(type, String.join("\n", lines) + "\n");
  }

  /** Explains one patient on the threads that compute. */
  Attribution one(Request request, ServedModel model, Trajectory patient) {
    return computed(request, model, List.of(patient), each -> model.explain(each, workers.share()))
        .get(0);
  }

  /** All that is computed of patients goes through here. */
  private <R> List<R> computed(
      Request request,
      ServedModel model,
      List<Trajectory> patients,
      Function<Trajectory, R> explain) {
    requireKnown(patients, model);
    request.note("model", model.name());
    request.note("weights_sha256", model.model().weightsSha256());
    request.note("patients", patients.size());
    request.about(patients.stream().map(Trajectory::subjectId).toList());
    List<R> results =
        workers.compute(
            () -> {
              List<R> all = new ArrayList<>();
              for (Trajectory patient : patients) {
                if (Thread.interrupted()) {
                  break; // nobody waits for it any more
                }
                all.add(explain.apply(patient));
              }
              return all;
            });
    metrics.patients(model.name(), results.size());
    return results;
  }

  private List<Trajectory> patients(byte[] body) {
    List<Trajectory> patients;
    try (CohortReader reader = CohortReader.of(new ByteArrayInputStream(body), SOURCE)) {
      patients = reader.all();
    }
    int most = options.limits().patients();
    if (patients.size() > most) {
      throw new Refusal(
          413, "the request has " + patients.size() + " patients; send at most " + most);
    }
    return patients;
  }

  /** Another hospital's codes must not be explained as if they were read. */
  private static void requireKnown(List<Trajectory> patients, ServedModel model) {
    UnknownCodes codes =
        new UnknownCodes(model.model().vocabulary(), model.model().tokenizer().specialTokens());
    patients.forEach(codes::add);
    codes.requireFew(SOURCE);
  }
}
