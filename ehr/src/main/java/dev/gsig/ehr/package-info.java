/**
 * Patient trajectories and how they become token sequences: the cohort file, the vocabulary, the
 * code descriptions and the tokenizer. Knows nothing of tensors. What cannot be used is refused
 * with an {@link dev.gsig.ehr.InvalidInputException}, by every module.
 */
package dev.gsig.ehr;
