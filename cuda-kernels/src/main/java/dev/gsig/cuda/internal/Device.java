package dev.gsig.cuda.internal;

import dev.gsig.tensor.DeviceMemoryException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * One GPU with the kernels loaded, and the weights that were put on it. Shared by a backend and its
 * forks; the last of them that is closed gives everything back.
 */
final class Device {
  /** CUDA 11. */
  private static final int OLDEST_DRIVER = 11000;

  /** The device that this thread's calls go to. */
  private static final ThreadLocal<Device> CURRENT = new ThreadLocal<>();

  private static final Pattern MISSING_LIBRARY = Pattern.compile("(\\S+\\.so[.\\d]*): cannot open");

  private final CUdevice handle;
  private final CUcontext context;
  private final String description;
  private final List<KernelModule> modules = new ArrayList<>();
  private final List<DeviceBuffer> weights = new ArrayList<>();
  private int users = 1;

  final LinearKernels linear;
  final AttentionKernels attention;
  final NormKernels norm;
  final ActivationKernels activation;
  final EmbeddingKernels embedding;
  final ReductionKernels reduction;
  final RecurrentKernels recurrent;
  final SoftmaxKernels softmax;

  private Device(CUdevice handle, CUcontext context, String description) {
    this.handle = handle;
    this.context = context;
    this.description = description;
    makeCurrent();
    int multiprocessors =
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    linear = new LinearKernels(load("linear"), multiprocessors);
    attention = new AttentionKernels(load("attention"));
    norm = new NormKernels(load("norm"));
    activation = new ActivationKernels(load("activation"));
    embedding = new EmbeddingKernels(load("embedding"));
    reduction = new ReductionKernels(load("reduction"));
    recurrent = new RecurrentKernels(load("recurrent"));
    softmax = new SoftmaxKernels(load("softmax"));
  }

  private static void check(int code, String what) {
    Status.check(code, what);
  }

  private KernelModule load(String family) {
    KernelModule module = new KernelModule(family);
    modules.add(module);
    return module;
  }

  /**
   * Opens a device.
   *
   * @param ordinal its number, from 0
   * @throws UnsupportedOperationException if there is none that can be used; the message says why
   * @throws IllegalArgumentException if there are fewer devices
   */
  static Device open(int ordinal) {
    try {
      Natives.load();
    } catch (LinkageError e) {
      throw unloadable(e);
    }
    try {
      return openLoaded(ordinal);
    } catch (DeviceMemoryException | CudaFault e) {
      throw new UnsupportedOperationException(e.getMessage(), e);
    }
  }

  /** The driver's library is missing after all, or JCuda has none for this platform. */
  private static UnsupportedOperationException unloadable(LinkageError e) {
    String message = String.valueOf(e.getMessage());
    Matcher missing = MISSING_LIBRARY.matcher(message);
    String reason =
        missing.find()
            ? missing.group(1) + " is not there"
            : message.lines().map(String::strip).filter(s -> !s.isEmpty()).findFirst().orElse("");
    return new UnsupportedOperationException("the NVIDIA driver cannot be loaded: " + reason);
  }

  private static Device openLoaded(int ordinal) {
    int code = JCudaDriver.cuInit(0);
    if (code != CUresult.CUDA_SUCCESS) {
      throw new UnsupportedOperationException(
          code == CUresult.CUDA_ERROR_NO_DEVICE
              ? "the NVIDIA driver finds no GPU"
              : "the NVIDIA driver does not start: " + CUresult.stringFor(code));
    }
    int[] version = new int[1];
    check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
    if (version[0] < OLDEST_DRIVER) {
      throw new UnsupportedOperationException(
          "the NVIDIA driver is too old: it knows CUDA "
              + cuda(version[0])
              + ", and CUDA "
              + cuda(OLDEST_DRIVER)
              + " or newer is needed");
    }
    int[] count = new int[1];
    check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
    if (count[0] == 0) {
      throw new UnsupportedOperationException("the NVIDIA driver finds no GPU");
    }
    if (ordinal >= count[0]) {
      throw new IllegalArgumentException(
          "there is no CUDA device " + ordinal + "; the last one is " + (count[0] - 1));
    }
    CUdevice handle = new CUdevice();
    check(JCudaDriver.cuDeviceGet(handle, ordinal), "cuDeviceGet");
    String description = describe(handle, version[0]);
    CUcontext context = new CUcontext();
    check(JCudaDriver.cuDevicePrimaryCtxRetain(context, handle), "cuDevicePrimaryCtxRetain");
    boolean opened = false;
    try {
      Device device = new Device(handle, context, description);
      opened = true;
      return device;
    } finally {
      if (!opened) {
        // what went wrong is being thrown already
        JCudaDriver.cuDevicePrimaryCtxRelease(handle);
      }
    }
  }

  private static String describe(CUdevice handle, int version) {
    byte[] name = new byte[256];
    check(JCudaDriver.cuDeviceGetName(name, name.length, handle), "cuDeviceGetName");
    String text = new String(name, StandardCharsets.UTF_8);
    return text.substring(0, text.indexOf(0))
        + ", compute capability "
        + attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
        + "."
        + attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)
        + ", driver of CUDA "
        + cuda(version);
  }

  private static String cuda(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  private static int attribute(CUdevice handle, int attribute) {
    int[] value = new int[1];
    check(JCudaDriver.cuDeviceGetAttribute(value, attribute, handle), "cuDeviceGetAttribute");
    return value[0];
  }

  /** Name, compute capability and driver. */
  String description() {
    return description;
  }

  /** Has the driver's calls of this thread go to this device. */
  void makeCurrent() {
    if (CURRENT.get() != this) {
      check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
      CURRENT.set(this);
    }
  }

  /** Bytes of device memory that nobody has asked for. */
  long freeBytes() {
    long[] free = new long[1];
    check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
    return free[0];
  }

  /** Memory that stays until the last user is gone. */
  synchronized DeviceBuffer weights(int floats) {
    DeviceBuffer buffer = DeviceBuffer.ofFloats(floats);
    weights.add(buffer);
    return buffer;
  }

  /** One more backend uses it. */
  synchronized Device share() {
    users++;
    return this;
  }

  /** One backend less uses it, whose own memory is free already. */
  synchronized void leave() {
    if (--users == 0) {
      List<Runnable> steps = new ArrayList<>();
      steps.add(() -> check(JCudaDriver.cuCtxSynchronize(), "cuCtxSynchronize"));
      weights.forEach(buffer -> steps.add(buffer::free));
      modules.forEach(module -> steps.add(module::unload));
      steps.add(
          () -> check(JCudaDriver.cuDevicePrimaryCtxRelease(handle), "cuDevicePrimaryCtxRelease"));
      Cleanup.all(steps);
    }
  }
}
