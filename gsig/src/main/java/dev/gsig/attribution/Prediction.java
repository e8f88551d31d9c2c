package dev.gsig.attribution;

/**
 * What the model says of a patient.
 *
 * @param logit for one label the logit of class 1, for several that of the predicted class
 * @param probability for one label that of class 1, for several that of the predicted class
 * @param predictedClass the class with the largest probability
 */
public record Prediction(double logit, double probability, int predictedClass) {}
