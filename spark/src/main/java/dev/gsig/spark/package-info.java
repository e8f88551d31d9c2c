/**
 * Explains cohorts on Apache Spark: a Dataset of trajectories in, a Dataset of attributions out. A
 * patient gets the bits that the engine gives elsewhere, whatever the cluster, the partitions and
 * the retries.
 */
package dev.gsig.spark;
