/**
 * Attribution along a path, as plain mathematics: a score and its gradient on the straight one and
 * beside it ({@link dev.gsig.attribution.path.PathGradient}), quadrature rules, the methods that
 * make an attribution of the gradients ({@link dev.gsig.attribution.path.PathMethod}), and how the
 * exponent or the weights of the points are chosen. It knows no tensors, no models and no patients'
 * records.
 */
package dev.gsig.attribution.path;
