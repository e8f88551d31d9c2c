package dev.gsig.train;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.FileHash;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.LineSource;
import dev.gsig.ehr.internal.Utf8;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.internal.ModelFiles;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * From a cohort folder to a model folder. The cohort folder holds {@code train.jsonl}, {@code
 * validation.jsonl} and {@code vocab.json}, perhaps {@code test.jsonl} and {@code
 * descriptions.json}; the model folder gets what explanations read, and {@code training.json}.
 * Before that is there, it holds a checkpoint.
 */
public final class ModelTraining {
  private static final String TRAINING = "train.jsonl";
  private static final String VALIDATION = "validation.jsonl";
  private static final String TEST = "test.jsonl";
  private static final String VOCABULARY = "vocab.json";

  /** What to do about an output folder that holds something. */
  public enum Existing {
    /** Refuse it. */
    REFUSE,
    /** Go on from its checkpoint. */
    RESUME,
    /** Replace the model that it holds, if gsig made it. */
    OVERWRITE
  }

  private final Path cohort;
  private final Path out;
  private final TrainOptions options;
  private final String backend;
  private final Vocabulary vocabulary;
  private final List<Trajectory> training;
  private final List<Trajectory> validation;
  private final List<Trajectory> held;
  private final Display display;
  private final String configText;
  private final ModelConfig config;
  private final Map<String, String> settings;
  private final Existing existing;
  private final TrainingCohort examples;
  private final List<Example> test;

  private ModelTraining(
      Path cohort,
      Path out,
      Path configFile,
      ModelSize size,
      TrainOptions options,
      String backend,
      Existing existing) {
    this.cohort = cohort;
    this.out = out;
    this.options = options;
    this.backend = backend;
    this.existing = existing;
    vocabulary = Vocabulary.read(file(VOCABULARY));
    if (Files.exists(file(ModelFiles.DESCRIPTIONS))) {
      Descriptions.read(file(ModelFiles.DESCRIPTIONS)); // they go into the model folder as they are
    }
    display = Display.in(cohort);
    training = CohortReader.readAll(lines(TRAINING));
    validation = CohortReader.readAll(lines(VALIDATION));
    held = Files.exists(lines(TEST)) ? CohortReader.readAll(lines(TEST)) : List.of();
    TrainingCohort.requireApart(training, lines(TRAINING), validation, lines(VALIDATION));
    TrainingCohort.requireApart(training, lines(TRAINING), held, lines(TEST));
    TrainingCohort.requireApart(validation, lines(VALIDATION), held, lines(TEST));
    configText =
        configFile == null
            ? size.config(file(VOCABULARY), vocabulary, training)
            : Utf8.read(configFile, Json.MAX_DOCUMENT_BYTES);
    config =
        ModelConfig.parse(
            configText, configFile == null ? "the configuration" : configFile.toString());
    examples =
        TrainingCohort.of(
            training, lines(TRAINING), validation, lines(VALIDATION), config, vocabulary);
    test =
        Files.exists(lines(TEST)) ? TrainingCohort.examples(lines(TEST), config, vocabulary) : null;
    settings = new LinkedHashMap<>(options.decisive());
    if (config.nextToken() != null) { // what is of labels alone decides nothing
      settings.keySet().removeAll(List.of("--pretrain", "--pretrain-epochs", "--class-weight"));
    }
    settings.put("--backend", backend);
    settings.put("vocabulary", FileHash.sha256(file(VOCABULARY)));
    if (vocabulary.values() != null) {
      settings.put("statistics of values", FileHash.sha256(file(CodeValues.FILE_NAME)));
    }
    settings.put("training set", FileHash.sha256(lines(TRAINING)));
    settings.put("validation set", FileHash.sha256(lines(VALIDATION)));
    // behind the training set, which its means and deviations may come from
    settings.put("configuration", configText);
  }

  /**
   * Reads a cohort folder and checks the output folder.
   *
   * @param configFile the {@code config.json} of the model; null to make one
   * @param size the sizes of the model that is made
   * @param backend {@code simd} or {@code ejml}
   * @throws InvalidInputException if anything cannot be used
   */
  public static ModelTraining of(
      Path cohort,
      Path out,
      Path configFile,
      ModelSize size,
      TrainOptions options,
      String backend,
      Existing existing) {
    requireFolder(cohort);
    requireUsable(out, existing);
    return new ModelTraining(cohort, out, configFile, size, options, backend, existing);
  }

  private static void requireFolder(Path cohort) {
    if (!Files.isDirectory(cohort)) {
      throw new InvalidInputException(
          cohort
              + ": is not a folder; name the folder that holds "
              + TRAINING
              + ", "
              + VALIDATION
              + " and "
              + VOCABULARY);
    }
  }

  private static void requireUsable(Path out, Existing existing) {
    boolean resumable = Files.exists(out.resolve(Checkpoint.FILE_NAME));
    if (existing == Existing.RESUME && !resumable) {
      throw new InvalidInputException(
          out
              + ": has no "
              + Checkpoint.FILE_NAME
              + " to go on from"
              + (Files.exists(out.resolve(ModelFiles.TRAINING)) ? "; its training is complete" : "")
              + "; leave out --resume");
    }
    if (existing == Existing.REFUSE && Files.isDirectory(out)) {
      try (Stream<Path> content = Files.list(out)) {
        if (content.anyMatch(file -> !file.getFileName().toString().startsWith(".gsig-"))) {
          throw new InvalidInputException(
              out
                  + ": exists already; "
                  + (resumable ? "go on with --resume, " : "")
                  + "replace it with --overwrite, or name another --out");
        }
      } catch (IOException e) {
        throw InvalidInputException.reading(out, e);
      }
    }
    ModelFiles.SET.requireFree(out, existing != Existing.REFUSE);
  }

