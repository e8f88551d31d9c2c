package dev.gsig.attribution;

import java.util.List;

/**
 * The attributions of one patient by several methods, along one path.
 *
 * @param all the first leads
 */
record Readings(List<PathAttribution> all) {
  /** The one that leads. */
  PathAttribution first() {
    return all.get(0);
  }

  /** The first, summed up, with the others beside it. */
  Attribution toAttribution(ExplainableModel model, ExplainOptions options) {
    List<Attribution> others =
        all.stream().skip(1).map(each -> each.toAttribution(model, options)).toList();
    return first().toAttribution(model, options, others);
  }
}
