package dev.gsig.ehr.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version that Maven wrote into a jar. */
public final class BuildVersion {
  private BuildVersion() {}

  /**
   * The version of a jar.
   *
   * @param type one of its classes
   * @param artifact its name in Maven
   * @return {@code development} where the class does not come from a jar
   */
  public static String of(Class<?> type, String artifact) {
    String resource = "/META-INF/maven/dev.gsig/" + artifact + "/pom.properties";
    try (InputStream in = type.getResourceAsStream(resource)) {
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
}
