/** Numerical tools that know nothing of attributions. */
package dev.gsig.attribution.internal.math;
