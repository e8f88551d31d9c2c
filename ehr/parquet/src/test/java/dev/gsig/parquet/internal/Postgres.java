package dev.gsig.parquet.internal;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real PostgreSQL of its own, in a folder that is deleted with it, on a port of this machine. */
final class Postgres implements AutoCloseable {
  static final String USER = "gsig";
  static final String PASSWORD = "correct horse";

  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

  private final Path programs;
  private final Path folder;
  private final int port;

  private Postgres(Path programs) throws IOException {
    this.programs = programs;
    this.folder = Files.createTempDirectory("gsig-postgres");
    try (ServerSocket socket = new ServerSocket(0)) {
      this.port = socket.getLocalPort();
    }
    Path password = folder.resolve("password");
    Files.writeString(password, PASSWORD + "\n");
    if (isRoot()) {
      run("chown", "-R", "postgres", folder.toString());
    }
    Path data = folder.resolve("data");
    asServer(
        "initdb",
        "-D",
        data,
        "-U",
        USER,
        "-A",
        "scram-sha-256",
        "-E",
        "UTF8",
        "--no-locale",
        "--pwfile",
        password,
        "--no-sync");
    asServer(
        "pg_ctl",
        "-D",
        data,
        "-w",
        "-l",
        folder.resolve("log"),
        "-o",
        "-p " + port + " -k " + folder + " -c listen_addresses=127.0.0.1 -c fsync=off",
        "start");
  }

  /** Starts one; the test is skipped where none is installed. */
  static Postgres start() {
    try {
      Path programs = null;
      if (Files.isDirectory(INSTALLED)) {
        try (Stream<Path> versions = Files.list(INSTALLED)) {
          programs =
              versions
                  .map(version -> version.resolve("bin"))
                  .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                  .max(Path::compareTo)
                  .orElse(null);
        }
      }
      assumeThat(programs).as("PostgreSQL under " + INSTALLED).isNotNull();
      return new Postgres(programs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** The server refuses to run as root. */
  private void asServer(String program, Object... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(programs.resolve(program).toString());
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    run(command.toArray(String[]::new));
  }

  private void run(String... command) {
    try {
      Path said = Files.createTempFile("gsig-postgres", ".out");
      Process process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      int code = process.waitFor();
      String text = Files.readString(said);
      Files.delete(said);
      if (code != 0) {
        throw new AssertionError(String.join(" ", command) + ": " + text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  /** The jar of its driver, which is on the tests' class path alone. */
  static Path driver() {
    try {
      Class<?> driver = Class.forName("org.postgresql.Driver");
      return Path.of(driver.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (ClassNotFoundException | URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url(), USER, PASSWORD);
  }

  void run(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Makes tables of files of CSV, in a schema that is there. */
  void load(Path folder, String schema, List<String> tables) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String table : tables) {
        Path file = folder.resolve(table + ".csv");
        String header;
        try (Stream<String> lines = Files.lines(file)) {
          header = lines.findFirst().orElseThrow();
        }
        String name = "\"" + schema.replace("\"", "\"\"") + "\"." + table;
        statement.execute(
            "CREATE TABLE "
                + name
                + " ("
                + Arrays.stream(header.split(","))
                    .map(column -> column + " " + type(column))
                    .collect(Collectors.joining(", "))
                + ")");
        run(
            programs.resolve("psql").toString(),
            "postgresql://" + USER + ":correct%20horse@127.0.0.1:" + port + "/postgres",
            "-c",
            "\\copy " + name + " FROM '" + file + "' (FORMAT csv, HEADER)");
      }
    } catch (SQLException | IOException e) {
      throw new AssertionError(e);
    }
  }

  /** As OMOP's own definitions have it. */
  private static String type(String column) {
    if (column.equals("concept_class_id") || column.equals("vocabulary_id")) {
      return "varchar(20)";
    }
    return column.endsWith("_id") || column.endsWith("_of_birth")
        ? "integer"
        : column.endsWith("_date")
            ? "date"
            : column.endsWith("datetime")
                ? "timestamp"
                : column.equals("value_as_number") ? "numeric" : "text";
  }

  @Override
  public void close() {
    asServer("pg_ctl", "-D", folder.resolve("data"), "-m", "immediate", "stop");
    run("rm", "-rf", folder.toString());
  }
}
