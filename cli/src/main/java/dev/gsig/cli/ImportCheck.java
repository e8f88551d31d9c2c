package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.importer.internal.check.CheckFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Compares a model's outputs with those that PyTorch computed for the same inputs. */
final class ImportCheck {
  private final CheckFile check;
  private final Path file;
  private final double largest;

  /**
   * How far a model is off.
   *
   * @param worst largest difference, relative to the largest expected output
   * @param where the row, the label, and both values
   * @param ofWhole the largest one of rows without PAD; null if all have some
   */
  record Difference(double worst, String where, Double ofWhole) {
    boolean within(double tolerance) {
      return worst <= tolerance; // NaN is not
    }

    /** Whether it is PAD that makes the difference: rows without it are no further off. */
    boolean isOfPadding(double tolerance) {
      return !within(tolerance) && ofWhole != null && ofWhole <= tolerance;
    }

    /** The larger one of two. */
    Difference and(Difference other) {
      Double whole =
          ofWhole == null || (other.ofWhole != null && !(other.ofWhole <= ofWhole))
              ? other.ofWhole
              : ofWhole;
      boolean isOther = !(other.worst <= worst);
      return new Difference(isOther ? other.worst : worst, isOther ? other.where : where, whole);
    }
  }

  ImportCheck(CheckFile check, Path file) {
    this.check = check;
    this.file = file;
    double most = 0;
    for (int row = 0; row < check.size(); row++) {
      most = Math.max(most, Arrays.stream(check.logits(row)).map(Math::abs).max().orElse(0));
    }
    largest = Math.max(most, 1e-12);
  }

  /** How many sequences are compared. */
  int size() {
    return check.size();
  }

  /** Whether the expected outputs may be probabilities of this kind. */
  boolean mayBe(CheckOutputs outputs) {
    for (int row = 0; row < check.size(); row++) {
      double[] expected = check.logits(row);
      boolean inside = Arrays.stream(expected).allMatch(p -> p >= 0 && p <= 1);
      boolean whole = Math.abs(Arrays.stream(expected).sum() - 1) < 1e-4;
      if (outputs != CheckOutputs.LOGITS
          && !(inside && (outputs == CheckOutputs.SIGMOID || whole))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Computes all outputs.
   *
   * @param enough a difference at which no further sequence is looked at
   * @throws InvalidInputException if the model cannot read the inputs or has other labels
   */
  Difference compare(Model model, CheckOutputs outputs, double enough) {
    int length = model.tokenizer().maxLength();
    if (!model.paddingIsInert() && check.length() != length) {
      throw new InvalidInputException(
          file
              + ": its sequences have "
              + check.length()
              + " positions, but PAD acts in this model and it reads "
              + length
              + "; pad them to that length");
    }
    Tokenizer tokenizer = model.tokenizer();
    List<String> names = model.featureNames();
    Difference difference = new Difference(0, "", null);
    for (int row = 0; row < check.size() && difference.within(enough); row++) {
      TokenSequence sequence = check.sequence(row, tokenizer);
      Trajectory patient = new Trajectory("row " + row, List.of(), check.tabular(row, names), null);
      double[] found = outputs.of(model.logits(patient, sequence));
      double[] expected = check.logits(row);
      if (found.length != expected.length) {
        throw new InvalidInputException(
            file + ": has " + expected.length + " logits a row, the model " + found.length);
      }
      Double ofWhole = sequence.length() < check.length() ? null : Double.valueOf(0);
      Difference own = new Difference(0, "", ofWhole);
      for (int label = 0; label < found.length; label++) {
        double off = Math.abs(found[label] - expected[label]) / largest;
        if (!(off <= own.worst)) {
          String where = where(row, label, expected[label], found[label]);
          own = new Difference(off, where, ofWhole == null ? null : off);
        }
      }
      difference = difference.and(own);
    }
    return difference;
  }

  private static String where(int row, int label, double expected, double found) {
    return String.format(
        Locale.ROOT, "row %d, label %d: %.7g in PyTorch, %.7g here", row, label, expected, found);
  }
}
