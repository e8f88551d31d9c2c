package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * CEHR-BERT (Pang et al., ML4H 2021, arXiv 2111.08585) as its authors publish it for PyTorch: code,
 * sin(w t + phi) of the date and of the age, and waves of the visit's number stand side by side,
 * then a linear layer and gelu; a segment is added behind. BERT's layers and pooler; the head reads
 * the age, through a batch norm, beside the pooled vector.
 */
final class CehrBert implements Family {
  private static final String WORDS = "cehr_bert_embeddings.concept_embeddings.weight";
  private static final String JOIN = "embeddings.join";
  private static final double EPSILON = 1e-5;

  @Override
  public String name() {
    return "cehr-bert";
  }

  @Override
  public String description() {
    return "CEHR-BERT";
  }

  @Override
  public boolean recognises(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    return prefix != null && draft.has(prefix + "cehr_bert_embeddings.linear_proj.weight");
  }

  @Override
  public void apply(Draft draft) {
    String prefix = BertParts.prefix(draft, WORDS);
    String embeddings = prefix + "cehr_bert_embeddings.";
    Derived words = draft.takeTable(prefix + WORDS);
    draft.put("embeddings.word_embeddings.weight", words);
    draft.map(
        "embeddings.token_type_embeddings.weight", embeddings + "visit_segment_embeddings.weight");
    Derived waves = draft.takeTable(embeddings + "positional_embedding_layer.pe");
    draft.put("embeddings.visit_embeddings.weight", waves);
    String dates = dates(draft);
    numbers(draft, embeddings, "age", "age");
    numbers(draft, embeddings, dates, "time");
    draft.pass(
        Pattern.compile(
            "^"
                + Pattern.quote(embeddings)
                + "(concept_value_transformation_layer|time_embedding_layer)\\."));
    draft.note("values", "none: it has a layer for them, which codes without values pass by");
    join(draft, embeddings + "linear_proj", words.columns(), waves.columns());
    BertParts.encoder(draft, prefix);
    draft.both("pooler.dense", prefix + "pooler.dense");
    draft.pass(Pattern.compile("(^|\\.)concept_value_decoder_layer\\."));
    facts(draft);
    head(draft);
  }

  /** Which layer the dates go through: the published code calls the ages'. */
  private static String dates(Draft draft) {
    draft.askUnlessChecked(
        "import.time_layer",
        "age",
        "the layer that dates go through: age, as in the published code, which calls"
            + " age_embedding_layer for both; time if time_embedding_layer is called");
    return draft.options().word("time_layer", List.of("age", "time"));
  }

  private static void numbers(Draft draft, String embeddings, String theirs, String ours) {
    String from = embeddings + theirs + "_embedding_layer.";
    String layer = "embeddings." + ours + "_embeddings";
    draft.put(layer + ".weight", draft.takeTable(from + "w").transposed());
    draft.put(layer + ".bias", draft.take(from + "phi").flattened());
    double usual = theirs.equals("age") ? 100 : 1000;
    Object given = draft.options().config().get(theirs + "_embedding_scaling_factor");
    if (given == null) {
      draft.note(theirs + "_embedding_scaling_factor", usual + " (CEHR-BERT's own)");
    } else if (!(given instanceof Number factor && factor.doubleValue() > 0)) {
      throw new InvalidInputException(
          draft.source() + ": \"" + theirs + "_embedding_scaling_factor\" must be above 0");
    }
    double factor = given instanceof Number number ? number.doubleValue() : usual;
    NumberLayers.fold(draft, layer, 0, 1 / factor);
  }

  /** Columns for code, date, age and visit become those of code, visit, age and date. */
  private static void join(Draft draft, String source, int d, int n) {
    Derived weight = draft.takeTable(source + ".weight");
    if (weight.columns() != d + 3 * n) {
      throw new InvalidInputException(
          draft.source() + ": " + source + ".weight has the shape " + weight.shape());
    }
    List<Derived> parts =
        List.of(
            weight.columns(0, d),
            weight.columns(d + 2 * n, n),
            weight.columns(d + n, n),
            weight.columns(d, n));
    draft.put(
        JOIN + ".weight",
        Derived.concatenated(parts.stream().map(Derived::transposed).toList()).transposed());
    draft.map(JOIN + ".bias", source + ".bias");
  }

  private static void facts(Draft draft) {
    Map<String, Object> inputs = new LinkedHashMap<>();
    inputs.put("visit", "learned");
    inputs.put("age", "sine");
    inputs.put("token_type", "learned");
    inputs.put("time", "sine");
    draft.fact("embedding_inputs", inputs);
    draft.fact("embedding_join", "concatenate");
    draft.fact("embedding_join_activation", "gelu_new");
    draft.fact("embedding_join_added", List.of("token_type"));
    draft.fact("cls_token_type", 0L);
    draft.fact("age_transform", "floor");
    draft.fact("time_span", "since_date");
    draft.fact("time_origin", "1970-01-01");
    draft.fact("time_unit", "weeks");
    draft.fact("time_transform", "floor");
    draft.fact("time_special_tokens", "visit");
    draft.fact("pooling", "cls");
    draft.fact("pooler", true);
    draft.assume("layer_norm_eps", 1e-12, "CEHR-BERT's own");
    draft.assume("hidden_act", "gelu", "CEHR-BERT's own");
    draft.assume("pad_token_id", 0L, "CEHR-BERT's own");
  }

  /** Age through a batch norm, one layer, relu, and a label's logit. */
  private static void head(Draft draft) {
    if (draft.has("lstm.weight_ih_l0")) {
      throw new InvalidInputException(
          draft.source()
              + ": the head is an LSTM, which is not supported; only the one that reads"
              + " the pooler is");
    }
    if (!draft.has("dense_layer.weight") || !draft.has("age_batch_norm.running_mean")) {
      HeadFinder.find(draft);
      return;
    }
    Derived weight = draft.takeTable("dense_layer.weight");
    int last = weight.columns() - 1;
    if (!draft.shape("age_batch_norm.running_mean").equals(List.of(1L)) || last < 0) {
      throw new InvalidInputException(
          draft.source() + ": age_batch_norm must be of one number, in front of dense_layer");
    }
    Scaling age = Scaling.of(draft, "age_batch_norm", EPSILON);
    draft.pass(Pattern.compile("^age_batch_norm\\.num_batches_tracked$"));
    String how = " behind age_batch_norm";
    draft.put(
        "classifier.layers.0.weight",
        weight.mapped(how, (v, row, column) -> column == last ? v * age.scale(0) : v));
    draft.put(
        "classifier.layers.0.bias",
        draft
            .take("dense_layer.bias")
            .plusProduct(how, weight, column -> column == last ? age.shift(0) : 0));
    draft.both("classifier.layers.1", "classifier");
    draft.fact("classifier", Map.of("activation", "relu"));
    Map<String, Object> feature = new LinkedHashMap<>();
    feature.put("name", "age_at_index");
    feature.put("mean", 0L);
    feature.put("std", 1L);
    draft.fact("tabular", Map.of("features", List.of(feature)));
    draft.note("tabular.features", "age_at_index, the age in years at the time of the prediction");
    draft.fact("problem_type", "single_label_classification");
    draft.drop("num_labels");
    draft.drop("id2label");
  }
}
