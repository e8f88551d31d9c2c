package dev.gsig.attribution;

/**
 * A quadrature rule on the path.
 *
 * @param alphas coefficients a_k in ascending order, each in [0, 1]
 * @param weights w_k, one for each; they sum to 1
 */
record PathRule(double[] alphas, double[] weights) {}
