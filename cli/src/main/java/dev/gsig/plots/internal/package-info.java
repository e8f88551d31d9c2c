/**
 * Plots as SVG files for papers, drawn by XChart and written by Apache Batik. Needs the JDK's
 * desktop module and a font; no display.
 */
package dev.gsig.plots.internal;
