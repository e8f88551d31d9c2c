package dev.gsig.importer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What became of the names of a checkpoint.
 *
 * @param family what it was recognised as
 * @param matched name in the model folder to where it comes from
 * @param missing weights that the model needs and the checkpoint lacks, with suggestions
 * @param leftOver weights of the checkpoint that the model does not need
 * @param assumed what the checkpoint does not tell and was assumed
 */
public record ImportReport(
    String family,
    Map<String, String> matched,
    List<String> missing,
    List<String> leftOver,
    List<String> assumed) {
  /** Copies the lists. */
  public ImportReport {
    missing = List.copyOf(missing);
    leftOver = List.copyOf(leftOver);
    assumed = List.copyOf(assumed);
  }

  /** One line for each name and assumption. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("family     " + family);
    matched.forEach(
        (target, from) ->
            lines.add("matched    " + target + (from.equals(target) ? "" : "  <-  " + from)));
    missing.forEach(text -> lines.add("missing    " + text));
    leftOver.forEach(name -> lines.add("left over  " + name));
    assumed.forEach(text -> lines.add("assumed    " + text));
    return lines;
  }
}
