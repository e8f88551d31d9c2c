/** gsig inside other programs, on a plain class path. */
package dev.gsig.examples;
