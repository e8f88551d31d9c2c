package dev.gsig.ehr.cohort;

/**
 * One line of a cohort to be.
 *
 * @param id what it is called
 * @param before the moment that everything in the input comes before
 * @param label its class
 */
record Sample(String id, long before, int label) {}
