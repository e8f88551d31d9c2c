/**
 * Patient trajectories and how they become token sequences: the cohort file, the vocabulary, the
 * code descriptions and the tokenizer. Knows nothing of tensors.
 *
 * <p>It also holds the few things every other module needs to treat user input alike: {@link
 * dev.gsig.ehr.InvalidInputException}, {@link dev.gsig.ehr.Json}, {@link dev.gsig.ehr.AtomicFile}
 * and {@link dev.gsig.ehr.FileHash}.
 */
package dev.gsig.ehr;
