package dev.gsig.parquet.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A made-up OMOP common data model with 20 million rows, in a JVM with a heap of 2 GiB. */
@Tag("slow")
class LargeOmopTest {
  private static final int PERSONS = 100_000;

  @TempDir static Path temp;

  private static Path tables(String format) throws IOException {
    Path folder = Files.createDirectories(temp.resolve(format));
    LargeOmop.write(folder, PERSONS, format);
    return folder;
  }

  private static void cohort(Path out, String password, String... input) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                // as the launcher does
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LargeOmop.class.getName(),
                out.toString()));
    command.addAll(List.of(input));
    ProcessBuilder process = new ProcessBuilder(command).inheritIO();
    process.environment().put("GSIG_JDBC_PASSWORD", password);

    assertThat(process.start().waitFor()).isZero();
    JsonObject rows = Json.read(out.resolve("cohort-report.json")).object("rows_read");
    int read = rows.integer("visit_occurrence");
    for (String table :
        List.of(
            "condition_occurrence",
            "procedure_occurrence",
            "drug_exposure",
            "measurement",
            "observation")) {
      read += rows.integer(table);
    }
    assertThat(read).isEqualTo(PERSONS * LargeOmop.ROWS);
  }

  @Test
  void parquetFitsInTwoGibibytes() throws Exception {
    cohort(temp.resolve("of-parquet"), "", tables("parquet").toString());
  }

  @Test
  void postgresIsStreamed() throws Exception {
    try (Postgres server = Postgres.start()) {
      server.run("CREATE SCHEMA cdm");
      server.load(tables("csv"), "cdm", LargeOmop.tables());

      cohort(
          temp.resolve("of-postgres"),
          Postgres.PASSWORD,
          server.url(),
          Postgres.USER,
          Postgres.driver().toString());
    }
  }
}
