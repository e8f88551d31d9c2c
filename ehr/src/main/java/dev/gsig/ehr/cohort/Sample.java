package dev.gsig.ehr.cohort;

/**
 * One line of a cohort to be.
 *
 * @param id what it is called
 * @param moment what may be seen ends there
 * @param label its class
 */
record Sample(String id, Moment moment, int label) {}
