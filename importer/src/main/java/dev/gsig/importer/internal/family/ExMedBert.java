package dev.gsig.importer.internal.family;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ExMed-BERT (Lentzen et al., 2023): BERT's encoder on code + entity + age + visit position + sex +
 * region, then the sum over all positions or a bidirectional GRU, with quantitative observations
 * concatenated in front of the head.
 *
 * <p>The entity follows from the code ({@code import.entity_ids}, one for each code id) and is
 * added to the code table. Sex and region belong to the patient, for whom there is no such input: a
 * row of each is chosen for all ({@code import.sex_row}, {@code import.region_row}) and added to
 * the visit table. A sum over L positions is L times the mean: the head's weights are multiplied by
 * L.
 */
final class ExMedBert implements Family {
  private static final String CODES = "embeddings.code_embeddings.weight";
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final List<String> HEADS =
      List.of("endpoint_classifier.los_classifier", "out.los_classifier", "out");
  // PAD, UNK, CLS, SEP, MASK, NA
  private static final int SPECIALS = 6;

  @Override
  public String name() {
    return "exmed-bert";
  }

  @Override
  public String description() {
    return "ExMed-BERT";
  }

  @Override
  public boolean recognises(Draft draft) {
    return BertParts.prefix(draft, CODES) != null
        || (BertParts.prefix(draft, WORDS) != null
            && draft.names().stream()
                .anyMatch(name -> name.matches("(endpoint_classifier|out)\\.los_classifier\\..*")));
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, CODES, WORDS);
    embeddings(draft, prefix + "embeddings.");
    BertParts.encoder(draft, prefix);
    draft.both("embeddings.LayerNorm", prefix + "embeddings.layer_norm");
    draft.assume("hidden_act", "gelu", "ExMed-BERT's own");
    draft.assume("layer_norm_eps", 1e-12, "ExMed-BERT's own");
    head(draft);
    if (draft.names().stream().anyMatch(name -> name.startsWith("rnn_cell."))) {
      GruNames.map(draft, "rnn_cell.");
      draft.fact("pooling", "bigru");
      draft.fact("gru_read", "last_position");
      draft.fact("gru_over", "all");
    } else {
      draft.fact("pooling", "mean");
      draft.fact("mean_over", "all");
    }
  }

  private static void embeddings(Draft draft, String prefix) {
    Map<String, Object> inputs = new HashMap<>();
    boolean plain = draft.has(prefix + "word_embeddings.weight");
    Derived codes = draft.takeTable(prefix + (plain ? "word" : "code") + "_embeddings.weight");
    String entities = prefix + "entity_embeddings.weight";
    draft.put(
        WORDS, draft.has(entities) ? entities(draft, codes, draft.takeTable(entities)) : codes);
    String positions = prefix + (plain ? "position" : "positional") + "_embeddings.weight";
    if (draft.has(positions)) {
      Derived visits = draft.takeTable(positions);
      visits = constant(draft, visits, prefix + "sex_embeddings.weight", "sex_row");
      visits = constant(draft, visits, prefix + "state_embeddings.weight", "region_row");
      String name = plain ? "position" : "visit";
      draft.put("embeddings." + name + "_embeddings.weight", visits);
      inputs.put(name, "learned");
      draft.assume("max_position_embeddings", visits.rows(), "the rows of its position table");
    }
    if (draft.has(prefix + "age_embeddings.weight")) {
      Ages.map(draft, prefix + "age_embeddings.weight", plain ? 0 : SPECIALS);
      inputs.put("age", "learned");
    }
    draft.fact("embedding_inputs", inputs);
  }

  private static Derived constant(Draft draft, Derived visits, String table, String key) {
    if (!draft.has(table)) {
      return visits;
    }
    draft.ask("import." + key, "the row of " + table + " that holds for all patients");
    Derived rows = draft.takeTable(table);
    int row = draft.options().number(key, 0);
    if (row >= rows.rows()) {
      throw draft.options().wrong(key, "below " + rows.rows());
    }
    return visits.plusRows(rows, visit -> row);
  }

  private static Derived entities(Draft draft, Derived codes, Derived entities) {
    Object given = draft.options().read("entity_ids");
    if (given == null) {
      draft.ask("import.entity_ids", "a list: for each code id its row of the entity table");
      return codes;
    }
    List<Integer> ids = new ArrayList<>();
    boolean sound = given instanceof List<?> list && list.size() == codes.rows();
    if (sound) {
      for (Object id : (List<?>) given) {
        sound &= id instanceof Long number && number >= 0 && number < entities.rows();
        ids.add(sound ? ((Long) id).intValue() : 0);
      }
    }
    if (!sound) {
      throw draft
          .options()
          .wrong(
              "entity_ids",
              "a list of " + codes.rows() + " whole numbers below " + entities.rows());
    }
    return codes.plusRows(entities, ids::get);
  }

  private static void head(Draft draft) {
    for (String head : HEADS) {
      if (draft.has(head + ".weight")) {
        draft.both("classifier.layers.0", head);
        scale(draft, head);
        return;
      }
      if (draft.has(head + ".cls_linear-fin.weight")) {
        int layer = 0;
        while (draft.both("classifier.layers." + layer, head + ".cls_linear" + layer)) {
          layer++;
        }
        draft.both("classifier.layers." + layer, head + ".cls_linear-fin");
        draft.fact("classifier", Map.of("activation", "relu"));
        scale(draft, head);
        return;
      }
    }
  }

  /** The head on a sum over all positions reads a mean here. */
  private static void scale(Draft draft, String head) {
    Object length =
        draft
            .options()
            .config()
            .getOrDefault("max_position_embeddings", draft.facts().get("max_position_embeddings"));
    if (!head.startsWith("endpoint_classifier")
        || draft.options().gives("pooling") // the head reads what the user says
        || !(length instanceof Number positions)) {
      return;
    }
    int pooled = draft.targets().get(WORDS).columns();
    Derived first = draft.targets().get("classifier.layers.0.weight");
    if (first == null || first.shape().size() != 2) {
      return;
    }
    draft.put(
        "classifier.layers.0.weight",
        first.mapped(
            " x " + positions,
            (value, row, column) -> column < pooled ? value * positions.doubleValue() : value));
  }
}
