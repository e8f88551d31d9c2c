package dev.gsig.cuda.internal;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Looks for the NVIDIA driver with nothing but a few file names, so that a machine without one pays
 * for no native code. {@code -Dgsig.cuda.driver=FILE} names a driver library that is used instead,
 * and {@code -Dgsig.cuda.driver=none} has it that there is none.
 */
final class DriverLibrary {
  /** System property with the file to load as the driver. */
  static final String PROPERTY = "gsig.cuda.driver";

  private static final String NONE = "none";

  /** Where Linux distributions, containers and WSL put it. */
  private static final List<String> FOLDERS =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib64",
          "/usr/lib",
          "/usr/lib/wsl/lib",
          "/usr/lib64/nvidia",
          "/usr/local/nvidia/lib64",
          "/usr/local/cuda/compat",
          "/run/opengl-driver/lib");

  private DriverLibrary() {}

  /** The library that was asked for by property, or null. */
  static Path named() {
    String file = System.getProperty(PROPERTY, "");
    return file.isBlank() || file.equals(NONE) ? null : Path.of(file).toAbsolutePath();
  }

  /** True if a driver seems to be installed. */
  static boolean isInstalled() {
    if (named() != null) {
      return true;
    }
    if (NONE.equals(System.getProperty(PROPERTY))) {
      return false;
    }
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows")) {
      String root = System.getenv("SystemRoot");
      return root != null && Files.exists(Path.of(root, "System32", "nvcuda.dll"));
    }
    if (Files.exists(Path.of("/dev/nvidiactl"))) {
      return true;
    }
    // No stream: its lambda would be linked at every start, which takes longer than looking.
    for (String folder : folders()) {
      if (Files.exists(Path.of(folder, "libcuda.so.1"))) {
        return true;
      }
    }
    return false;
  }

  private static List<String> folders() {
    List<String> folders = new ArrayList<>(FOLDERS);
    String path = System.getenv("LD_LIBRARY_PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
      if (!folder.isBlank()) {
        folders.add(folder);
      }
    }
    return folders;
  }
}
