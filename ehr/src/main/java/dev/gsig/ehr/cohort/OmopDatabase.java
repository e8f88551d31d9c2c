package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.table.JdbcAccess;
import dev.gsig.ehr.internal.table.JdbcDatabase;
import dev.gsig.ehr.internal.table.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** An OMOP common data model in a database, which is asked for rows and for nothing else. */
public final class OmopDatabase extends OmopInput {
  private final JdbcAccess access;
  private final List<String> schemas;

  /**
   * A database that is not connected to yet.
   *
   * @param url as JDBC spells it, such as {@code jdbc:postgresql://host/database}; without a
   *     password
   * @param user who asks; null for whom the driver takes
   * @param password theirs; null for none. Never shown.
   * @param drivers the jars of the driver, or folders of them; none for one that comes with gsig
   * @param schemas where tables are looked for, the first that has it counts; none for the one
   *     schema that has the table person
   * @throws dev.gsig.ehr.InvalidInputException if the address is none of JDBC, or holds a password
   */
  public OmopDatabase(
      String url, String user, String password, List<Path> drivers, List<String> schemas) {
    this.access = new JdbcAccess(url, user, password, drivers);
    this.schemas = List.copyOf(schemas);
  }

  @Override
  OmopTables open() {
    return new Opened(new JdbcDatabase(access, schemas, "person"), schemas.isEmpty());
  }

  /** The address. */
  @Override
  public String toString() {
    return access.url();
  }

  private record Opened(JdbcDatabase database, boolean isConcluded) implements OmopTables {
    @Override
    public boolean has(String table) {
      return database.has(table);
    }

    @Override
    public void each(
        Reading reading,
        String table,
        List<String> required,
        List<String> optional,
        Consumer<Table> row) {
      reading.begin(table);
      reading.each(database.open(table, required, optional), table, row);
    }

    @Override
    public String concluded() {
      return isConcluded
          ? "no --schema: tables are read in the one that has person, "
              + String.join(", ", database.schemas())
          : null;
    }

    @Override
    public void close() {
      database.close();
    }
  }
}
