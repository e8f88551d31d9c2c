package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.importer.internal.GraphModel;
import dev.gsig.importer.internal.check.CheckFile;
import java.nio.file.Path;
import java.util.Locale;

/** Compares a graph with what was recorded of it, by the graph's own names. */
final class GraphCheck {
  private static final String CAUSES =
      "an input holds something else than was told, for example 0 for real tokens in a mask, or"
          + " ages, visits or values are read otherwise; or it was recorded in training mode"
          + " (model.eval() turns dropout off), or of other weights";

  private static final String PADDING =
      "rows without PAD agree, so that padding is the likely cause: the module lets PAD act, by a"
          + " mean, a maximum or an attention over all positions, or by the fast path of"
          + " nn.TransformerEncoder (torch.backends.mha.set_fastpath_enabled(False)), and here each"
          + " patient is computed without it; mask PAD in the module, or export it with a fixed"
          + " length and set padding=in_graph";

  private GraphCheck() {}

  /**
   * Compares what the model folder computes, inputs made from tokens and all.
   *
   * @param model loaded from the folder
   * @param folder its folder
   * @param file what was recorded
   * @param tolerance largest difference, relative to the largest output
   * @return the result in words
   * @throws InvalidInputException if they differ by more
   */
  static String compare(Model model, Path folder, Path file, double tolerance) {
    CheckFile recorded = CheckFile.read(file, GraphModel.open(folder));
    CheckOutputs outputs =
        switch (model.graph().activation()) {
          case "sigmoid" -> CheckOutputs.SIGMOID;
          case "softmax" -> CheckOutputs.SOFTMAX;
          default -> CheckOutputs.LOGITS;
        };
    ImportCheck check = new ImportCheck(recorded, file);
    ImportCheck.Difference difference = check.compare(model, outputs, Double.POSITIVE_INFINITY);
    String result =
        String.format(
            Locale.ROOT,
            "check of %d sequences: largest difference %.1e",
            check.size(),
            difference.worst());
    if (!difference.within(tolerance)) {
      throw new InvalidInputException(
          file
              + ": "
              + result
              + " of the largest output, more than "
              + tolerance
              + " ("
              + difference.where()
              + "); "
              + (difference.isOfPadding(tolerance) ? PADDING : CAUSES));
    }
    return result;
  }
}
