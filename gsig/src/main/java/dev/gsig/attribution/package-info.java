/**
 * Group-sparse manifold-aware integrated gradients. {@link dev.gsig.attribution.Model}, {@link
 * dev.gsig.attribution.Baseline}, {@link dev.gsig.attribution.Explainer} and {@link
 * dev.gsig.attribution.Attribution} are the public surface.
 */
package dev.gsig.attribution;
