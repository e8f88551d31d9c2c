package dev.gsig.cuda.internal;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.DeviceMemoryException;
import dev.gsig.tensor.Shape;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import jcuda.driver.CUdevice;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Puts the emulated driver in place of NVIDIA's: compiles it where its sources are newer, and has
 * this JVM load it. Without g++ the tests that need it are skipped, and say so. With {@code
 * -Dgsig.cuda.real=true} the machine's own driver is used.
 */
public final class EmulatedDriver
    implements ExecutionCondition, BeforeAllCallback, AfterAllCallback {
  private static final boolean REAL = Boolean.getBoolean("gsig.cuda.real");
  private static final long MEMORY = 2L << 30;
  private static Path library;
  private String before;
  private static final String JCUDA = "/lib/libJCudaDriver-12.6.0-linux-x86_64.so";

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (REAL) {
      return ConditionEvaluationResult.enabled("on the machine's own driver");
    }
    if (!hasLibraryOfJcuda()) {
      return ConditionEvaluationResult.disabled("JCuda has no library for this platform");
    }
    boolean compiler =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "g++")));
    return compiler
        ? ConditionEvaluationResult.enabled("on the emulated driver")
        : ConditionEvaluationResult.disabled("no g++ on the PATH to compile the emulated driver");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (!REAL) {
      before = System.getProperty(DriverLibrary.PROPERTY, "");
      System.setProperty(DriverLibrary.PROPERTY, library().toString());
      Natives.load();
      reset();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (!REAL) {
      System.setProperty(DriverLibrary.PROPERTY, before);
    }
  }

  /** Its settings as they were, but for the seed, which the build gives. */
  public static void reset() {
    long seed = Long.getLong("gsig.cuda.seed", 1);
    set("devices=1 driver=13000 fail_launch=0 init=0 races=1 seed=" + seed);
    // even seeds also run some of the queued work early
    set("eager=" + (seed % 2 == 0 ? 3 : 0));
    limitAllocations(0, 0);
    set("memory=" + MEMORY);
  }

  /** Whether JCuda's native part exists for this platform. */
  static boolean hasLibraryOfJcuda() {
    return EmulatedDriver.class.getResource(JCUDA) != null;
  }

  /** The library, compiled where its sources are newer. */
  private static synchronized Path library() {
    if (library != null) {
      return library;
    }
    try {
      Path sources = Path.of("..", "cuda-kernels", "src", "test", "cpp");
      Path folder = Path.of("..", "cuda-kernels", "target", "emulator");
      Path compiled = folder.resolve("libcuda.so.1");
      if (isOutdated(compiled, sources)) {
        compile(sources, folder);
      }
      library = compiled.toRealPath();
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOutdated(Path library, Path sources) throws IOException {
    if (!Files.exists(library)) {
      return true;
    }
    try (Stream<Path> files = Files.list(sources)) {
      return files.map(EmulatedDriver::time).max(Comparator.naturalOrder()).orElseThrow()
          > time(library);
    }
  }

  private static long time(Path file) {
    return file.toFile().lastModified();
  }

  private static void compile(Path sources, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path jcuda = folder.resolve("libJCudaDriver.so");
    try (InputStream in = EmulatedDriver.class.getResourceAsStream(JCUDA)) {
      Files.copy(in, jcuda, StandardCopyOption.REPLACE_EXISTING);
    }
    Process build =
        new ProcessBuilder(
                List.of(
                    "bash",
                    sources.resolve("build.sh").toString(),
                    jcuda.toRealPath().toString(),
                    folder.toRealPath().toString()))
            .inheritIO()
            .start();
    try {
      if (build.waitFor() != 0) {
        throw new IllegalStateException("the emulated driver does not compile");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Whether tests run on the emulator, so that its settings and reports are there. */
  public static boolean isInUse() {
    return !REAL;
  }

  /** Changes settings, {@code "key=value key=value"}; driver.cpp lists them. */
  public static void set(String settings) {
    Status.check(JCudaDriver.cuModuleLoadData(new CUmodule(), "emulator: " + settings), settings);
  }

  /** Leaves so many bytes of device memory free. */
  public static void limitMemoryTo(long free) {
    set("memory=" + (DeviceBuffer.totalBytes() + free));
  }

  /** Has {@code count} allocations fail, from the {@code first} on, counted from 1. */
  public static void limitAllocations(int first, int count) {
    set("fail_alloc=" + first + " fail_allocs=" + count);
  }

  /** Bytes of device memory that are not free. */
  public static long usedMemory() {
    return DeviceBuffer.totalBytes();
  }

  /**
   * Has a backend give its device what it keeps for later, as want of memory does.
   *
   * @return whether it did
   */
  public static boolean makeRoom(Backend backend) {
    limitMemoryTo(0);
    try {
      backend.release(backend.allocate(Shape.matrix(1 << 20, 1)));
      return false;
    } catch (DeviceMemoryException e) {
      return true;
    } finally {
      set("memory=" + MEMORY);
    }
  }

  /** What the emulator counts. */
  public enum Count {
    LAUNCHES(10000),
    BUFFERS(10001),
    PINNED_BUFFERS(10002),
    REPORTS(10003),
    CONTEXTS(10004),
    FAILED_ALLOCATIONS(10005),
    DOWNLOADS(10006);

    private final int attribute;

    Count(int attribute) {
      this.attribute = attribute;
    }
  }

  /** A count so far. */
  public static int count(Count what) {
    int[] value = new int[1];
    Status.check(
        JCudaDriver.cuDeviceGetAttribute(value, what.attribute, new CUdevice()), what.name());
    return value[0];
  }

  /** What it had to report last: a race, say. */
  public static String lastReport() {
    String[] text = new String[1];
    Status.check(JCudaDriver.cuDeviceGetPCIBusId(text, 1000, new CUdevice()), "last report");
    return text[0];
  }

  /** Forgets a fault, as if the process had ended. */
  public static void forgetFault() {
    Status.check(JCudaDriver.cuDevicePrimaryCtxReset(new CUdevice()), "reset");
  }
}
