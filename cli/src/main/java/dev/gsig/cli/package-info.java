/**
 * The command line: {@code gsig demo | explain | baseline | info}. {@link dev.gsig.cli.Main} runs
 * it; {@link dev.gsig.cli.Launch} is what the launcher starts.
 */
package dev.gsig.cli;
