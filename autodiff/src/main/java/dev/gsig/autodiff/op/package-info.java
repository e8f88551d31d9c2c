/** The operations: one class each, its forward pass and its gradient rule side by side. */
package dev.gsig.autodiff.op;
