package dev.gsig.transformer.config;

import dev.gsig.ehr.AgeInput;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TimeInput;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.ValueInput;
import dev.gsig.ehr.VisitIndex;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * How a patient's record becomes what a model reads, by the keys of {@code config.json}: all that
 * is known of a model whose layers are not ours.
 *
 * @param specialTokens the ids that stand for structure
 * @param length length L of every sequence
 * @param visitIndex how the visit input is counted
 * @param ageInput what the age input is; null for a model that reads no ages
 * @param readsTokenTypes whether the model reads token types
 * @param clsTokenType the token type that CLS reads; null for that of the first visit
 * @param timeInput what the time input is; null for a model that reads no times
 * @param valueInput what the value input is; null for a model that reads no values
 * @param features the tabular values, in order; empty for none
 * @param predictsTokens whether the labels are the tokens that may come next
 */
public record RecordInputs(
    SpecialTokens specialTokens,
    int length,
    VisitIndex visitIndex,
    AgeInput ageInput,
    boolean readsTokenTypes,
    Integer clsTokenType,
    TimeInput timeInput,
    ValueInput valueInput,
    List<Tabular.Feature> features,
    boolean predictsTokens) {
  /** The keys that are read. */
  public static final List<String> KEYS =
      List.of(
          "max_position_embeddings",
          "pad_token_id",
          "cls_token_id",
          "sep_token_id",
          "mask_token_id",
          "unk_token_id",
          "visit_index",
          "age_rows_per_year",
          "age_transform",
          "cls_token_type",
          "time_span",
          "time_origin",
          "time_unit",
          "time_transform",
          "time_special_tokens",
          "value_scale",
          "value_missing",
          "tabular",
          "head",
          "problem_type",
          "num_labels",
          "id2label");

  /**
   * What a model reads of each token besides its code.
   *
   * @param age rows of a table or numbers; null for no ages
   * @param tokenTypes whether it reads token types
   * @param times whether it reads times
   * @param values whether it reads values
   */
  public record Reads(EmbeddingKind age, boolean tokenTypes, boolean times, boolean values) {}

  /** Copies the list. */
  public RecordInputs {
    features = List.copyOf(features);
  }

  /**
   * Reads the keys of such a model.
   *
   * @param keys with values as JSON has them; others are passed over
   * @param source what messages call them
   * @param vocabSize rows of the table of codes
   * @param reads what the model reads
   * @return what they say
   * @throws dev.gsig.ehr.InvalidInputException naming the key and what is wrong with it
   */
  public static RecordInputs read(Map<String, ?> keys, String source, int vocabSize, Reads reads) {
    JsonObject json = JsonObject.of(source, keys);
    UnsupportedOptions.check(json);
    SpecialTokens special = SequenceKeys.specialTokens(json, vocabSize);
    ValueEmbedding values = ValueKeys.read(json, reads.values ? EmbeddingKind.LINEAR : null);
    JsonObject tabular = json.objectOrNull("tabular");
    if (tabular != null) {
      ConfigKeys.checkOnly(tabular, List.of("features"));
    }
    return new RecordInputs(
        special,
        SequenceKeys.length(json, special),
        SequenceKeys.visitIndex(json),
        AgeKeys.read(json, reads.age, false),
        reads.tokenTypes,
        SequenceKeys.clsTokenType(json, special, reads.tokenTypes),
        TimeKeys.read(json, reads.times),
        values == null ? null : values.input(),
        tabular == null ? List.of() : FeatureKeys.read(tabular),
        predictsTokens(json));
  }

  private static boolean predictsTokens(JsonObject json) {
    return json.has("head")
        && Values.choice(json, "head", List.of("classifier", "next_token"), name -> name)
            .equals("next_token");
  }

  /**
   * What the logits of a classification head mean.
   *
   * @param keys as {@link #read}; those that count are {@code num_labels}, {@code problem_type} and
   *     {@code id2label}
   * @param source what messages call them
   * @param count how many logits there are
   * @return the labels
   * @throws dev.gsig.ehr.InvalidInputException naming the key and what is wrong with it
   */
  public static Labels labels(Map<String, ?> keys, String source, int count) {
    JsonObject json = JsonObject.of(source, keys);
    Integer given = json.integerOrNull("num_labels");
    if (given != null && given != count) {
      throw json.invalid("num_labels", "is " + given + ", but the model has " + count + " logits");
    }
    return new Labels(
        count,
        LabelKeys.problemType(json) == ProblemType.MULTI_LABEL,
        LabelKeys.classNames(json, count));
  }

  /**
   * The tokenizer that feeds the model.
   *
   * @param vocabulary the codes that the model knows
   * @return the tokenizer
   * @throws dev.gsig.ehr.InvalidInputException if the vocabulary lacks the statistics of values
   *     that the model needs
   */
  public Tokenizer tokenizer(Vocabulary vocabulary) {
    return new Tokenizer(
        vocabulary,
        specialTokens,
        visitIndex,
        length,
        ageInput,
        readsTokenTypes,
        timeInput,
        valueInput);
  }
}
