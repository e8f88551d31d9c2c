package dev.gsig.cli;

import dev.gsig.ehr.internal.BuildVersion;
import picocli.CommandLine.IVersionProvider;

/** What this is: the version that Maven wrote into the jar. */
final class Version implements IVersionProvider {
  /** The version; {@code development} where the classes do not come from a jar. */
  static String number() {
    return BuildVersion.of(Version.class, "gsig-cli");
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
