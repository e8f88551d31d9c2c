package dev.gsig.cli.table;

/**
 * A column of a table. Any cell may be null.
 *
 * @param name what it is called
 * @param type what its cells are
 */
public record Column(String name, CellType type) {}
