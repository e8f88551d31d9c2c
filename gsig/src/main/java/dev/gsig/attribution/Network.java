package dev.gsig.attribution;

import dev.gsig.attribution.path.CodeTable;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.ehr.Labels;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Backend;
import dev.gsig.transformer.config.Tabular;
import java.util.List;

/**
 * What a {@link Model} computes with: the native Transformer, or a graph that was exported
 * elsewhere. Immutable and shared by threads, each with its own fork of the backend that loaded it.
 */
interface Network {
  /** What it tells apart. */
  Labels labels(Vocabulary vocabulary);

  /** How it reads a record. */
  Tokenizer tokenizer(Vocabulary vocabulary);

  /** The tabular values that it reads, in order. */
  List<Tabular.Feature> features();

  /** Whether its labels are the tokens that may come next. */
  boolean predictsTokens();

  /** Number of weights. */
  long parameterCount();

  /** Names of its parts with weights, as {@link ExplainableModel#weightParts} has them. */
  List<String> weightParts();

  /** Whether PAD positions have no influence, so that they are left out. */
  boolean paddingIsInert();

  /** Whether the gradient of the logits has no jumps. */
  boolean isSmooth();

  /** Names of the inputs that have rows, in order; those of values are the last. */
  List<String> rowInputs();

  /**
   * The inputs that have rows, in the order of {@link #rowInputs}.
   *
   * @param backend computes and holds the tensors
   */
  List<PathInput> rows(Backend backend, Subject subject);

  /**
   * The logits, as {@link ExplainableModel#logits}.
   *
   * @param rows inputs that have rows, {@code [B, rows, cols]}
   * @param entries normalised tabular values {@code [B, 1, n]}; null if it reads none
   */
  Variable logits(Tape tape, List<Variable> rows, Variable entries, List<Subject> subjects);

  /** Whether the rows of its first input are those of the tokens and nothing else. */
  boolean startsAtCodes();

  /** The rows of all token ids, where {@link #startsAtCodes}. */
  CodeTable codes(Backend backend);

  /** Numbers that a pass keeps for each step, roughly. */
  long activationsPerStep(Backend backend, int rows);

  /** As many steps as arrays can hold the numbers of. */
  int mostStepsPerPass(Backend backend, int rows);
}
