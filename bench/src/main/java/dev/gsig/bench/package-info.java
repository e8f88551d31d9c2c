/**
 * Benchmarks whose results are checked, and our side of the comparison with other engines. The page
 * {@code bench/README.md} says how to run and to read them.
 */
package dev.gsig.bench;
