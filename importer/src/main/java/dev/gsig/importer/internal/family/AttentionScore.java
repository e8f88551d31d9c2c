package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The layer, or two with a tanh between them, whose scores pool the rows where the configuration
 * says {@code pooling} attention. A bias of the scores changes nothing.
 */
final class AttentionScore {
  private static final Pattern NAME = Pattern.compile("att|score|pool|query");
  private static final String SCORE = "pooling.score";

  private AttentionScore() {}

  /** Maps it, if there is one that it can be. */
  static void find(Draft draft) {
    if (!"attention".equals(draft.options().config().get("pooling"))
        || draft.targets().containsKey(SCORE + ".weight")) {
      return;
    }
    long width = ModelWidth.of(draft.targets());
    List<Chain> chains =
        Chain.of(draft).stream()
            .filter(c -> c.inputs() == width && c.outputs() == 1 && c.layers().size() <= 2)
            .filter(c -> isNamed(c.name()))
            .toList();
    List<String> vectors =
        draft.unused().stream()
            .filter(name -> isNamed(name) && isVector(draft, name, width))
            .toList();
    if (chains.size() == 1) {
      List<String> layers = chains.get(0).layers();
      String last = layers.get(layers.size() - 1);
      draft.map(SCORE + ".weight", last + ".weight");
      draft.pass(Pattern.compile("^" + Pattern.quote(last) + "\\.bias$"));
      if (layers.size() > 1) {
        draft.both("pooling.dense", layers.get(0));
        draft.note("pooling.dense", "tanh behind " + layers.get(0));
      }
    } else if (chains.isEmpty() && vectors.size() == 1) {
      draft.put(SCORE + ".weight", draft.take(vectors.get(0)).flattened().asRow());
      draft.note(vectors.get(0), "its products with the rows are not divided by anything");
    }
  }

  private static boolean isNamed(String name) {
    return NAME.matcher(name.toLowerCase(Locale.ROOT)).find();
  }

  private static boolean isVector(Draft draft, String name, long width) {
    return !name.endsWith(".weight")
        && !name.endsWith(".bias")
        && draft.shape(name).stream().filter(n -> n != 1).toList().equals(List.of(width));
  }
}
