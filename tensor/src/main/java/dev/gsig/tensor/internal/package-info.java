/** What backends share: checks of arguments, memory, and the training primitives' reference. */
package dev.gsig.tensor.internal;
