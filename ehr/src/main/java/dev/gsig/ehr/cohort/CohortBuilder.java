package dev.gsig.ehr.cohort;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.TrajectoryJson;
import dev.gsig.ehr.ValueBins;
import dev.gsig.ehr.Vocabulary;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes a cohort's folder of a source: {@code train.jsonl}, {@code validation.jsonl}, {@code
 * test.jsonl}, {@code vocab.json}, {@code display.json}, {@code descriptions.json} where the source
 * describes its codes, {@code code-groups.jsonl} where it has groups of them, {@code values.json}
 * where it is read with values, or {@code bins.json} where these are told by codes, and {@code
 * cohort-report.json}. The same source, task and settings give the same bytes, whatever the order
 * of the source's rows.
 */
public final class CohortBuilder {
  private static final String TOO_YOUNG = "younger than the least age";
  private static final String NO_PART =
      "in no split of the source that is train, tuning or held_out";

  private final Records records;
  private final Patients patients;
  private final Task.Definition definition;
  private final CohortSettings settings;
  private final Split.Fractions fractions;
  private final Map<Integer, Split> parts;
  private final Steps steps;
  private final CohortStatistics statistics;
  private final CodeCounts codes;
  private final Lines lines;
  private final Oddities oddities;
  private final Map<String, Object> choices;
  private final List<String> passedOver;
  private final boolean withValues;
  private final Display display;
  private final List<String> reasons;
  private CodeValues values;
  private ValueBins bins;

  private CohortBuilder(Source source, Records records, Task task, CohortSettings settings) {
    this.records = records;
    this.settings = settings;
    this.definition = task.on(records);
    this.patients = new Patients(records);
    this.fractions = settings.fractions() == null ? Split.Fractions.DEFAULT : settings.fractions();
    this.parts = settings.fractions() == null ? records.parts : null;
    this.reasons =
        Stream.concat(
                parts == null ? Stream.empty() : Stream.of(NO_PART),
                Stream.concat(task.reasons().stream(), Stream.of(TOO_YOUNG)))
            .toList();
    this.steps = new Steps(reasons);
    this.statistics =
        new CohortStatistics(
            definition.classes(),
            Stream.concat(
                    Stream.of("age", "sex"),
                    settings.measurements().stream().map(Measurement::name))
                .toList());
    this.codes = new CodeCounts(settings.coding(), records);
    this.lines =
        new Lines(records, patients, codes::written, settings.measurements(), settings.extremes());
    this.oddities = new Oddities();
    this.choices = choices(source, records, task, settings);
    this.passedOver = task.passedOver();
    this.withValues = source.values() && settings.bins() == 0;
    if (settings.bins() > 0 && !source.values()) {
      throw new IllegalArgumentException("bins are of values, and the source is read without");
    }
    if (settings.extremes() && !source.values()) {
      throw new IllegalArgumentException("extremes are of values, and the source is read without");
    }
    this.display = display(task, definition, records, settings);
  }

  /**
   * Reads a source and makes a cohort of it.
   *
   * @param source where the patients come from
   * @param task what is to be predicted
   * @param settings how it is written
   * @param folder the folder to create or replace, see {@link CohortFiles#requireFree}
   * @param watcher is told how far it is
   * @return what {@code cohort-report.json} says
   * @throws InvalidInputException if the source cannot be used, a class, a part or the vocabulary
   *     would be empty, or a file cannot be written; then nothing is
   */
  public static Map<String, Object> write(
      Source source, Task task, CohortSettings settings, Path folder, Source.Watcher watcher) {
    return write(source, source.read(watcher), task, settings, folder, watcher);
  }

  /**
   * Makes a cohort of a source that has been read; several may be made of one reading.
   *
   * @param source where the patients come from
   * @param records what it holds. Not modified.
   * @param task what is to be predicted
   * @param settings how it is written
   * @param folder the folder to create or replace, see {@link CohortFiles#requireFree}
   * @param watcher is told how far it is
   * @return what {@code cohort-report.json} says
   * @throws InvalidInputException if a class, a part or the vocabulary would be empty, or a file
   *     cannot be written; then nothing is
   */
  public static Map<String, Object> write(
      Source source,
      Records records,
      Task task,
      CohortSettings settings,
      Path folder,
      Source.Watcher watcher) {
    CohortBuilder builder = new CohortBuilder(source, records, task, settings);
    watcher.begin("patients");
    CohortFiles.SET.write(folder, temporary -> builder.write(temporary, watcher));
    return builder.report();
  }

