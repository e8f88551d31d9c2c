package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.internal.WarningCounts;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.UnknownCodesException;
import dev.gsig.ehr.internal.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Explains patients into a file, in their order; what {@code explain} and {@code demo} share. */
final class ExplainRun {
  private final Terminal terminal;
  private final Setup setup;
  private final ResultFile results;
  private final Provenance provenance;
  private final Function<Explained, String> json;
  private final Map<String, Sample> gaps = new LinkedHashMap<>();
  private final WarningCounts warnings = new WarningCounts();
  private final UnknownCodes codes;
  private final WhatIfLines whatIf;
  private final ExplainedClasses classes = new ExplainedClasses();
  private final long startNanos = System.nanoTime();
  private Duration time = Duration.ZERO;
  private int kept;
  private long allCodes;
  private long withoutGroup;

  /**
   * A run that starts now.
   *
   * @param provenance the side file; null for none
   * @param codes counts the codes that the model does not know, as patients are read
   */
  ExplainRun(
      Terminal terminal,
      Setup setup,
      ResultFile results,
      Provenance provenance,
      UnknownCodes codes) {
    this.codes = codes;
    this.terminal = terminal;
    this.setup = setup;
    this.results = results;
    this.provenance = provenance;
    this.json = setup.json();
    this.whatIf = new WhatIfLines(setup.questions(), Words.of(setup.model()));
    setup.explainer().options().methods().forEach(m -> gaps.put(m.label(), new Sample()));
  }

  /** Counts a result of an earlier run that is kept. */
  void keep(JsonObject result) {
    for (String method : ResultReadings.methods(result)) {
      JsonObject reading = ResultReadings.ledBy(result, method);
      gaps.get(method).add(reading.numberOrNull("completeness_gap_relative"));
    }
    whatIf.keep(result);
    classes.add(result.integer("explained_class"), result.stringOrNull("explained_class_name"));
    kept++;
  }

  /**
   * Explains patients, and writes each result as soon as it is there.
   *
   * @param patients those without a result; read once
   * @param total how many there are; below 0 if not known
   * @param each takes each result after it was written
   * @param cohort takes the patients that cannot be explained
   * @throws UnknownCodesException if the cohort is not one of the model; no result of this run is
   *     in the file
   * @throws InvalidInputException if a patient cannot be read or explained or a result not be
   *     written; the results before are in the file
   */
  void explain(
      Iterable<Trajectory> patients,
      long total,
      Consumer<Attribution> each,
      CohortPatients cohort) {
    if (results.isRegular()) {
      terminal.ifInterrupted(this::whatIsDone);
    }
    try (Progress progress = Progress.start(terminal, "explaining", total)) {
      setup.explainAll(
          patients,
          explained -> {
            write(explained);
            cohort.used(explained.attribution().subjectId());
            each.accept(explained.attribution());
            progress.step();
          },
          (patient, reason) -> {
            cohort.leaveOut(patient, reason);
            progress.step();
          });
      cohort.requireAny(kept + results.written());
    } catch (UnknownCodesException e) {
      throw takeBack(e);
    } catch (InvalidInputException e) {
      throw results.written() > 0 && results.isRegular() ? withWhatIsDone(e) : e;
    }
    time = Duration.ofNanos(System.nanoTime() - startNanos);
    results.close();
    if (provenance != null) {
      provenance.finish(kept, results.written(), cohort.leftOut(), time);
    }
    results.finish();
  }

  private void write(Explained explained) {
    Attribution attribution = explained.attribution();
    if (results.written() == 0 && provenance != null) {
      results.open();
      provenance.begin();
    }
    results.write(json.apply(explained));
    whatIf.add(explained);
    addGap(attribution);
    attribution.readings().forEach(this::addGap);
    warnings.add(attribution);
    classes.add(attribution.explainedClass(), attribution.explainedClassName());
    if (setup.groups() != null) {
      countGroups(attribution);
    }
  }

  private void addGap(Attribution attribution) {
    gaps.get(attribution.method().label()).add(attribution.completenessGapRelative());
  }

  private void countGroups(Attribution attribution) {
    for (Attribution.TokenScore token : attribution.tokens()) {
      boolean grouped = token.known() && setup.groups().groups().groupOf(token.code()) != null;
      withoutGroup += grouped ? 0 : 1;
      allCodes++;
    }
  }

  /** A cohort from a stream is known to be refused only when some of it was explained. */
  private UnknownCodesException takeBack(UnknownCodesException e) {
    if (results.isRegular()) {
      results.takeBack();
    }
    return results.isRegular() || results.written() == 0
        ? e
        : new UnknownCodesException(
            e.getMessage()
                + " ("
                + Text.count(results.written(), "result")
                + " before it on "
                + results.name()
                + " cannot be taken back)",
            e);
  }

  private InvalidInputException withWhatIsDone(InvalidInputException e) {
    return new InvalidInputException(
        e.getMessage()
            + " ("
            + Text.count(kept + results.written(), "result")
            + " before it in "
            + results.name()
            + "; --resume continues there)",
        e);
  }

  private String whatIsDone() {
    int done = kept + results.written();
    return done == 0
        ? "no result yet"
        : Text.count(done, "result") + " in " + results.name() + "; --resume continues there";
  }

  /** How many patients this run explained. */
  int explained() {
    return results.written();
  }

  /** Time that explaining the patients took. */
  Duration time() {
    return time;
  }

  /** Relative completeness gaps of the attributions by the method that leads. */
  Sample gaps() {
    return gaps.values().iterator().next();
  }

  /** Shows what was accepted about the input, and what to do about large gaps. */
  void sayWarnings(CohortPatients cohort) {
    cohort.say(terminal);
    warnings.lines(codes, cohort.tabularNames()).forEach(terminal::warn);
    if (withoutGroup > 0) {
      terminal.say(
          "note: "
              + withoutGroup
              + " of "
              + Text.count(allCodes, "code")
              + " are in no group: --groups has none for them, or the model does not know them");
    }
    String advice = GapAdvice.of(gaps().median(), setup.explainer().options());
    if (advice != null) {
      terminal.say("note: " + advice);
    }
    Labels labels = setup.model().labels();
    if (labels.count() > 1 && setup.explainer().options().isOfPrediction()) {
      terminal.say(classes.note(labels));
    }
  }

  private String ofMethod(String method) {
    return gaps.size() == 1 ? "" : " by " + method;
  }

  /** Shows the answers to what was asked by name. */
  void sayAnswers() {
    whatIf.say(terminal, results.name());
  }

  /**
   * Makes sure that somebody has what was asked about.
   *
   * @throws InvalidInputException if nobody has; the results are complete
   */
  void requireAnswers() {
    whatIf.requireMet();
  }

  /** Shows in one line what was done. */
  void saySummary() {
    double rate = results.written() / Math.max(1e-3, time.toMillis() / 1e3);
    terminal.inform(
        Text.count(results.written(), "patient")
            + " explained in "
            + Text.duration(time)
            + " ("
            + Text.decimal(rate, 1)
            + "/s)"
            + (kept > 0 ? ", " + kept + " kept from before" : "")
            + "; median relative completeness gap "
            + gaps.entrySet().stream()
                .map(e -> Text.percent(e.getValue().median()) + ofMethod(e.getKey()))
                .collect(Collectors.joining(", "))
            + "; results in "
            + results.name());
  }
}
