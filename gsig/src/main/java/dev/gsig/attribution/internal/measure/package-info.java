/**
 * The convex problem of a sparse, complete path measure, solved to a certified duality gap by
 * {@link dev.gsig.attribution.internal.measure.MeasureSolver}.
 */
package dev.gsig.attribution.internal.measure;