  private void write(Path folder, Source.Watcher watcher) throws IOException {
    if (settings.bins() > 0) {
      bins = ValueBins.of(this::trainingLines, settings.bins());
    }
    Map<Split, BufferedWriter> files = new EnumMap<>(Split.class);
    try {
      for (Split split : Split.values()) {
        files.put(
            split,
            Files.newBufferedWriter(folder.resolve(split.fileName()), StandardCharsets.UTF_8));
      }
      for (int number : patients.order()) {
        PatientRecord patient = patients.get(number);
        oddities.look(patient, patients.withoutCodes(number));
        write(patient, files);
        watcher.row();
      }
    } finally {
      closeAll(files);
    }
    statistics.requireUsable(
        parts == null ? fractions.parts() : Set.of(Split.TRAIN), steps.counts());
    statistics.requireMeasured(settings.measurements());
    codes.requireAny(settings.minPatients());
    CohortFiles.json(folder.resolve("vocab.json"), codes.vocabulary(settings.minPatients()));
    Map<String, Object> descriptions = codes.descriptions(bins, settings.extremes());
    if (!descriptions.isEmpty()) {
      CohortFiles.json(folder.resolve("descriptions.json"), descriptions);
    }
    Map<String, String> groups = codes.groups(bins, settings.extremes());
    if (!groups.isEmpty()) {
      CohortFiles.groups(folder.resolve(CohortFiles.GROUPS), groups);
    }
    if (bins != null) {
      bins.write(folder.resolve(ValueBins.FILE_NAME));
    }
    if (withValues) {
      values = trainingValues(folder);
      values.write(folder.resolve(CodeValues.FILE_NAME));
    }
    display.write(folder);
    CohortFiles.json(folder.resolve(CohortFiles.REPORT), report());
  }

  /** What is known of the task and of units, in words. */
  private static Display display(
      Task task, Task.Definition definition, Records records, CohortSettings settings) {
    Map<String, Display.Feature> tabular = new LinkedHashMap<>();
    tabular.put("age", new Display.Feature(null, "years", Map.of()));
    tabular.put("sex", new Display.Feature(null, null, Map.of("0", "female", "1", "male")));
    for (Measurement measurement : settings.measurements()) {
      String unit = records.measurementUnits.get(measurement.name());
      if (unit != null) {
        tabular.put(measurement.name(), new Display.Feature(null, unit, Map.of()));
      } else if (measurement.code().contains("=")) { // one of several categories, as ICUType=2
        tabular.put(
            measurement.name(),
            new Display.Feature(
                measurement.name().replace('_', ' '), null, Map.of("0", "no", "1", "yes")));
      }
    }
    Map<String, String> units = new TreeMap<>(records.codeUnits);
    if (settings.extremes()) {
      records.codeUnits.forEach(
          (code, unit) -> {
            for (Extreme extreme : Extreme.values()) {
              units.put(extreme.code(code), unit);
            }
          });
    }
    return new Display(task.outcome(), null, definition.names(), tabular, units, null);
  }

  /** Of the lines that were written, as whoever trains on them reads them. */
  private static CodeValues trainingValues(Path folder) {
    try (CohortReader train = CohortReader.open(folder.resolve(Split.TRAIN.fileName()))) {
      return CodeValues.of(train, Vocabulary.read(folder.resolve("vocab.json")));
    }
  }

