package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    spark = Local.session("local[2]");
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private final Counters counters = new Counters(spark.sparkContext());

  private Dataset<Row> read(Object path) {
    Patients patients = Cohorts.read(spark, path.toString(), Format.JSONL, null, counters);
    return spark.createDataFrame(patients.rows(), patients.schema());
  }

  @Test
  void aCohortIsReadAsTheCommandLineReadsItInSplitsAndInOrder() {
    Path file = Local.DEMO.resolve("test.jsonl");

    Dataset<Row> rows = read(file);

    assertThat(rows.collectAsList().stream().map(JsonLinesTest::trajectory).toList())
        .isEqualTo(CohortReader.readAll(file));
    assertThat(rows.javaRDD().getNumPartitions()).isGreaterThan(3);
    assertThat(counters.rejected()).isZero();
  }

  @Test
  void filesOfAFolderAreReadInTheOrderOfTheirNamesCompressedOnesToo() throws IOException {
    Files.writeString(folder.resolve("b.jsonl"), patient("b"));
    Files.writeString(folder.resolve("c.jsonl"), patient("c") + patient("d"));
    Files.writeString(folder.resolve("_SUCCESS"), "no cohort");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(patient("a").getBytes(StandardCharsets.UTF_8));
    }
    Files.write(folder.resolve("a.jsonl.gz"), bytes.toByteArray());

    assertThat(read(folder).select("subject_id").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("a", "b", "c", "d");
    assertThat(read(folder.resolve("[bc].jsonl")).count()).isEqualTo(3);
  }

  /** What is no data of a folder is passed over and named; what is named is read. */
  @Test
  void onlyDataOfAFolderIsRead() throws IOException {
    Path shards = Files.createDirectory(folder.resolve("shards"));
    Files.writeString(shards.resolve("one.JSONL"), patient("one"));
    Path cohort = Files.createDirectories(folder.resolve("cohort/.cache")).getParent();
    Files.createSymbolicLink(cohort.resolve("shards"), shards);
    Files.createSymbolicLink(shards.resolve("back"), cohort);
    Files.writeString(cohort.resolve("part-00000"), patient("two"));
    Files.writeString(cohort.resolve("._part-00000"), "resource fork");
    Files.writeString(cohort.resolve("vocab.json"), "{}");

    assertThat(read(cohort).select("subject_id").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("two", "one");
    assertThat(counters.rejected()).isZero();
    assertThat(CohortFiles.of(spark, cohort.toString(), Format.JSONL).passedOver())
        .containsExactly(
            "._part-00000 (hidden)",
            ".cache (hidden)",
            "shards/back (leads back to a folder that it is in)",
            "vocab.json (of another kind)");
    Path odd = Files.writeString(folder.resolve("patients.txt"), patient("odd"));
    assertThat(read(odd).count()).isEqualTo(1);
    assertThatThrownBy(() -> read(Files.createDirectory(folder.resolve("none"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none: holds no file of jsonl");
  }

  @Test
  void packedFilesWithAnotherNameAreRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(patient("a").getBytes(StandardCharsets.UTF_8));
    }
    Path packed = Files.write(folder.resolve("a.jsonl"), bytes.toByteArray());
    Path plain = Files.writeString(folder.resolve("b.jsonl.gz"), patient("b"));

    assertThatThrownBy(() -> read(packed))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(packed + ": is packed with gzip; give it a name that ends in .gz");
    assertThatThrownBy(() -> read(plain))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is named .gz, but is not packed with gzip");
  }

  @Test
  void linesThatCannotBeUsedAreLeftOutAndCountedWithTheReason() throws IOException {
    Path file = folder.resolve("cohort.jsonl");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String line :
        List.of(
            "\uFEFF" + patient("first"),
            "\n",
            "  \r\n",
            "{\"subject_id\":\"broken\n",
            "{\"subject_id\":\"also broken, further on\n",
            "{\"subject_id\":\"x\",\"visits\":[]}\n",
            "{\"subject_id\":\"y\",\"visits\":[]}\n",
            "{\"subject_id\":\"p\"}\n",
            "[1]\n")) {
      bytes.write(line.getBytes(StandardCharsets.UTF_8));
    }
    bytes.write('"');
    bytes.write(0xFF); // no UTF-8
    bytes.write('\n');
    bytes.write(patient("last").strip().getBytes(StandardCharsets.UTF_8));
    Files.write(file, bytes.toByteArray());

    assertThat(read(file).select("subject_id").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("first", "last");

    assertThat(counters.rejected()).isEqualTo(7);
    assertThat(counters.reasons().values()).containsExactlyInAnyOrder(2L, 2L, 1L, 1L, 1L);
    assertThat(counters.reasons().keySet())
        .anyMatch(reason -> reason.startsWith("malformed JSON at column #"))
        .anyMatch(reason -> reason.startsWith("the trajectory is empty"))
        .anyMatch(reason -> reason.startsWith("\"visits\" is missing"))
        .anyMatch(reason -> reason.startsWith("must hold a JSON object"))
        .anyMatch(reason -> reason.startsWith("is not valid UTF-#"));
    int first = ("\uFEFF" + patient("first")).getBytes(StandardCharsets.UTF_8).length;
    assertThat(counters.tallies().values())
        .extracting(Rejections.Tally::example)
        .contains(file + ", byte " + (first + 5));
  }

  @Test
  void whatIsNotThereOrEmptyIsSaidInOneLine() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));

    assertThatThrownBy(() -> read(folder.resolve("nothing.jsonl")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("nothing.jsonl: cannot be read: no such file");
    assertThatThrownBy(() -> read(empty))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("empty.jsonl: the cohort is empty");
  }

  private static Trajectory trajectory(Row row) {
    return Trajectories.of(row, Trajectories.schema());
  }

  private static String patient(String id) {
    return "{\"subject_id\":\"" + id + "\",\"visits\":[{\"codes\":[\"d_I10\"]}]}\n";
  }
}
