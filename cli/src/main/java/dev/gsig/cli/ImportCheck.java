package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.importer.internal.check.CheckFile;
import dev.gsig.transformer.config.Tabular;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Compares a model's logits with those that PyTorch computed for the same inputs. */
final class ImportCheck {
  private final Model model;
  private final CheckFile check;
  private final Path file;

  ImportCheck(Model model, CheckFile check, Path file) {
    this.model = model;
    this.check = check;
    this.file = file;
  }

  /**
   * Computes all logits.
   *
   * @param tolerance largest difference allowed, relative to the largest expected logit
   * @return the result for the user
   * @throws InvalidInputException if a logit is further off, naming the worst
   */
  String run(double tolerance) {
    int length = model.config().maxPositionEmbeddings();
    if (!model.paddingIsInert() && check.length() != length) {
      throw new InvalidInputException(
          file
              + ": its sequences have "
              + check.length()
              + " positions, but PAD acts in this model and it reads "
              + length
              + "; pad them to that length");
    }
    Tokenizer tokenizer = model.config().tokenizer(model.vocabulary());
    Tabular branch = model.config().tabular();
    List<String> names =
        branch == null ? List.of() : branch.features().stream().map(Tabular.Feature::name).toList();
    double largest = 0;
    for (int row = 0; row < check.size(); row++) {
      largest = Math.max(largest, Arrays.stream(check.logits(row)).map(Math::abs).max().orElse(0));
    }
    double worst = 0;
    String where = "";
    for (int row = 0; row < check.size(); row++) {
      TokenSequence sequence = check.sequence(row, tokenizer);
      Trajectory patient = new Trajectory("row " + row, List.of(), check.tabular(row, names), null);
      double[] found = model.logits(patient, sequence);
      double[] expected = check.logits(row);
      if (found.length != expected.length) {
        throw new InvalidInputException(
            file + ": has " + expected.length + " logits a row, the model " + found.length);
      }
      for (int label = 0; label < found.length; label++) {
        double off = Math.abs(found[label] - expected[label]) / Math.max(largest, 1e-12);
        if (!(off <= worst)) {
          worst = off;
          where =
              String.format(
                  Locale.ROOT,
                  "row %d, label %d: %.7g in PyTorch, %.7g here",
                  row,
                  label,
                  expected[label],
                  found[label]);
        }
      }
    }
    String result =
        String.format(
            Locale.ROOT, "check of %d sequences: largest difference %.1e", check.size(), worst);
    if (!(worst <= tolerance)) {
      throw new InvalidInputException(
          file
              + ": "
              + result
              + " of the largest logit, more than "
              + tolerance
              + " ("
              + where
              + "); a setting is wrong, for example the activation, the heads, norm_first, pooling"
              + " or special ids");
    }
    return result;
  }
}
