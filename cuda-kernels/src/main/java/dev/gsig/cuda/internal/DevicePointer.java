package dev.gsig.cuda.internal;

import jcuda.driver.CUdeviceptr;

/** A device address that can be read, as kernel arguments need it. */
final class DevicePointer extends CUdeviceptr {
  long address() {
    return getNativePointer();
  }
}
