package dev.gsig.cuda.internal;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import jcuda.CudaException;
import jcuda.driver.JCudaDriver;

/**
 * Loads JCuda. By itself it would unpack its native library to a file of a fixed name under {@code
 * java.io.tmpdir}, and load whatever is there already, perhaps by somebody else. So the class that
 * does it is replaced by {@link LibUtilsCuda} before JCuda asks for it, and the library is unpacked
 * here, into a folder of its own.
 */
final class Natives {
  private static boolean loaded;
  private static String reason;

  private Natives() {}

  /**
   * Loads it once.
   *
   * @throws LinkageError if that fails, the same each time: only the first one says why
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    if (reason != null) {
      throw new UnsatisfiedLinkError(reason);
    }
    if (DriverLibrary.named() != null) {
      System.load(DriverLibrary.named().toString());
    }
    try {
      initialiseInPrivateFolder();
      loaded = true;
    } catch (LinkageError e) {
      reason = String.valueOf(e.getMessage());
      throw e;
    }
  }

  private static void initialiseInPrivateFolder() {
    Path folder;
    try {
      // only its owner may enter it
      folder = Files.createTempDirectory("gsig-cuda");
    } catch (IOException e) {
      throw cannotUnpack(e);
    }
    try {
      replaceLoader(name -> unpack(name, folder));
      JCudaDriver.setExceptionsEnabled(false);
    } finally {
      delete(folder);
    }
  }

  /**
   * Defines {@link LibUtilsCuda} in JCuda's package and class loader. A jar could not bring it
   * there: on the module path no two may share a package, on the class path their order decides.
   */
  private static void replaceLoader(UnaryOperator<String> files) {
    try {
      Lookup jcuda = MethodHandles.privateLookupIn(CudaException.class, MethodHandles.lookup());
      jcuda.defineClass(replacement()).getField("files").set(null, files);
    } catch (IOException | ReflectiveOperationException e) {
      throw new LinkageError("JCuda's loader cannot be replaced: " + e, e);
    } catch (LinkageError e) {
      if (e.getClass() != LinkageError.class) {
        throw e;
      }
      // it is there already: this program uses JCuda for itself, as that loads itself
    }
  }

  /** {@link LibUtilsCuda} under the name of JCuda's class. */
  private static byte[] replacement() throws IOException {
    String ours = LibUtilsCuda.class.getName().replace('.', '/');
    try (InputStream in = Natives.class.getResourceAsStream("LibUtilsCuda.class")) {
      // one character for each byte
      String code = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      return code.replace(constant(ours), constant("jcuda/LibUtilsCuda"))
          .getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /** A string as class files hold it after its tag: its length in two bytes, then itself. */
  private static String constant(String ascii) {
    return "\0" + (char) ascii.length() + ascii;
  }

  private static String unpack(String name, Path folder) {
    String library = System.mapLibraryName(name);
    // through the class loader, for on the module path it is in another module than the classes
    try (InputStream in =
        JCudaDriver.class.getClassLoader().getResourceAsStream("lib/" + library)) {
      if (in == null) {
        throw new UnsatisfiedLinkError("JCuda has no library for this platform: " + library);
      }
      Path file = existing(folder).resolve(library);
      Files.copy(in, file);
      if (!file.startsWith(folder)) {
        file.toFile().deleteOnExit();
      }
      return file.toString();
    } catch (IOException e) {
      throw cannotUnpack(e);
    }
  }

  /**
   * That folder, or another once it is gone: a program may load more of JCuda's libraries later.
   */
  private static Path existing(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Path other = Files.createTempDirectory("gsig-cuda");
    other.toFile().deleteOnExit(); // after the file in it, which is registered later
    return other;
  }

  private static LinkageError cannotUnpack(IOException e) {
    return new LinkageError(
        "JCuda's library cannot be unpacked ("
            + e
            + "); -Djava.io.tmpdir=FOLDER names another folder for temporary files",
        e);
  }

  /** A loaded library needs its file no more, except on Windows, which refuses. */
  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }
}
