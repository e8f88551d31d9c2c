/**
 * Reverse-mode automatic differentiation: a {@link dev.gsig.autodiff.Tape} records {@link
 * dev.gsig.autodiff.Operation operations}, and sweeps back over them.
 */
package dev.gsig.autodiff;
