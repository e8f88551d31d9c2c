package dev.gsig.ehr.internal.table;

import java.sql.Driver;
import java.util.Properties;

/**
 * A driver that comes with gsig, found with {@link java.util.ServiceLoader} where the class path
 * has one.
 */
public interface DriverProvider {
  /** How the addresses of its databases begin. */
  String prefix();

  /**
   * Sets what a connection needs to read only, and to hold no whole result.
   *
   * @param properties of the connection, which are added to
   */
  void prepare(Properties properties);

  /**
   * Loads the driver.
   *
   * @return the driver
   * @throws dev.gsig.ehr.InvalidInputException if it does not run on this machine
   */
  Driver driver();
}
