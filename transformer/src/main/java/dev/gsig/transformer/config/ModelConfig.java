package dev.gsig.transformer.config;

import dev.gsig.ehr.AgeInput;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.ehr.TimeInput;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.VisitIndex;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.ehr.internal.Json;
import dev.gsig.tensor.Activation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A model's {@code config.json}, complete and checked. Keys that Hugging Face's BERT configuration
 * has keep their names and are required; the others have the defaults that docs/formats.md lists.
 *
 * @param hiddenSize width d of the encoder
 * @param numHiddenLayers number of encoder layers; 0 means that the embedding is pooled directly
 * @param layers what the layers have that BERT's have not
 * @param numAttentionHeads heads of each layer
 * @param attentionHeadSize width of one head; d / heads unless given
 * @param intermediateSize width of the feed-forward layer
 * @param hiddenAct activation of the feed-forward layer
 * @param layerNormEps added to the variance in every layer norm
 * @param vocabSize rows of the code embedding
 * @param maxPositionEmbeddings length L of every sequence
 * @param specialTokens the ids that stand for structure
 * @param normFirst whether layer norms act before attention and feed-forward, not after
 * @param embeddingInputs what is added to the code embedding; empty for nothing
 * @param embeddingSize width of the embeddings and of their norm: d, or that of what the linear
 *     layer {@code embeddings.projection} behind the norm reads
 * @param embeddingJoin how the embedding inputs are joined; null where they are added
 * @param embeddingScale what the code embedding is multiplied by before anything is added to it; 1
 *     unless given
 * @param visitIndex how the visit input is counted
 * @param ageInput what the age input is; null for a model that reads no ages
 * @param clsTokenType the token type that CLS reads; null for that of the first visit
 * @param timeInput what the time input is; null unless {@code embeddingInputs} has it
 * @param valueEmbedding what the value input is; null unless {@code embeddingInputs} has it
 * @param attributionPoint the tensor that the path interpolates
 * @param attentionScale what the attention scores are divided by
 * @param attentionMaskValue added to the scores of PAD keys; negative infinity unless given
 * @param residual whether the encoder has residual connections
 * @param pooling how the encoder's output becomes one vector
 * @param meanOver the positions that mean pooling averages
 * @param gru the pooling GRU; null unless {@code pooling} is {@code bigru}
 * @param scoreHiddenSize width of the layer before the score of attention pooling; 0 for none
 * @param pooler the activation of a dense layer behind the pooling, tanh in BERT; null for no layer
 * @param tabular the tabular branch; null if there is none
 * @param nextToken the head of a model that predicts tokens; null for a classification head
 * @param classifier the classification head; of a model that predicts tokens one with a label for
 *     each
 */
public record ModelConfig(
    int hiddenSize,
    int numHiddenLayers,
    LayerTraits layers,
    int numAttentionHeads,
    int attentionHeadSize,
    int intermediateSize,
    Activation hiddenAct,
    double layerNormEps,
    int vocabSize,
    int maxPositionEmbeddings,
    SpecialTokens specialTokens,
    boolean normFirst,
    Map<EmbeddingInput, EmbeddingKind> embeddingInputs,
    int embeddingSize,
    EmbeddingJoin embeddingJoin,
    double embeddingScale,
    VisitIndex visitIndex,
    AgeInput ageInput,
    Integer clsTokenType,
    TimeInput timeInput,
    ValueEmbedding valueEmbedding,
    AttributionPoint attributionPoint,
    AttentionScale attentionScale,
    double attentionMaskValue,
    boolean residual,
    Pooling pooling,
    Positions meanOver,
    Gru gru,
    int scoreHiddenSize,
    Activation pooler,
    Tabular tabular,
    NextToken nextToken,
    Classifier classifier) {
  /** Copies the map. */
  public ModelConfig {
    embeddingInputs = Map.copyOf(embeddingInputs);
  }

  /**
   * Reads and checks a {@code config.json}.
   *
   * @param file the file
   * @return the configuration
   * @throws InvalidInputException naming the file, the key and what is wrong with it
   */
  public static ModelConfig read(Path file) {
    return ConfigReader.read(Json.read(file));
  }

  /**
   * Reads and checks a configuration that is already in memory.
   *
   * @param json the text of a {@code config.json}
   * @param source what to call it in messages
   * @return the configuration
   * @throws InvalidInputException naming the source, the key and what is wrong with it
   */
  public static ModelConfig parse(String json, String source) {
    return ConfigReader.read(Json.object(json, source));
  }

  /** The keys of {@code config.json} that mean something here. */
  public static List<String> keys() {
    return ConfigKeys.KNOWN;
  }

  /**
   * The tokenizer that feeds this model.
   *
   * @param vocabulary the codes that the model knows
   * @return the tokenizer
   * @throws InvalidInputException if the vocabulary has an id from {@link #vocabSize()} up, or
   *     lacks the statistics of values that the model needs
   */
  public Tokenizer tokenizer(Vocabulary vocabulary) {
    return new Tokenizer(
        vocabulary.requireWithin(vocabSize),
        specialTokens,
        visitIndex,
        maxPositionEmbeddings,
        ageInput,
        embeddingInputs.containsKey(EmbeddingInput.TOKEN_TYPE),
        timeInput,
        valueEmbedding == null ? null : valueEmbedding.input());
  }

  /** Rows of an age table for a year of age; 1 for a model that reads no ages. */
  public int ageRowsPerYear() {
    return ageInput == null ? 1 : ageInput.rowsPerYear();
  }

  /** The width of all heads together: heads x head width. */
  public int attentionSize() {
    return numAttentionHeads * attentionHeadSize;
  }

  /** The width of the keys, or values, of all heads together. */
  public int keyValueSize() {
    return layers.keyValueHeads() * attentionHeadSize;
  }

  /** Whether rows of padding cannot be read by any pooling, since each is of real rows alone. */
  public boolean poolsRealRows() {
    return switch (pooling) {
      case MEAN -> meanOver == Positions.REAL;
      case BIGRU -> gru.over() == Positions.REAL;
      case CLS, LAST, MAX, ATTENTION -> true;
    };
  }

  /** The width of the pooled vector: d, or twice the GRU's width. */
  public int pooledSize() {
    return gru == null ? hiddenSize : 2 * gru.hiddenSize();
  }

  /** Names of the tabular values that the model reads, in order; none without a branch. */
  public List<String> tabularNames() {
    return tabular == null
        ? List.of()
        : tabular.features().stream().map(Tabular.Feature::name).toList();
  }

  /** The width of the head's input: the pooled vector, and the tabular output if it joins there. */
  public int classifierInputSize() {
    return pooledSize() + joining(0);
  }

  /**
   * The width of what the tabular branch adds to the input of a layer of the head.
   *
   * @param layer number of the layer, from 0
   * @return 0 where it does not join
   */
  public int joining(int layer) {
    return tabular != null && tabular.classifierLayer() == layer ? tabular.outputSize() : 0;
  }
}
