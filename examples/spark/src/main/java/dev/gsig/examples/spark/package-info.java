/** A job for Apache Spark that explains a cohort and goes on with what it finds. */
package dev.gsig.examples.spark;
