package dev.gsig.cli;

import dev.gsig.attribution.Target;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Labels;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say which score is explained, and where the means are that it starts from. */
final class ScoreFlags {
  @Option(
      names = "--baseline-file",
      paramLabel = "FILE",
      description = "what 'gsig baseline' made; default: baseline.safetensors in the model folder")
  private Path baselineFile;

  @Option(
      names = "--target",
      paramLabel = "NAME",
      defaultValue = "logit",
      description =
          "the score that is explained: logit or probability of the class; of a model that predicts"
              + " tokens next:CODE (logit), next-logprob:CODE, next:A/B (a contrast) or next:FILE"
              + " (the log of the summed probability of the codes in a file); default: logit")
  private String target;

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      description =
          "the class or label that is explained, by number or by name; default: 1 of one label, else"
              + " each patient's most probable one")
  private String explainedClass;

  /** The file of the means; null for the model folder's own. */
  Path baselineFile() {
    return baselineFile;
  }

  /**
   * The score.
   *
   * @param labels know the tokens; null before there is a model, where a target among them is not
   *     told
   * @throws ParameterException saying what it may be
   * @throws InvalidInputException if the model has no such tokens
   */
  Target target(CommandSpec command, Labels labels) {
    if (Target.isNext(target)) {
      return labels == null ? Target.LOGIT : Target.next(target, labels);
    }
    return Choice.of(command, "--target", target, Target.ofClasses(), Target::label);
  }

  /**
   * The score of a class, which is what removing codes is measured by.
   *
   * @throws ParameterException saying what it may be
   */
  Target classTarget(CommandSpec command) {
    if (Target.isNext(target)) {
      throw new ParameterException(
          command.commandLine(),
          "--target "
              + target
              + " is explained, but not evaluated: that is of a class; name the token with --class");
    }
    return target(command, null);
  }

  /**
   * The class; null to choose.
   *
   * @param labels knows the names; null before there is a model, where the class is not told
   * @throws InvalidInputException if the model has no such class
   */
  Integer explainedClass(Labels labels) {
    return explainedClass == null || labels == null ? null : labels.classOf(explainedClass);
  }
}
