/**
 * Parquet tables, read by DuckDB: a {@link dev.gsig.ehr.table.TableFormat} that is found where this
 * module is on the class path.
 */
package dev.gsig.parquet;
