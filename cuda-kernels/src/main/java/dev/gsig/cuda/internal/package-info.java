/**
 * The float32 backend on NVIDIA GPUs: our own kernels, launched through JCuda's binding of the CUDA
 * driver API. No other CUDA library is used, and no class of JCuda is loaded before a driver is
 * found.
 */
package dev.gsig.cuda.internal;
