package dev.gsig.train;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.transformer.config.ModelConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The patients that a model is trained on, as it reads them.
 *
 * @param training decide the weights
 * @param validation decide when to stop
 * @param codes the ids of the codes that may stand in for a masked one
 */
record TrainingCohort(List<Example> training, List<Example> validation, int[] codes) {
  /** What follows the subject where a cohort has several lines of them, one for each label. */
  private static final Pattern PREDICTION_TIME =
      Pattern.compile("@\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?$");

  /**
   * Reads both sets.
   *
   * @throws InvalidInputException if a patient cannot be read, has no label or one that the model
   *     lacks, if a set has only one class, or if the vocabulary is not that of the cohort
   */
  static TrainingCohort of(
      List<Trajectory> training,
      Path trainingFile,
      List<Trajectory> validation,
      Path validationFile,
      ModelConfig config,
      Vocabulary vocabulary) {
    return new TrainingCohort(
        examples(training, trainingFile, config, vocabulary),
        examples(validation, validationFile, config, vocabulary),
        codes(config, vocabulary));
  }

  /**
   * Makes sure that nobody decides when to stop, or how good a model is, from whom it learnt.
   *
   * @throws InvalidInputException naming the first patient who is in both files
   */
  static void requireApart(
      List<Trajectory> training, Path trainingFile, List<Trajectory> others, Path otherFile) {
    Set<String> learnt = training.stream().map(TrainingCohort::patient).collect(Collectors.toSet());
    for (Trajectory other : others) {
      if (learnt.contains(patient(other))) {
        throw new InvalidInputException(
            otherFile
                + ": patient "
                + other.subjectId()
                + " is in "
                + trainingFile
                + " too; each patient belongs to one part");
      }
    }
  }

  /** The patient, whose line may be one of several. */
  private static String patient(Trajectory line) {
    return PREDICTION_TIME.matcher(line.subjectId()).replaceFirst("");
  }

  /** Reads a cohort file as the model reads it. */
  static List<Example> examples(Path file, ModelConfig config, Vocabulary vocabulary) {
    return examples(CohortReader.readAll(file), file, config, vocabulary);
  }

  private static List<Example> examples(
      List<Trajectory> patients, Path file, ModelConfig config, Vocabulary vocabulary) {
    UnknownCodes codes = new UnknownCodes(vocabulary, config.specialTokens());
    patients.forEach(codes::add);
    codes.requireFew(file.toString());
    Tokenizer tokenizer = config.tokenizer(vocabulary);
    return config.nextToken() == null
        ? labelled(patients, file, config, tokenizer)
        : withTargets(patients, file, config, tokenizer);
  }

  /** Labels are not read, and patients of one token have nothing to be predicted. */
  private static List<Example> withTargets(
      List<Trajectory> patients, Path file, ModelConfig config, Tokenizer tokenizer) {
    List<Example> examples =
        patients.stream()
            .map(patient -> Example.of(patient, config, tokenizer))
            .filter(NextCodes::hasTarget)
            .toList();
    if (examples.isEmpty()) {
      throw new InvalidInputException(
          file + ": no patient has two tokens, of which the second could be predicted");
    }
    return examples;
  }

  private static List<Example> labelled(
      List<Trajectory> patients, Path file, ModelConfig config, Tokenizer tokenizer) {
    Labels labels = config.classifier().labels();
    List<Example> examples = new ArrayList<>();
    for (Trajectory patient : patients) {
      if (labels.multiLabel()) {
        requireLabels(patient, file, labels.count());
      } else {
        requireLabel(patient, file, labels.classes());
      }
      examples.add(Example.of(patient, config, tokenizer));
    }
    if (labels.multiLabel()) {
      requireALabelOfSome(examples, file);
    } else if (examples.stream().mapToInt(Example::label).distinct().count() < 2) {
      throw new InvalidInputException(
          file
              + ": all "
              + examples.size()
              + " labels are "
              + examples.get(0).label()
              + "; patients of at least two classes are needed");
    }
    return examples;
  }

  private static void requireALabelOfSome(List<Example> examples, Path file) {
    int labels = examples.get(0).truth().length;
    for (int k = 0; k < labels; k++) {
      int label = k;
      if (examples.stream().mapToInt(e -> e.truth()[label]).distinct().count() == 2) {
        return;
      }
    }
    throw new InvalidInputException(
        file
            + ": every label holds for all "
            + examples.size()
            + " patients, or for none; one that some have and some have not is needed");
  }

  private static void requireLabels(Trajectory patient, Path file, int labels) {
    if (patient.labels() == null || patient.labels().size() != labels) {
      throw new InvalidInputException(
          file
              + ": patient "
              + patient.subjectId()
              + " has "
              + (patient.labels() == null ? "no \"labels\"" : patient.labels().size() + " labels")
              + ", but the model has "
              + labels
              + "; give every patient a 0 or a 1 for each, as \"labels\":[0,1,...]");
    }
  }

  private static void requireLabel(Trajectory patient, Path file, int classes) {
    if (patient.label() == null) {
      throw new InvalidInputException(
          file
              + ": patient "
              + patient.subjectId()
              + " has no label; give every patient a \"label\""
              + (patient.labels() == null
                  ? ""
                  : ", or, for its \"labels\", set problem_type to multi_label_classification"));
    }
    if (patient.label() < 0 || patient.label() >= classes) {
      throw new InvalidInputException(
          file
              + ": patient "
              + patient.subjectId()
              + " has the label "
              + patient.label()
              + ", but the model's classes are 0 to "
              + (classes - 1));
    }
  }

  /** Every id that stands for a clinical code. */
  private static int[] codes(ModelConfig config, Vocabulary vocabulary) {
    var special = config.specialTokens();
    List<Integer> structure = new ArrayList<>();
    structure.add(special.pad());
    structure.add(special.cls());
    structure.add(special.sep());
    structure.add(special.mask());
    structure.add(special.unk());
    return IntStream.range(0, config.vocabSize())
        .filter(id -> vocabulary.codeOf(id).isPresent() && !structure.contains(id))
        .toArray();
  }

  int[] labels() {
    return training.stream().mapToInt(Example::label).toArray();
  }
}
