package dev.gsig.parquet.internal;

import dev.gsig.ehr.internal.table.DriverProvider;
import java.sql.Driver;
import java.util.Properties;

/** DuckDB's databases, {@code jdbc:duckdb:FILE}, by the driver that reads Parquet, too. */
public final class DuckDbProvider implements DriverProvider {
  private static final String PREFIX = "jdbc:duckdb:";

  /** Called by {@link java.util.ServiceLoader}. */
  public DuckDbProvider() {}

  @Override
  public String prefix() {
    return PREFIX;
  }

  @Override
  public void prepare(Properties properties) {
    DuckDb.streamed(properties);
    // neither made where there is none, nor locked for others
    properties.setProperty("duckdb.read_only", "true");
    // a view may name other files; they are no part of the database
    properties.setProperty("enable_external_access", "false");
  }

  @Override
  public Driver driver() {
    return DuckDb.driver();
  }
}
