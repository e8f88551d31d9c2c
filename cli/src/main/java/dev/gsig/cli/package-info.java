/**
 * The command line. {@link dev.gsig.cli.Main} runs it; {@link dev.gsig.cli.Launch} is what the
 * launcher starts. A program, not a library: its classes are no promise to others.
 */
package dev.gsig.cli;
