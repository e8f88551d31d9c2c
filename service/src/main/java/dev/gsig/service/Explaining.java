package dev.gsig.service;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.evaluation.Change;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code POST /explain}: patients in, explanations out. */
final class Explaining {
  static final String MODEL = "model";

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

  /**
   * Explains the patients of a request, all of them or none.
   *
   * @param body patients in JSON Lines
   * @throws Refusal if the request cannot be answered
   * @throws dev.gsig.ehr.InvalidInputException if a patient cannot be explained
   */
  Answer answer(Request request, byte[] body) {
    List<Map.Entry<String, String>> query = request.query(QUERY);
    boolean html = request.accepts("text/html");
    if (html && options.page() == null) {
      throw new Refusal(406, "this service has no pages; ask for " + Answer.JSON_LINES);
    }
    return models.use(
        model(query),
        model -> {
          request.note("model", model.name());
          request.note("weights_sha256", model.model().weightsSha256());
          List<Change> changes = Asked.of(query, model.model());
          List<String> lines =
              workers.compute(() -> lines(request, patients(body, model), changes, model));
          request.note("patients", lines.size());
          metrics.patients(model.name(), lines.size());
          if (!html) {
            return Answer.text(Answer.JSON_LINES, String.join("\n", lines) + "\n");
          }
          if (lines.size() > 1) {
            throw new Refusal(406, "a page is of one patient, but there are " + lines.size());
          }
          return Answer.text(Answer.HTML, options.page().of(lines.get(0), model.model()));
        });
  }

  private List<Trajectory> patients(byte[] body, ServedModel model) {
    List<Trajectory> patients;
    try (CohortReader reader = CohortReader.of(new ByteArrayInputStream(body), SOURCE)) {
      patients = reader.all();
    }
    int most = options.limits().patients();
    if (patients.size() > most) {
      throw new Refusal(
          413, "the request has " + patients.size() + " patients; send at most " + most);
    }
    UnknownCodes codes =
        new UnknownCodes(model.model().vocabulary(), model.model().tokenizer().specialTokens());
    patients.forEach(codes::add);
    codes.requireFew(SOURCE);
    return patients;
  }

  private List<String> lines(
      Request request, List<Trajectory> patients, List<Change> changes, ServedModel model) {
    request.about(patients.stream().map(Trajectory::subjectId).toList());
    List<String> lines = new ArrayList<>();
    for (Trajectory patient : patients) {
      if (Thread.interrupted()) {
        return lines; // nobody waits for it any more
      }
      Attribution why = model.explain(patient, workers.share());
      lines.add(model.line(patient, why, changes));
    }
    return lines;
  }
}
