/**
 * Parquet tables, read by DuckDB: a {@link dev.gsig.ehr.internal.table.TableFormat} that is found
 * where this module is on the class path.
 */
package dev.gsig.parquet.internal;