  private Path file(String name) {
    return cohort.resolve(name);
  }

  private Path lines(String name) {
    return LineSource.find(cohort, name);
  }

  /** The configuration of the model. */
  public ModelConfig config() {
    return config;
  }

  /**
   * The patients of each part that there is, by the name of its file: what they are read as, {@link
   * #tokenizer} tells.
   */
  public Map<String, List<Trajectory>> parts() {
    Map<String, List<Trajectory>> parts = new LinkedHashMap<>();
    parts.put(TRAINING, training);
    parts.put(VALIDATION, validation);
    if (!held.isEmpty()) {
      parts.put(TEST, held);
    }
    return parts;
  }

  /** How many patients are trained on. */
  public int trainingPatients() {
    return training.size();
  }

  /** The codes that the model will know. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Reads patients as the model does. */
  public Tokenizer tokenizer() {
    return config.tokenizer(vocabulary);
  }

  /** The file that training goes on from, which is there between its first writing and the end. */
  public Path checkpoint() {
    return out.resolve(Checkpoint.FILE_NAME);
  }

  /**
   * Trains, and writes the model folder.
   *
   * @throws InvalidInputException if training diverges or a file cannot be written
   */
  public TrainResult run(TrainListener listener) {
    try (Backend base = Backends.open(backend);
        Trainer trainer =
            new Trainer(config, examples, options, checkpoint(), settings, base, listener)) {
      Files.createDirectories(out);
      if (existing == Existing.RESUME) {
        trainer.resume();
      }
      trainer.run();
      TrainResult result = result(trainer);
      ModelFiles.SET.write(out, folder -> write(folder, trainer, result));
      return result;
    } catch (IOException e) {
      throw InvalidInputException.writing(out, e);
    }
  }

  private TrainResult result(Trainer trainer) {
    Quality quality = null;
    AurocInterval interval = null;
    List<LabelMetrics> labels = new ArrayList<>();
    if (test != null) {
      double[][] predicted = trainer.scores(trainer.best(), test);
      List<int[]> truth = Classification.truth(test);
      int columns = predicted[0].length;
      quality = trainer.quality(test, predicted);
      if (config.nextToken() == null && config.classifier().labels().multiLabel()) {
        for (int k = 0; k < columns; k++) {
          String name = config.classifier().labels().className(k);
          labels.add(LabelMetrics.of(k, name, truth, predicted, options.seed()));
        }
      } else if (config.nextToken() == null && columns <= 2) {
        interval =
            AurocInterval.of(
                Metrics.positive(truth, 0), Metrics.column(predicted, columns - 1), options.seed());
      }
    }
    List<EpochReport> history = trainer.history();
    EpochReport best = null;
    for (EpochReport report : history) {
      best = report.best() ? report : best;
    }
    long count =
        trainer.modelNames().stream().mapToLong(n -> trainer.parameters().entry(n).size()).sum();
    TokenLoss unigram =
        config.nextToken() == null ? null : NextCodes.unigram(examples, config.vocabSize());
    return new TrainResult(count, history, best, quality, interval, labels, unigram);
  }

  /** The checkpoint goes as the model comes. */
  private void write(Path folder, Trainer trainer, TrainResult result) throws IOException {
    Files.writeString(folder.resolve("config.json"), configText);
    copy(VOCABULARY, folder);
    if (vocabulary.values() != null) {
      copy(CodeValues.FILE_NAME, folder);
    }
    if (Files.exists(file(ModelFiles.DESCRIPTIONS))) {
      copy(ModelFiles.DESCRIPTIONS, folder);
    }
    tested(result).write(folder);
    Files.writeString(folder.resolve(ModelFiles.TRAINING), Json.write(report(result)) + "\n");
    SafetensorsWriter.write(
        folder.resolve(ModelFiles.WEIGHTS),
        ModelFiles.metadata(),
        trainer.parameters().source(trainer.modelNames(), trainer.best()));
  }

  /** What the cohort tells in words, with how well the model does on its test patients. */
  private Display tested(TrainResult result) {
    Display uncalibrated =
        new Display(
            display.outcome(),
            false,
            display.classes(),
            display.tabular(),
            display.units(),
            display.test());
    if (result.testAuroc() == null) {
      return uncalibrated;
    }
    return uncalibrated.tested(
        new Display.Test(
            result.testAuroc().auroc(),
            result.testAuroc().low(),
            result.testAuroc().high(),
            held.size()));
  }

  private Map<String, Object> report(TrainResult result) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("parameters", result.parameters());
    report.put("training_patients", (long) training.size());
    report.put("validation_patients", (long) validation.size());
    Map<String, String> told = new LinkedHashMap<>(settings);
    told.remove("configuration");
    report.put("settings", told);
    report.put("epochs", result.history().stream().map(EpochReport::toJson).toList());
    if (result.unigram() != null) {
      report.put("validation_unigram_loss", result.unigram().loss());
    }
    if (result.test() != null) {
      Map<String, Object> test = new LinkedHashMap<>();
      result
          .test()
          .toJson()
          .forEach(
              (name, value) -> {
                test.put(name, value);
                if (name.equals("auroc") && result.testAuroc() != null) {
                  test.put(
                      "auroc_95", List.of(result.testAuroc().low(), result.testAuroc().high()));
                }
              });
      if (!result.testLabels().isEmpty()) {
        test.put("labels", result.testLabels().stream().map(LabelMetrics::toJson).toList());
      }
      report.put("test", test);
    }
    return report;
  }

  private void copy(String name, Path folder) throws IOException {
    Files.writeString(folder.resolve(name), Utf8.read(file(name), Json.MAX_DOCUMENT_BYTES));
  }
}
