package dev.gsig.parquet.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Driver;

/**
 * Loads DuckDB's driver. By itself the driver unpacks its native library among everybody's
 * temporary files, and leaves it there if the JVM is stopped. Here it does not find the library in
 * its jar, so it asks its class loader for one, which unpacks it into a folder that only its owner
 * may enter, and deletes it as soon as it is loaded.
 */
final class DuckDbLoader extends URLClassLoader {
  private static final String DRIVER = "org.duckdb.DuckDBDriver";
  private static final String LIBRARY = "libduckdb_java";

  private URL packed;
  private Path folder;

  private DuckDbLoader(URL jar) {
    // not the class path, which has the driver too
    super(new URL[] {jar}, ClassLoader.getPlatformClassLoader());
  }

  /**
   * Loads the driver and its native library.
   *
   * @throws InvalidInputException if there is none for this platform, or no folder for temporary
   *     files that it can be loaded from
   */
  @SuppressWarnings("resource") // as long as the driver is used, which is for ever
  static Driver driver() {
    DuckDbLoader loader = new DuckDbLoader(jar());
    try {
      Class<?> type = Class.forName(DRIVER, true, loader);
      Driver driver = (Driver) type.getDeclaredConstructor().newInstance();
      // the first connection loads the library
      driver.connect("jdbc:duckdb:", new java.util.Properties()).close();
      return driver;
    } catch (ReflectiveOperationException | java.sql.SQLException | LinkageError e) {
      throw unusable(e);
    } finally {
      loader.deleteFolder();
    }
  }

  private static URL jar() {
    String name = DRIVER.replace('.', '/') + ".class";
    URL found = DuckDbLoader.class.getClassLoader().getResource(name);
    try {
      if (found != null && found.openConnection() instanceof JarURLConnection jar) {
        return jar.getJarFileURL();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("duckdb_jdbc is not on the class path");
  }

  @Override
  public URL getResource(String name) {
    URL found = super.getResource(name);
    if (name.startsWith(LIBRARY)) {
      packed = found;
      return null;
    }
    return found;
  }

  /** What is thrown here ends the driver; null would have it look elsewhere, and print why. */
  @Override
  protected String findLibrary(String name) {
    if (packed == null) {
      throw new InvalidInputException(
          "Parquet cannot be read on this platform, for which DuckDB has no library; write the"
              + " tables as CSV");
    }
    try {
      folder = Files.createTempDirectory("gsig-duckdb");
      Path library = folder.resolve(System.mapLibraryName(name));
      try (InputStream in = packed.openStream()) {
        Files.copy(in, library);
      }
      if (library.toFile().setExecutable(true) && !Files.isExecutable(library)) {
        throw unfit("it is mounted with noexec", null);
      }
      return library.toString();
    } catch (IOException e) {
      throw unfit(inWords(e), e);
    }
  }

  private static InvalidInputException unfit(String reason, Throwable cause) {
    return new InvalidInputException(
        "Parquet cannot be read: its native library could not be unpacked and loaded in the folder"
            + " for temporary files, "
            + System.getProperty("java.io.tmpdir")
            + " ("
            + reason
            + "); name a folder with 70 MB free from which libraries may be loaded, with"
            + " GSIG_JAVA_OPTS=-Djava.io.tmpdir=FOLDER",
        cause);
  }

  /** What keeps the driver from running, as deep as it is known. */
  private static InvalidInputException unusable(Throwable fault) {
    Throwable deepest = fault;
    for (Throwable at = fault; at != null; at = at.getCause()) {
      if (at instanceof InvalidInputException known) {
        return known;
      }
      deepest = at;
    }
    return unfit(inWords(deepest), fault);
  }

  private static String inWords(Throwable reason) {
    if (reason instanceof NoSuchFileException) {
      return "there is no such folder";
    }
    if (reason instanceof AccessDeniedException) {
      return "permission is denied";
    }
    return reason instanceof FileSystemException file && file.getReason() != null
        ? file.getReason()
        : String.valueOf(reason.getMessage());
  }

  /** A loaded library needs its file no more, except on Windows, which refuses. */
  private void deleteFolder() {
    if (folder == null) {
      return;
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }
}
