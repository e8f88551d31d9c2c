package dev.gsig.attribution.path;

/**
 * How far an integral to a tolerance came.
 *
 * @param tolerance what was asked for: bound of the attribution's relative error, and of the
 *     relative completeness gap
 * @param error estimate of the attribution's relative error, l21 of the difference
 * @param reached whether the error and the gap are within the tolerance
 * @param steepEnd an end of the path at which nearly all of the score changes; null if there is
 *     none
 */
public record Convergence(double tolerance, double error, boolean reached, PathSide steepEnd) {}
