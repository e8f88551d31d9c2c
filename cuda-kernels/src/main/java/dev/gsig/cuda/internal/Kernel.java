package dev.gsig.cuda.internal;

import jcuda.driver.CUfunction;

/**
 * A kernel of a loaded module.
 *
 * @param signature kind of each parameter, as the PTX declares them: {@code p} an address, {@code
 *     i} an int, {@code f} a float
 */
record Kernel(String name, String signature, CUfunction function) {}
