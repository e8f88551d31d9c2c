package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FolderFiles;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/**
 * How a database is reached: its address, who asks, and the driver. It never shows the password.
 */
public final class JdbcAccess {
  /** How addresses name a password: as a property, or behind the user before an at sign. */
  private static final Pattern HAS_PASSWORD =
      Pattern.compile(
          "(?i).*([?&;,:(]\\w*(password|pwd|passwd)\\s*=|//[^/@?:]*:[^/@?]+@|:[^:/@?]+/[^/@?]+@).*");

  private final String url;
  private final String user;
  private final String password;
  private final List<Path> drivers;

  /**
   * An access that is not tried yet.
   *
   * @param url as JDBC spells it, such as {@code jdbc:postgresql://host/database}
   * @param user null for none
   * @param password null for none
   * @param drivers the jars of the driver; none for one that comes with gsig
   * @throws InvalidInputException if the address is none of JDBC, or holds a password
   */
  public JdbcAccess(String url, String user, String password, List<Path> drivers) {
    this.url = url;
    this.user = user;
    this.password = password;
    this.drivers = List.copyOf(drivers);
    if (HAS_PASSWORD.matcher(url).matches()) {
      throw new InvalidInputException(
          "the address of the database holds a password, which every user of this machine could"
              + " read off its processes; leave it out, and give it in the environment variable"
              + " GSIG_JDBC_PASSWORD, or when you are asked");
    }
    if (!url.startsWith("jdbc:")) {
      throw new InvalidInputException(
          url + ": an address such as jdbc:postgresql://HOST/DATABASE is needed");
    }
  }

  /** The address, which holds no password. */
  public String url() {
    return url;
  }

  /** The address alone. */
  @Override
  public String toString() {
    return url;
  }

  /** Connects, for reading only. */
  Connection connect() {
    Properties properties = new Properties();
    if (user != null) {
      properties.setProperty("user", user);
    }
    if (password != null) {
      properties.setProperty("password", password);
    }
    Driver driver = driver(properties);
    try {
      Connection connection = driver.connect(url, properties);
      if (connection != null) {
        return connection;
      }
    } catch (SQLException e) {
      throw new InvalidInputException(
          url
              + ": cannot be connected to: "
              + said(e)
              + "; check the address, the user, and the password in GSIG_JDBC_PASSWORD",
          e);
    }
    throw none();
  }

  /** What a database says, in one line, and without the password. */
  String said(SQLException fault) {
    String text = String.valueOf(fault.getMessage()).lines().findFirst().orElse("").strip();
    return password == null || password.isEmpty() ? text : text.replace(password, "***");
  }

  private Driver driver(Properties properties) {
    if (!drivers.isEmpty()) {
      return ofJars();
    }
    for (DriverProvider provider : ServiceLoader.load(DriverProvider.class)) {
      if (url.startsWith(provider.prefix())) {
        provider.prepare(properties);
        return provider.driver();
      }
    }
    throw new InvalidInputException(
        url
            + ": no driver for such a database comes with gsig; fetch the jar of its JDBC driver,"
            + " and name it with --driver-path");
  }

  /** The driver of the jars that takes the address. */
  @SuppressWarnings("resource") // as long as the driver is used, which is for ever
  private Driver ofJars() {
    URLClassLoader loader =
        new URLClassLoader(
            drivers.stream().flatMap(path -> jars(path).stream()).toArray(URL[]::new),
            ClassLoader.getPlatformClassLoader());
    List<String> found = new ArrayList<>();
    try {
      for (Driver driver : ServiceLoader.load(Driver.class, loader)) {
        // the platform has none of its own, so that what is found is of the jars
        if (driver.acceptsURL(url)) {
          return driver;
        }
        found.add(driver.getClass().getName());
      }
    } catch (SQLException | ServiceConfigurationError | LinkageError e) {
      throw new InvalidInputException(
          "--driver-path "
              + shown()
              + ": its driver cannot be loaded: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + "; is it whole, and for Java "
              + Runtime.version().feature()
              + "?",
          e);
    }
    if (found.isEmpty()) {
      throw new InvalidInputException(
          "--driver-path " + shown() + ": holds no JDBC driver; name the jar of your database's");
    }
    throw none();
  }

  private InvalidInputException none() {
    return new InvalidInputException(
        url
            + ": the driver of --driver-path "
            + shown()
            + " does not know such addresses; name the jar of this database's, or mend the address");
  }

  private String shown() {
    return String.join(":", drivers.stream().map(Path::toString).toList());
  }

  /** A jar, or all jars of a folder. */
  private static List<URL> jars(Path path) {
    List<Path> files = List.of(path);
    if (Files.isDirectory(path)) {
      files =
          FolderFiles.under(path, file -> file.getFileName().toString().endsWith(".jar")).files();
    } else if (!Files.exists(path)) {
      throw new InvalidInputException("--driver-path " + path + ": no such file; check the path");
    }
    List<URL> urls = new ArrayList<>();
    try {
      for (Path file : files) {
        urls.add(file.toUri().toURL());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return urls;
  }
}
