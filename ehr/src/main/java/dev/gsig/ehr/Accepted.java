package dev.gsig.ehr;

/**
 * What was accepted to read a trajectory, see the methods of {@link TokenSequence} of these names.
 */
record Accepted(
    int unknownCodes,
    int truncatedTokens,
    int emptyVisits,
    int disorderedVisits,
    int roundedAges) {}
