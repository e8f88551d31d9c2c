/** The native multimodal Transformer: weights by name, forward pass on an autodiff tape. */
package dev.gsig.transformer.internal;
