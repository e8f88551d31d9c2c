/**
 * From the tables of a hospital to the cohort of a study: the sources MIMIC-IV, MEDS and Synthea,
 * the tasks, what may be seen of a patient before the index time, and the folder that is written.
 *
 * <p>One rule keeps the future out: a task names a moment, and an input holds only visits that
 * ended before it, of those only codes recorded before it, and measurements taken before it.
 */
package dev.gsig.ehr.cohort;
