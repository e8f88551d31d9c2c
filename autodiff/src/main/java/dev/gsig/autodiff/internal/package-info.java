/**
 * Reverse-mode automatic differentiation: a {@link dev.gsig.autodiff.internal.Tape} of {@link
 * dev.gsig.autodiff.internal.Operation operations}, one gradient rule each.
 */
package dev.gsig.autodiff.internal;
