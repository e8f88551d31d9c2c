package dev.gsig.attribution.path;

/**
 * What a path knows of one point.
 *
 * @param score of the point
 * @param gradient of the score there, an entry for each input and perhaps more. Not copied
 */
public record PathPoint(double score, double[] gradient) {}