  /** The first failure counts: where a disk is full, every file fails. */
  private static void closeAll(Map<Split, BufferedWriter> files) throws IOException {
    IOException first = null;
    for (BufferedWriter file : files.values()) {
      try {
        file.close();
      } catch (IOException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private void write(PatientRecord patient, Map<Split, BufferedWriter> files) throws IOException {
    Split split = split(patient);
    if (split == null) {
      steps.leaveOut(NO_PART);
      return;
    }
    Set<String> seen = new LinkedHashSet<>();
    for (Trajectory read : lines(patient, steps)) {
      Trajectory line = bins == null ? read : bins.binned(read);
      files.get(split).write(TrajectoryJson.write(line));
      files.get(split).write('\n');
      statistics.add(split, line);
      line.visits().forEach(visit -> seen.addAll(visit.codes()));
    }
    codes.add(split, seen);
  }

  /** The part that a patient is in; null for none. */
  private Split split(PatientRecord patient) {
    if (parts != null) {
      return parts.get(patient.number());
    }
    if (records.testPatients.get(patient.number())) {
      return Split.TEST;
    }
    return Split.of(
        patient.id(),
        records.testPatients.isEmpty() ? fractions : fractions.withoutTest(),
        settings.seed());
  }

  /** The lines of the training part, with values as they are; nobody is counted. */
  private Iterator<Trajectory> trainingLines() {
    Steps uncounted = new Steps(reasons);
    return Arrays.stream(patients.order())
        .mapToObj(patients::get)
        .filter(patient -> split(patient) == Split.TRAIN)
        .flatMap(patient -> lines(patient, uncounted).stream())
        .iterator();
  }

  /** The lines of a patient; none, and counted, if they are left out. */
  private List<Trajectory> lines(PatientRecord patient, Steps counts) {
    List<Trajectory> written = new ArrayList<>();
    for (Sample sample : definition.samples(patient, counts)) {
      Trajectory line = trajectory(patient, sample);
      if (line == null) {
        counts.leaveOut(TOO_YOUNG);
      } else {
        written.add(line);
      }
    }
    return written;
  }

  /** What may be seen of a patient; null if they are too young. */
  private Trajectory trajectory(PatientRecord patient, Sample sample) {
    Double age = Instants.age(patient.birth(), sample.moment().time());
    return age != null && age < settings.minAge()
        ? null
        : lines.of(patient, sample.id(), sample.moment(), sample.label());
  }

  private Map<String, Object> report() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("choices", choices);
    json.put("rows_read", records.rows);
    json.put(
        "files_passed_over",
        Stream.concat(records.passedOver.stream(), passedOver.stream()).toList());
    json.put("dropped", records.dropped);
    Map<String, Long> noticed = new TreeMap<>(records.noticed);
    noticed.putAll(oddities.counts());
    json.put("noticed", noticed);
    json.put("steps", steps(patients.count()));
    json.putAll(statistics.json());
    if (!definition.names().isEmpty()) {
      json.put("labels", definition.names());
    }
    json.put("vocabulary", codes.json(settings.minPatients()));
    if (withValues) {
      Map<String, Object> counts = new LinkedHashMap<>();
      counts.put("codes_with_values", values.codes().size());
      counts.put("values_of_training", values.codes().stream().mapToLong(values::count).sum());
      json.put("values", counts);
    }
    if (bins != null) {
      Map<String, Object> counts = new LinkedHashMap<>();
      counts.put("codes_with_bins", bins.codes().size());
      counts.put("values_of_training", bins.codes().stream().mapToLong(bins::count).sum());
      json.put("bins", counts);
    }
    return json;
  }

  private List<Object> steps(long all) {
    List<Object> list = new ArrayList<>();
    list.add(step("step", "patients of the source", all));
    steps.counts().forEach((reason, count) -> list.add(step("left_out", reason, count)));
    list.add(step("step", "lines of the cohort", statistics.lines()));
    return list;
  }

  private static Map<String, Object> step(String kind, String text, long count) {
    Map<String, Object> step = new LinkedHashMap<>();
    step.put(kind, text);
    step.put("count", count);
    return step;
  }

  private static Map<String, Object> choices(
      Source source, Records records, Task task, CohortSettings settings) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("source", source.name());
    if (source instanceof MimicSource mimic) {
      json.put("drugs", mimic.drugs().label());
    }
    if (source instanceof MedsSource meds) {
      json.put("visits", meds.visits().label());
    }
    if (source instanceof FhirSource fhir) {
      json.put("code_systems", fhir.systems().stream().map(CodeSystem::label).toList());
    }
    if (source instanceof Physionet2012Source icu) {
      json.put("hours", icu.hours());
      json.put("visit_hours", icu.visitHours());
      json.put("test_set", icu.testSet());
    }
    if (source instanceof OmopSource omop) {
      json.put("concepts", omop.options().concepts().label());
      json.put("spelling", omop.options().spelling().label());
      json.put("drugs", omop.options().drugs().label());
    }
    json.putAll(records.found);
    json.put("task", task.choices());
    json.put("drop_version", settings.coding().dropVersion());
    json.put("code_length", settings.coding().codeLength());
    json.put("drug_length", settings.coding().drugLength());
    Map<String, Object> tabular = new LinkedHashMap<>();
    settings.measurements().forEach(m -> tabular.put(m.name(), m.code()));
    json.put("measurements", tabular);
    if (settings.bins() > 0) {
      json.put("bins", settings.bins());
    } else if (source.values()) {
      json.put("values", true);
    }
    if (settings.extremes()) {
      json.put("extremes", true);
    }
    json.put("min_age", settings.minAge());
    Split.Fractions fractions =
        settings.fractions() == null ? Split.Fractions.DEFAULT : settings.fractions();
    json.put(
        "split",
        settings.fractions() == null && records.parts != null
            ? MedsMetadata.SPLITS
            : List.of(fractions.train(), fractions.validation(), fractions.test()));
    json.put("seed", settings.seed());
    json.put("min_patients", settings.minPatients());
    return json;
  }
}
