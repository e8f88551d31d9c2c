package dev.gsig.cuda.internal;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.internal.CheckedBackend;
import dev.gsig.tensor.internal.SizeClasses;

/** Opens {@link CudaBackend} on the first GPU, or on {@code cuda:N}. */
public final class CudaProvider implements Backends.Provider {
  @Override
  public String name() {
    return CudaBackend.NAME;
  }

  @Override
  public boolean preferred() {
    return DriverLibrary.isInstalled();
  }

  @Override
  public Backend open() {
    return open(0);
  }

  @Override
  public Backend open(String device) {
    if (!device.matches("[0-9]{1,4}")) {
      throw new IllegalArgumentException(
          "'" + device + "' is not the number of a CUDA device; name one as cuda:0");
    }
    return open(Integer.parseInt(device));
  }

  private static Backend open(int ordinal) {
    // before any class that knows JCuda's is loaded
    if (!DriverLibrary.isInstalled()) {
      throw new UnsupportedOperationException("there is no NVIDIA driver on this machine");
    }
    Device device = Device.open(ordinal);
    try {
      return new CheckedBackend(CudaBackend.of(device, SizeClasses::classOf));
    } catch (DeviceMemoryException | CudaFault e) {
      throw new UnsupportedOperationException(e.getMessage(), e);
    }
  }
}
