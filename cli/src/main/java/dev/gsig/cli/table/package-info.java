/** Tables of results for other programs. */
package dev.gsig.cli.table;
