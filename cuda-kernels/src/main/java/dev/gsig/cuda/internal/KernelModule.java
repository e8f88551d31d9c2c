package dev.gsig.cuda.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** The kernels of one family, compiled by the driver from the PTX that comes with this class. */
final class KernelModule {
  private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)\\s*\\(([^)]*)\\)");
  private static final Pattern PARAMETER = Pattern.compile("\\.param\\s+\\.(\\w+)");

  private final CUmodule handle = new CUmodule();
  private final Map<String, Kernel> kernels = new LinkedHashMap<>();

  /**
   * Loads a family into the current context.
   *
   * @param family name of its source and its PTX
   */
  KernelModule(String family) {
    String ptx = ptx(family);
    Status.check(JCudaDriver.cuModuleLoadData(handle, ptx), "loading the kernels of " + family);
    signatures(ptx)
        .forEach(
            (name, signature) -> {
              CUfunction function = new CUfunction();
              int code = JCudaDriver.cuModuleGetFunction(function, handle, name);
              Status.check(code, "looking up the kernel " + name);
              kernels.put(name, new Kernel(name, signature, function));
            });
  }

  static String ptx(String family) {
    try (InputStream in = KernelModule.class.getResourceAsStream(family + ".ptx")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The kinds of the parameters of each kernel in a PTX text. */
  static Map<String, String> signatures(String ptx) {
    Map<String, String> signatures = new LinkedHashMap<>();
    Matcher entry = ENTRY.matcher(ptx);
    while (entry.find()) {
      StringBuilder kinds = new StringBuilder();
      Matcher parameter = PARAMETER.matcher(entry.group(2));
      while (parameter.find()) {
        kinds.append(
            switch (parameter.group(1)) {
              case "u64" -> 'p';
              case "u32" -> 'i';
              case "f32" -> 'f';
              default -> throw new IllegalStateException(entry.group());
            });
      }
      signatures.put(entry.group(1), kinds.toString());
    }
    return signatures;
  }

  Kernel kernel(String name) {
    Kernel kernel = kernels.get(name);
    if (kernel == null) {
      throw new IllegalStateException("no kernel is called " + name);
    }
    return kernel;
  }

  void unload() {
    Status.check(JCudaDriver.cuModuleUnload(handle), "cuModuleUnload");
  }
}
