package dev.gsig.parquet.internal;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** DuckDB in memory, kept small and off the network. */
final class DuckDb {
  private static Driver driver;

  private DuckDb() {}

  /**
   * Opens a database of its own.
   *
   * @throws dev.gsig.ehr.InvalidInputException if DuckDB does not run on this machine, or finds no
   *     folder for its library
   */
  static Connection connect() {
    Properties properties = new Properties();
    streamed(properties);
    try {
      Connection connection = driver().connect("jdbc:duckdb:", properties);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET memory_limit = '1GB'");
        statement.execute("SET threads = 2");
        // an instant has one text, whatever the zone of this machine
        statement.execute("SET TimeZone = 'UTC'");
        // nothing is spilled: rows are only passed on
        statement.execute("SET temp_directory = ''");
      }
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB cannot be started: " + e.getMessage(), e);
    }
  }

  /** A connection that holds no whole result, and fetches nothing from elsewhere. */
  static void streamed(Properties properties) {
    // without this a result is held in memory
    properties.setProperty("jdbc_stream_results", "true");
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("autoload_known_extensions", "false");
  }

  static synchronized Driver driver() {
    if (driver == null) {
      driver = DuckDbLoader.driver();
    }
    return driver;
  }
}
