/**
 * Training of the models that {@code dev.gsig.transformer.internal} runs: pretraining on masked or
 * next codes, supervised fine-tuning, decoders that predict the next token, checkpoints. The same
 * seed gives the same bits on any number of threads and across interruptions.
 */
package dev.gsig.train;
