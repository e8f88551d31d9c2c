/**
 * Plots as SVG files for papers: 89 or 183 millimetres wide, one or two columns, with text of 7 and
 * 8 points that stays text. Drawn without a library, and without the JDK's desktop module.
 */
package dev.gsig.plots.internal;
