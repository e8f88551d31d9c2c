package dev.gsig.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What this is: the version that Maven wrote into the jar. */
final class Version implements IVersionProvider {
  private static final String RESOURCE = "/META-INF/maven/dev.gsig/gsig-cli/pom.properties";

  /** The version; {@code development} where the classes do not come from a jar. */
  static String number() {
    try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        return "development";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Name and version. */
  static String engine() {
    return "gsig " + number();
  }

  @Override
  public String[] getVersion() {
    return new String[] {engine() + " (" + java() + ")"};
  }

  /** The JVM that runs this. */
  static String java() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version");
  }
}
