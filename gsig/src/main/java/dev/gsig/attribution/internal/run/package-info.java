/**
 * How work is spread over patients, threads and memory: a cohort in order, tasks that take turns,
 * what each thread computes with.
 */
package dev.gsig.attribution.internal.run;
