/**
 * Tables of text, read row by row and by column name: CSV here, other formats through {@link
 * dev.gsig.ehr.internal.table.TableFormat}, which the class path may provide.
 */
package dev.gsig.ehr.internal.table;
