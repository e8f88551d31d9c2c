/**
 * Turns models of other origin into what the engine reads: opens their files, finds the family that
 * their names belong to, and says what is missing.
 */
package dev.gsig.importer;
