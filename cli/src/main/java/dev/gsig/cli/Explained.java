package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.evaluation.WhatIf.Answer;
import java.util.List;

/**
 * What a run has of a patient.
 *
 * @param attribution the explanation
 * @param answers what the model says of changed records, as {@link Questions#of} lists them
 */
record Explained(Attribution attribution, List<Answer> answers) {}
