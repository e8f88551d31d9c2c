/**
 * What configurations and callers see of the tensor library: names of activations, and what is
 * thrown where a backend or its memory cannot be had. The library itself is {@code
 * dev.gsig.tensor.internal}.
 */
package dev.gsig.tensor;
