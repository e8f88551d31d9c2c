package dev.gsig.importer.internal.family;

import java.util.List;

/**
 * Code vectors of another width than the model's, such as pretrained ones, which a linear layer
 * projects before anything is added to them. A row {@code P e + b} of a table says the same,
 * exactly up to rounding, and is what a code's attribution is of.
 */
final class ProjectedCodes {
  private static final String WORDS = "embeddings.word_embeddings.weight";

  private ProjectedCodes() {}

  /**
   * Multiplies the two, if there is one table and one layer that it can be.
   *
   * @param width of the model
   */
  static void find(Draft draft, long width) {
    List<String> tables =
        draft.unused().stream().filter(name -> isTable(draft, name, width)).toList();
    if (tables.size() != 1 || draft.targets().containsKey(WORDS)) {
      return;
    }
    long narrow = draft.shape(tables.get(0)).get(1);
    List<String> layers =
        draft.unused().stream()
            .filter(name -> name.endsWith(".weight") && !name.equals(tables.get(0)))
            .filter(name -> draft.shape(name).equals(List.of(width, narrow)))
            .map(name -> name.replaceFirst("\\.weight$", ""))
            .filter(layer -> Chain.sequential(layer).equals(layer))
            .toList();
    if (layers.size() != 1) {
      return;
    }
    Derived weight = draft.take(layers.get(0) + ".weight");
    String bias = layers.get(0) + ".bias";
    draft.put(
        WORDS,
        draft.take(tables.get(0)).projected(weight, draft.has(bias) ? draft.take(bias) : null));
    draft.note(layers.get(0), "projects " + tables.get(0) + " before anything is added to it");
  }

  private static boolean isTable(Draft draft, String name, long width) {
    return TorchEmbeddings.isMatrix(draft, name)
        && draft.shape(name).size() == 2
        && draft.shape(name).get(1) != width
        && TorchEmbeddings.isEmbedding(name)
        && TorchEmbeddings.target(name).equals(WORDS);
  }
}
