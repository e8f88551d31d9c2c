/**
 * What every module needs to treat user input and output alike: JSON and lines that are refused
 * with one message, files that are written whole or not at all, and their checksums.
 */
package dev.gsig.ehr.internal;
