package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.DeviceMemoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gsig verify}: results computed again, and held against those of then. */
@Command(
    name = "verify",
    header = "Compute results again and compare them",
    customSynopsis = "gsig verify OUT [OPTIONS]",
    description = {
      "Computes results again, with the files, options and backend that OUT.provenance.json tells"
          + " of, and compares byte by byte. Exit code 0: all are the same; 3: they differ, and one"
          + " line names the first difference; 2: they cannot be verified, because a file cannot be"
          + " read, is missing or has changed."
    },
    footer = {
      "gsig verify results.jsonl",
      "# the first ten only",
      "gsig verify results.jsonl --patients 10"
    })
final class VerifyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "OUT",
      description = "what 'gsig explain', 'gsig demo' or 'gsig-spark' (a folder of parts) wrote")
  private Path results;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "where the model folder is now; default: where it was")
  private Path model;

  @Option(
      names = "--cohort",
      paramLabel = "FILE",
      description =
          "where the patients are now, - for standard input; default: where they were. Needed if"
              + " they came from standard input")
  private Path cohort;

  @Option(
      names = "--baseline-file",
      paramLabel = "FILE",
      description =
          "where the baseline, or the references of expected-gradients, are now; default: where"
              + " they were, in the model folder if they were there")
  private Path baselineFile;

  @Option(
      names = "--groups",
      paramLabel = "FILE",
      description = "where the file of groups is now; default: where it was")
  private Path groups;

  @Option(
      names = "--patients",
      paramLabel = "N",
      description = "only the first N of them; default: all")
  private Integer patients;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "patients explained at a time; default: the number of processors")
  private Integer threads;

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    requirePositive("--threads", threads);
    requirePositive("--patients", patients);
    RecordedRun run = RecordedRun.of(results).at(model, cohort, baselineFile, groups);
    run.requireSameFiles();
    if (run.cohortSha256() == null) {
      terminal.say(
          "note: "
              + run.source()
              + " has no checksum of the cohort; "
              + run.engine()
              + " wrote none");
    }
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    try (Model loaded = load(run);
        ResultComparison comparison = new ResultComparison(results);
        CohortPatients cohortNow =
            new CohortPatients(
                terminal.cohort(run.cohort()),
                run.cohort().toString(),
                run.sortVisits(),
                run.skipInvalid())) {
      compare(run, run.setup(loaded, workers), cohortNow, comparison);
    }
    return 0;
  }

  private void compare(
      RecordedRun run, Setup setup, CohortPatients all, ResultComparison comparison) {
    final long start = System.nanoTime();
    int wanted = patients == null ? run.patients() : Math.min(patients, run.patients());
    if (wanted >= LongRun.PATIENTS) {
      LongRun.begins();
    }
    Function<Explained, String> json = setup.json();
    // Who is left out is known when their turn comes: then more are read than there are results.
    Iterable<Trajectory> first =
        run.skipInvalid()
            ? () -> new Until(all.iterator(), () -> comparison.same() >= wanted)
            : () -> StreamSupport.stream(all.spliterator(), false).limit(wanted).iterator();
    try (Progress progress = Progress.start(terminal, "verifying", wanted)) {
      setup.explainAll(
          first,
          explained -> {
            if (comparison.same() < wanted) {
              String subject = explained.attribution().subjectId();
              comparison.next(subject, json.apply(explained));
              all.used(subject);
              progress.step();
            }
          },
          all::leaveOut);
      if (comparison.same() < wanted) {
        throw new InvalidInputException(
            run.cohort() + ": has fewer than the " + wanted + " patients of the run");
      }
      if (wanted == run.patients()) {
        comparison.requireEnd();
      }
    } catch (DifferentResultException e) {
      throw run.engine().equals(Version.engine()) ? e : withEngines(e, run);
    }
    terminal.print(
        "verified: "
            + (wanted < run.patients() ? "the first " + wanted + " of " : "")
            + Text.count(run.patients(), "result")
            + (run.patients() == 1 ? " is" : " are")
            + " the same, byte for byte, computed again in "
            + Text.duration(Duration.ofNanos(System.nanoTime() - start))
            + " on "
            + setup.model().backendDescription());
  }

  private static DifferentResultException withEngines(DifferentResultException e, RecordedRun run) {
    return new DifferentResultException(
        e.getMessage()
            + " (made by "
            + Text.shorten(run.engine(), 40)
            + ", this is "
            + Version.engine()
            + ")",
        e);
  }

  private static Model load(RecordedRun run) {
    try {
      return Model.load(run.model(), run.backend(), run.isFused());
    } catch (IllegalArgumentException e) {
      if (Backends.names().contains(run.backend())) {
        throw e;
      }
      throw unavailable(run, e);
    } catch (UnsupportedOperationException | DeviceMemoryException e) {
      throw unavailable(run, e);
    }
  }

  private static InvalidInputException unavailable(RecordedRun run, RuntimeException e) {
    return new InvalidInputException(
        run.source()
            + ": the results were made on the backend "
            + run.backend()
            + ", which cannot be had here: "
            + e.getMessage(),
        e);
  }

  private void requirePositive(String option, Integer number) {
    if (number != null && number < 1) {
      throw new ParameterException(
          spec.commandLine(), option + " must be at least 1, but is " + number);
    }
  }

  /** Items until it is enough. */
  private record Until(Iterator<Trajectory> items, BooleanSupplier enough)
      implements Iterator<Trajectory> {
    @Override
    public boolean hasNext() {
      return !enough.getAsBoolean() && items.hasNext();
    }

    @Override
    public Trajectory next() {
      return items.next();
    }
  }
}
