package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A database as tables of text. It is asked for nothing but rows, which are streamed; names are
 * quoted as the database spells them, so that none can be taken for a part of the question.
 */
public final class JdbcDatabase implements AutoCloseable {
  /** So many rows are fetched at a time. */
  private static final int FETCHED = 10_000;

  private record Name(String schema, String table) {}

  private final JdbcAccess access;
  private final Connection connection;
  private final String quote;
  private final List<String> schemas;
  private final Map<String, List<Name>> names = new HashMap<>();

  /**
   * Connects.
   *
   * @param access to the database
   * @param schemas where tables are looked for, the first that has it counts; none for the one
   *     schema that has the table {@code home}
   * @param home a table that there is in each data set
   * @throws InvalidInputException if there is no connection, no such schema, or not one home
   */
  public JdbcDatabase(JdbcAccess access, List<String> schemas, String home) {
    this.access = access;
    this.connection = access.connect();
    try {
      readOnly();
      this.quote = connection.getMetaData().getIdentifierQuoteString().strip();
      this.schemas = new ArrayList<>(schemas(schemas));
      if (schemas.isEmpty()) {
        this.schemas.add(homeOf(home));
      }
    } catch (SQLException e) {
      close();
      throw new InvalidInputException(
          access.url() + ": does not tell its tables: " + access.said(e), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** One view of all tables, where the database gives one without holding others up. */
  private void readOnly() throws SQLException {
    try {
      connection.setReadOnly(true);
    } catch (SQLException e) {
      // some decide it at the connection; nothing but rows is asked for anyway
    }
    if (connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    }
    // drivers fetch by portions in a transaction only
    connection.setAutoCommit(false);
  }

  /** Finds all tables; of the schemas asked for, how the database spells them. */
  private List<String> schemas(List<String> asked) throws SQLException {
    TreeSet<String> all = new TreeSet<>();
    DatabaseMetaData meta = connection.getMetaData();
    try (ResultSet schemas = meta.getSchemas()) {
      while (schemas.next()) {
        all.add(schemas.getString("TABLE_SCHEM"));
      }
    }
    try (ResultSet tables = meta.getTables(connection.getCatalog(), null, "%", null)) {
      while (tables.next()) {
        String schema = tables.getString("TABLE_SCHEM");
        String table = tables.getString("TABLE_NAME");
        if (isReadable(tables.getString("TABLE_TYPE"))) {
          names
              .computeIfAbsent(table.toLowerCase(Locale.ROOT), any -> new ArrayList<>())
              .add(new Name(schema == null ? "" : schema, table));
          all.add(schema == null ? "" : schema);
        }
      }
    }
    List<String> spelt = new ArrayList<>();
    for (String name : asked) {
      List<String> same = all.stream().filter(name::equalsIgnoreCase).toList();
      if (same.isEmpty()) {
        throw new InvalidInputException(
            access.url()
                + ": has no schema "
                + Json.quote(name)
                + "; it has "
                + all.stream().map(Json::quote).collect(Collectors.joining(", ")));
      }
      spelt.add(same.contains(name) ? name : same.get(0));
    }
    return spelt;
  }

  private String homeOf(String table) {
    List<Name> all = names.getOrDefault(table, List.of());
    if (all.size() == 1) {
      return all.get(0).schema();
    }
    throw new InvalidInputException(
        access.url()
            + (all.isEmpty()
                ? ": has no table " + table
                : ": has several tables "
                    + table
                    + ": "
                    + all.stream().map(this::quoted).collect(Collectors.joining(", ")))
            + "; name the schema of the data with --schema");
  }

  private static boolean isReadable(String type) {
    String text = type == null ? "" : type.toUpperCase(Locale.ROOT);
    return !text.startsWith("SYSTEM")
        && (text.contains("TABLE") || text.contains("VIEW") || text.contains("SYNONYM"));
  }

  /**
   * Says whether there is a table.
   *
   * @param table its name, in lower case
   * @return whether it is there
   * @throws InvalidInputException if a schema has several, whose names differ in case alone
   */
  public boolean has(String table) {
    return find(table) != null;
  }

  /** Where tables are looked for, as the database spells it. */
  public List<String> schemas() {
    return List.copyOf(schemas);
  }

  private Name find(String table) {
    for (String schema : schemas) {
      List<Name> here =
          names.getOrDefault(table, List.of()).stream()
              .filter(name -> name.schema().equals(schema))
              .toList();
      if (here.size() > 1) {
        throw new InvalidInputException(
            access.url()
                + ": has several tables "
                + here.stream().map(this::quoted).collect(Collectors.joining(", "))
                + ", which differ in case alone; name one of them otherwise, or make a view");
      }
      if (!here.isEmpty()) {
        return here.get(0);
      }
    }
    return null;
  }

  /**
   * Opens a table.
   *
   * @param table its name, in lower case
   * @param required columns that must be there
   * @param optional columns that may be there
   * @return its rows, to be closed by the caller
   * @throws InvalidInputException if there is none, it cannot be read, or lacks a required column
   */
  public Table open(String table, List<String> required, List<String> optional) {
    Name name = find(table);
    if (name == null) {
      throw new InvalidInputException(
          access.url()
              + ": has no table "
              + table
              + " in the schema "
              + String.join(", ", schemas)
              + "; name the schema that has it with --schema");
    }
    String what = access.url() + ", table " + quoted(name);
    Statement statement = null;
    try {
      Columns columns = Columns.find(what, header(name), required, optional);
      statement = connection.createStatement();
      statement.setFetchSize(FETCHED);
      return new JdbcTable(
          what, statement, statement.executeQuery(query(name, columns)), columns, access);
    } catch (SQLException e) {
      JdbcTable.close(statement);
      throw new InvalidInputException(what + ": cannot be read: " + access.said(e), e);
    } catch (RuntimeException e) {
      JdbcTable.close(statement);
      throw e;
    }
  }

  private List<String> header(Name name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery("SELECT * FROM " + quoted(name) + " WHERE 1 = 0")) {
      ResultSetMetaData meta = none.getMetaData();
      List<String> header = new ArrayList<>();
      for (int i = 1; i <= meta.getColumnCount(); i++) {
        header.add(meta.getColumnName(i));
      }
      return header;
    }
  }

  private String query(Name name, Columns columns) {
    return "SELECT "
        + IntStream.range(0, columns.count())
            .mapToObj(i -> columns.position(i) < 0 ? "NULL" : quoted(columns.spelt(i)))
            .collect(Collectors.joining(", "))
        + " FROM "
        + quoted(name);
  }

  private String quoted(Name name) {
    return (name.schema().isEmpty() ? "" : quoted(name.schema()) + ".") + quoted(name.table());
  }

  private String quoted(String name) {
    if (quote.isEmpty()) {
      if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
        throw new InvalidInputException(
            access.url()
                + ": the name "
                + Json.quote(name)
                + " cannot be asked for, for this database quotes no names; rename it, or make a"
                + " view");
      }
      return name;
    }
    return quote + name.replace(quote, quote + quote) + quote;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // All that was wanted has been read.
    }
  }
}
