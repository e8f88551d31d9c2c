package dev.gsig.spark;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.cli.ClusterProvenance;
import dev.gsig.cli.CodingFlags;
import dev.gsig.cli.ExplainedClasses;
import dev.gsig.cli.ExplanationFlags;
import dev.gsig.cli.GapAdvice;
import dev.gsig.cli.Main;
import dev.gsig.cli.Progress;
import dev.gsig.cli.SortVisitsFlag;
import dev.gsig.cli.Terminal;
import dev.gsig.cli.ValuesFlag;
import dev.gsig.cli.VisitsFlag;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.VocabularyCheck;
import dev.gsig.ehr.cohort.CodeSystem;
import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.ehr.cohort.Measurement;
import dev.gsig.ehr.cohort.MedsOptions;
import dev.gsig.ehr.cohort.MedsSource;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.importer.ModelImport;
import dev.gsig.tensor.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gsig-spark}: what {@code gsig explain} does, on Spark. */
@Command(
    name = "gsig-spark",
    customSynopsis = "gsig-spark --model DIR --cohort PATH --out DIR [OPTIONS]",
    description = {
      "Explains every patient of a cohort on Apache Spark. A patient that cannot be read or"
          + " explained is left out and counted, with the reason. --out appears when all is done;"
          + " _gsig.json in it holds the counts."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 100)
public final class SparkCommand implements Callable<Integer> {
  private static final String CODE_SYSTEMS = "--code-systems";

  private final Terminal terminal;
  private final Instant started = Instant.now();

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "the model folder, on the driver's machine")
  private Path model;

  @Option(
      names = "--cohort",
      paramLabel = "PATH",
      required = true,
      description = "the patients: a file, a folder or a pattern, on any file system of Spark's")
  private String cohort;

  @Mixin private SortVisitsFlag sortVisits;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description =
          "of the patients: jsonl, parquet (a trajectory a row), meds (Parquet files of events) or"
              + " fhir (a folder of bulk data in FHIR R4); default: by the ending of PATH")
  private String format;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "the folder of results, on any file system of Spark's")
  private String out;

  @Option(
      names = "--out-format",
      paramLabel = "NAME",
      defaultValue = "jsonl",
      description = "of the results: jsonl or parquet; default: jsonl")
  private String outFormat;

  @Option(names = "--overwrite", description = "replace results of gsig-spark that --out holds")
  private boolean overwrite;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "the cluster; default: what spark-submit says, else local[*], all cores of this machine")
  private String master;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "simd",
      description = "what every executor computes on: simd, cuda or ejml; default: simd")
  private String backend;

  @Mixin private ExplanationFlags explanation;

  @Mixin private VisitsFlag visits;

  @Option(
      names = "--tabular",
      paramLabel = "NAME=CODE,...",
      defaultValue = "",
      description = "meds, fhir: last values, beside age and sex, as for gsig cohort")
  private String tabular;

  @Option(
      names = CODE_SYSTEMS,
      paramLabel = "NAME,...",
      description = "fhir: the code systems that are read, as for gsig cohort fhir")
  private String codeSystems;

  @Mixin private ValuesFlag values;

  @Mixin private CodingFlags coding;

  SparkCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Runs the command and ends the process.
   *
   * @param args the options
   */
  public static void main(String[] args) {
    System.exit(run(args, Terminal.ofProcess()));
  }

  /** Runs the command. */
  static int run(String[] args, Terminal terminal) {
    return Main.run(new SparkCommand(terminal), args, terminal);
  }

  @Override
  public Integer call() throws IOException {
    explanation.refuseThreads("an executor explains as many patients at a time as it has cores");
    ExplainOptions options = explanation.options();
    Format input = format == null ? Format.of(cohort) : choice("--format", format, Format.values());
    Gathering gathering = gathering(input);
    Format output = choice("--out-format", outFormat, Format.JSONL, Format.PARQUET);
    DriverModel model = load(settings(options));
    String assumed = ModelImport.assumptions(this.model);
    if (assumed != null) {
      terminal.say("note: " + assumed);
    }
    DriverModel loaded = model.with(explanation.options(model.loaded().model()));
    if (Sessions.isLocal(master)) {
      WarmUp.OF_THIS_JVM.start(loaded);
    }
    try (SparkSession spark = Sessions.open(master)) {
      CohortExplainer asItStands = CohortExplainer.of(spark, loaded);
      CohortExplainer explainer = sortVisits.isAsked() ? asItStands.sortingVisits() : asItStands;
      CohortFiles files = CohortFiles.of(spark, cohort, input);
      try (OutputFolder folder = OutputFolder.at(spark, out, overwrite, inputs(files))) {
        if (!folder.isSure()) {
          terminal.say("note: " + out + " cannot be locked; see to it that no other run writes it");
        }
        explain(spark, explainer, files, input, gathering, output, folder);
      }
    }
    return 0;
  }

  private void explain(
      SparkSession spark,
      CohortExplainer explainer,
      CohortFiles files,
      Format input,
      Gathering gathering,
      Format output,
      OutputFolder folder)
      throws IOException {
    Patients patients = Cohorts.read(spark, cohort, files, input, gathering, explainer.counters());
    if (!files.passedOver().isEmpty()) {
      terminal.warn(
          files.passedOver().size()
              + " files passed over: "
              + FolderFiles.shown(files.passedOver()));
    }
    check(spark, explainer.model(), files, input, gathering);
    long start = System.nanoTime();
    folder.write(
        path -> explain(spark, explainer, patients, output, path, folder, gathering, files, input));
    report(explainer, (System.nanoTime() - start) / 1e9);
  }

  /** What is read: files of the driver's machine, and the cohort's. */
  private List<org.apache.hadoop.fs.Path> inputs(CohortFiles files) {
    List<org.apache.hadoop.fs.Path> inputs = new ArrayList<>();
    if (files.folder() != null) {
      inputs.add(files.folder());
    }
    inputs.addAll(List.of(files.paths()));
    Stream.of(model, explanation.baselineFile(), explanation.references())
        .filter(Objects::nonNull)
        .map(file -> new org.apache.hadoop.fs.Path(file.toUri()))
        .forEach(inputs::add);
    return inputs;
  }

  /**
   * Finds what would make all results useless before any is computed: subjects that repeat, and
   * codes that are unknown to the model among the first patients. Events of MEDS and resources of
   * FHIR are gathered by patient, so that none repeats, and gathering them takes long: their codes
   * are counted while they are explained.
   */
  private void check(
      SparkSession spark,
      LoadedModel loaded,
      CohortFiles files,
      Format input,
      Gathering gathering) {
    if (input == Format.MEDS || input == Format.FHIR) {
      return;
    }
    Counters ofThis = new Counters(spark.sparkContext()); // each line is counted when explained
    Patients patients = Cohorts.read(spark, cohort, files, input, gathering, ofThis);
    UnknownCodes codes = loaded.unknownCodes();
    try {
      for (Row row : patients.rows().take(VocabularyCheck.AHEAD + 1)) {
        add(row, patients, codes);
      }
      codes.requireFew(cohort);
      Repeats.refuse(patients, cohort);
    } catch (Exception e) {
      refuseWhatATaskRefused(e);
      throw e;
    }
  }

  private static void add(Row row, Patients patients, UnknownCodes codes) {
    try {
      codes.add(Trajectories.of(row, patients.schema()));
    } catch (InvalidInputException e) {
      // Who cannot be read is counted when the others are explained.
    }
  }

  /** What a task says of its file comes wrapped in what Spark says of the job. */
  private static void refuseWhatATaskRefused(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidInputException refused) {
        throw refused;
      }
    }
  }

  /** What was guessed is said; what would have no effect is refused. */
  private Gathering gathering(Format input) {
    if (input != Format.FHIR) {
      refuse("bulk data of FHIR; name it with --format fhir", CODE_SYSTEMS);
    }
    if (input != Format.MEDS) {
      refuse("events of MEDS; name them with --format meds", VisitsFlag.NAME);
    }
    if (input != Format.MEDS && input != Format.FHIR) {
      Stream.concat(Stream.of("--tabular", ValuesFlag.NAME), CodingFlags.NAMES.stream())
          .forEach(
              option ->
                  refuse(
                      "events of MEDS and bulk data of FHIR; name them with --format meds or fhir",
                      option));
      return Gathering.NONE;
    }
    List<Measurement> measurements = Measurement.parse(tabular);
    if (input == Format.FHIR) {
      return new Gathering(
          null,
          new FhirChoices(
              codeSystems == null ? CodeSystem.ALL : CodeSystem.parse(codeSystems),
              coding.coding(),
              measurements,
              values.isAsked(),
              FhirOptions.units(Display.in(model))));
    }
    if (!spec.commandLine().getParseResult().hasMatchedOption(VisitsFlag.NAME)) {
      terminal.inform("a visit is a hospital stay; --visits days makes it a day with codes");
    }
    return Gathering.of(
        new MedsOptions(visits.visits(), coding.coding(), measurements, values.isAsked()));
  }

  private void refuse(String use, String option) {
    if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
      throw new ParameterException(spec.commandLine(), option + " is for " + use);
    }
  }

  private Settings settings(ExplainOptions options) {
    try {
      return new Settings(
          model,
          explanation.baselineFile(),
          explanation.references(),
          explanation.referenceCount(),
          backend,
          options);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--backend: " + e.getMessage());
    }
  }

  private DriverModel load(Settings settings) {
    try {
      return DriverModel.load(settings);
    } catch (IllegalArgumentException e) {
      if (Backends.names().contains(backend)) {
        throw e;
      }
      throw new ParameterException(spec.commandLine(), "--backend: " + e.getMessage());
    } catch (UnsupportedOperationException e) {
      throw new InvalidInputException(
          "--backend " + backend + ": " + e.getMessage() + "; choose another backend", e);
    }
  }

  private void explain(
      SparkSession spark,
      CohortExplainer explainer,
      Patients patients,
      Format output,
      String path,
      OutputFolder folder,
      Gathering gathering,
      CohortFiles files,
      Format input) {
    Counters counters = explainer.counters();
    JavaRDD<Row> attributions = explainer.explain(patients);
    try (Progress progress = Progress.start(terminal, "explaining", -1);
        PatientProgress listener = new PatientProgress(spark, counters, progress)) {
      listener.listen();
      if (output == Format.PARQUET) {
        spark.createDataFrame(attributions, Attributions.schema()).write().parquet(path);
      } else {
        attributions.map(Attributions::line).saveAsTextFile(path);
      }
    } catch (Exception e) {
      refuseWhatATaskRefused(e);
      throw e;
    }
    unknownCodes(explainer).requireFew(cohort);
    if (counters.patients() + counters.rejected() == 0) {
      throw CohortFiles.empty(cohort);
    }
    if (counters.patients() == 0) {
      throw new InvalidInputException(
          cohort
              + ": no patient can be used"
              + leftOut(counters).stream().findFirst().map(line -> "; " + line).orElse("")
              + (gathering.meds() != null
                      && gathering.meds().visits() == MedsSource.Visits.ADMISSIONS
                  ? "; where there are no hospital stays, --visits days makes visits of days"
                  : ""));
    }
    folder.writeMark(summary(explainer));
    if (output == Format.JSONL) {
      ClusterProvenance provenance =
          new ClusterProvenance(
              source(files, input),
              checksum(files, input),
              input.label(),
              sortVisits.isAsked(),
              counters.patients(),
              counters.rejected(),
              started);
      folder.writeProvenance(provenance.text(explainer.model().model(), explanation));
    }
  }

  /** A file of this machine by its whole name, so that it is found from elsewhere. */
  private String source(CohortFiles files, Format input) {
    Path local = local(files, input);
    return local == null ? cohort : local.toString();
  }

  private static String checksum(CohortFiles files, Format input) {
    Path local = local(files, input);
    return local == null ? null : FileHash.sha256OfText(local);
  }

  /** The one file of this machine that has the patients, one a line; null if there is no such. */
  private static Path local(CohortFiles files, Format input) {
    if (input != Format.JSONL || files.files().size() != 1) {
      return null;
    }
    java.net.URI uri = files.paths()[0].toUri();
    return uri.getScheme() == null || uri.getScheme().equals("file")
        ? Path.of(uri.getPath())
        : null;
  }

  /** A line for each reason, the most frequent first. */
  private static List<String> leftOut(Counters counters) {
    Comparator<Rejections.Tally> fewest = Comparator.comparingLong(Rejections.Tally::count);
    return counters.tallies().entrySet().stream()
        .sorted(Map.Entry.comparingByValue(fewest.reversed()))
        .map(
            e ->
                "left out "
                    + e.getValue().count()
                    + ": "
                    + e.getKey()
                    + " (for example "
                    + e.getValue().example()
                    + ")")
        .toList();
  }

  private static UnknownCodes unknownCodes(CohortExplainer explainer) {
    UnknownCodes codes = explainer.model().unknownCodes();
    explainer.counters().addTo(codes);
    return codes;
  }

  /** What the results depend on, and what was counted. */
  private Map<String, Object> summary(CohortExplainer explainer) {
    Counters counters = explainer.counters();
    Map<String, Object> rejected = new LinkedHashMap<>();
    counters
        .tallies()
        .forEach(
            (reason, tally) ->
                rejected.put(reason, Map.of("count", tally.count(), "example", tally.example())));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("weights_sha256", explainer.model().model().weightsSha256());
    json.put("backend", backend);
    json.put("patients", counters.patients());
    json.put("rejected", counters.rejected());
    json.put("reasons", rejected);
    json.put("events", counters.events());
    json.put("unknown_codes", counters.unknownCodes());
    json.put("truncated_tokens", counters.truncatedTokens());
    json.put("missing_tabular", counters.missingTabular());
    json.put("empty_visits", counters.emptyVisits());
    json.put("disordered_visits", counters.disorderedVisits());
    json.put("rounded_ages", counters.roundedAges());
    json.put("sorted_patients", counters.sorted());
    return json;
  }

  private void report(CohortExplainer explainer, double seconds) {
    Counters counters = explainer.counters();
    leftOut(counters).forEach(terminal::warn);
    counters.events().forEach((what, count) -> terminal.inform(count + " " + what));
    if (counters.sorted() > 0) {
      terminal.say(SortVisitsFlag.note(counters.sorted()));
    }
    counters
        .warnings()
        .lines(unknownCodes(explainer), counters.tabularNames())
        .forEach(terminal::warn);
    String advice = GapAdvice.of(counters.medianGap(), explainer.options());
    if (advice != null) {
      terminal.say("note: " + advice);
    }
    sayClasses(explainer);
    terminal.inform(
        String.format(
            Locale.ROOT,
            "%d patients explained in %.1f s (%.1f/s), %d left out; results in %s",
            counters.patients(),
            seconds,
            counters.patients() / Math.max(1e-3, seconds),
            counters.rejected(),
            out));
  }

  private void sayClasses(CohortExplainer explainer) {
    Labels labels = explainer.model().model().labels();
    if (labels.count() > 1 && explainer.options().isOfPrediction()) {
      ExplainedClasses classes = new ExplainedClasses();
      explainer
          .counters()
          .explainedClasses()
          .forEach(
              (text, patients) -> {
                int number = Integer.parseInt(text);
                classes.add(number, labels.className(number), patients);
              });
      terminal.say(classes.note(labels));
    }
  }

  private Format choice(String option, String text, Format... formats) {
    StringBuilder names = new StringBuilder();
    for (Format f : formats) {
      if (f.label().equals(text)) {
        return f;
      }
      names.append(names.isEmpty() ? "" : ", ").append(f.label());
    }
    throw new ParameterException(
        spec.commandLine(), option + ": '" + text + "' is not one of " + names);
  }
}
