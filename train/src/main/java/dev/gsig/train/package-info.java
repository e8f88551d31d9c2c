/**
 * Training of the models that {@code dev.gsig.transformer.internal} runs: masked-code pretraining,
 * supervised fine-tuning, checkpoints. The same seed gives the same bits on any number of threads
 * and across interruptions.
 */
package dev.gsig.train;
