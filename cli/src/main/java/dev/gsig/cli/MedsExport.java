package dev.gsig.cli;

import dev.gsig.cli.table.CellType;
import dev.gsig.cli.table.Column;
import dev.gsig.cli.table.IsoTime;
import dev.gsig.cli.table.TableWriter;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FileKind;
import dev.gsig.ehr.internal.FileSet;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Results as a data set in the Medical Event Data Standard 0.4.1, to be read beside the one that
 * they are of: {@code data/attributions.parquet}, {@code metadata/codes.parquet} and {@code
 * metadata/dataset.json}. An event {@code GSIG//SIGNED//CODE} is what the event CODE of the same
 * subject and time adds to the score, its {@code numeric_value}; {@code GSIG//SCORE}, {@code
 * GSIG//BASELINE_SCORE} and {@code GSIG//PROBABILITY} are of the prediction, whose time they have
 * where the cohort tells it. {@code numeric_value} has 32 bits, as the standard wants; {@code
 * numeric_value_64} is the same, not rounded. As the standard has it, a subject's events follow
 * each other, those without a time first, the others in the order of time.
 */
final class MedsExport {
  private static final String DATA = "attributions.parquet";
  private static final String CODES = "codes.parquet";
  private static final String DATASET = "dataset.json";
  private static final String OURS = "GSIG//";
  private static final String SIGNED = OURS + "SIGNED//";
  private static final String ETL = "gsig";
  private static final FileKind TABLE =
      new FileKind("table of gsig", file -> TableWriter.isOwnParquet(file));
  private static final FileSet DATA_SET = FileSet.of("data set of gsig").with(DATA, TABLE);
  private static final FileSet METADATA_SET =
      FileSet.of("data set of gsig")
          .with(CODES, TABLE)
          .with(
              DATASET,
              new FileKind(
                  "data set of gsig",
                  file -> ETL.equals(Json.read(file).stringOrNull("etl_name"))));

  private static final List<Column> EVENTS =
      List.of(
          new Column("subject_id", CellType.WHOLE),
          new Column("time", CellType.TIME),
          new Column("code", CellType.TEXT),
          new Column("numeric_value", CellType.REAL_32),
          new Column("prediction_time", CellType.TIME),
          new Column("position", CellType.WHOLE),
          new Column("l2", CellType.REAL),
          new Column("numeric_value_64", CellType.REAL));
  private static final int TIME = 1;

  private final Path folder;
  private final boolean wasThere;
  private final Path data;
  private final Path metadata;
  private final Map<String, String> codes = new TreeMap<>();
  private final Set<Long> subjects = new HashSet<>();
  private final List<List<Object>> ofSubject = new ArrayList<>();
  private Long subject;
  private String method;

  /** Gives the results, one after the other. */
  interface Results {
    /** The next; null at the end. */
    JsonObject next() throws IOException;
  }

  /**
   * A data set that is to be written.
   *
   * @throws InvalidInputException if the folder holds what gsig has not written, or cannot be
   *     written
   */
  MedsExport(Path folder) {
    this.folder = folder;
    wasThere = Files.exists(folder);
    data = folder.resolve("data");
    metadata = folder.resolve("metadata");
    requireOursAlone(data);
    DATA_SET.requireFree(data, true);
    METADATA_SET.requireFree(metadata, true);
  }

  /** Among events of others ours would be taken for theirs. */
  private static void requireOursAlone(Path data) {
    if (!Files.isDirectory(data)) {
      return;
    }
    try (Stream<Path> files = Files.list(data)) {
      files
          .filter(file -> !FolderFiles.isHidden(file.getFileName().toString()))
          .filter(file -> !file.endsWith(DATA))
          .findFirst()
          .ifPresent(
              file -> {
                throw new InvalidInputException(
                    file
                        + ": exists and is no part of a data set of gsig; name a folder of its own");
              });
    } catch (IOException e) {
      throw InvalidInputException.reading(data, e);
    }
  }

  /**
   * Writes the data set, in place of one that gsig wrote there.
   *
   * @return how many events it has
   * @throws InvalidInputException if a subject is called by no whole number, or comes again behind
   *     others
   */
  long write(Results results) {
    long[] count = new long[1];
    try {
      DATA_SET.write(data, fresh -> count[0] = writeData(fresh, results));
      METADATA_SET.write(metadata, this::writeMetadata);
    } finally {
      deleteIfEmpty();
    }
    return count[0];
  }

  /** A folder that was made for nothing does not stay. */
  private void deleteIfEmpty() {
    if (!wasThere && !Files.exists(data)) {
      try {
        Files.deleteIfExists(folder);
      } catch (IOException e) {
        // what stopped the writing is told
      }
    }
  }

  private long writeData(Path fresh, Results results) throws IOException {
    long count = 0;
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(fresh.resolve(DATA)), 1 << 16)) {
      TableWriter table = TableWriter.Format.PARQUET.open(EVENTS, out);
      for (JsonObject result = results.next(); result != null; result = results.next()) {
        count += add(result, table);
      }
      flush(table);
      table.close();
    }
    return count;
  }

  private int add(JsonObject result, TableWriter table) throws IOException {
    List<List<Object>> rows = ExportRows.EVENTS.of().apply(result);
    if (!(rows.get(0).get(0) instanceof Long name)) {
      throw new InvalidInputException(
          result.source()
              + ": the subject_id "
              + Json.quote(result.string("subject_id"))
              + " is no whole number, which MEDS needs; write a table with --out instead");
    }
    if (!name.equals(subject)) {
      flush(table);
      if (!subjects.add(name)) {
        throw new InvalidInputException(
            result.source()
                + ": the subject "
                + name
                + " comes again behind others, but MEDS has a subject's events together; put their"
                + " results together");
      }
      subject = name;
    }
    method = result.stringOrNull("method");
    Object predicted = rows.get(0).get(8);
    int before = ofSubject.size();
    for (List<Object> row : rows) {
      Object signed = row.get(7);
      String code = code((String) row.get(2));
      ofSubject.add(
          Arrays.asList(name, row.get(1), code, signed, predicted, row.get(4), row.get(6), signed));
    }
    prediction(name, predicted, "SCORE", result.number("score"));
    prediction(name, predicted, "BASELINE_SCORE", result.number("baseline_score"));
    Double probability = result.numberOrNull("explained_probability");
    if (probability != null) {
      prediction(name, predicted, "PROBABILITY", probability);
    }
    return ofSubject.size() - before;
  }

  private void prediction(Long name, Object time, String kind, double value) {
    codes.put(OURS + kind, "");
    ofSubject.add(Arrays.asList(name, time, OURS + kind, value, time, null, null, value));
  }

  /** Of an event of the data set its code, of ours the rest of it. */
  private String code(String of) {
    boolean ours = of.startsWith(OURS);
    String code = SIGNED + (ours ? of.substring(OURS.length()) : of);
    codes.put(code, ours ? "" : of);
    return code;
  }

  private void flush(TableWriter table) throws IOException {
    ofSubject.sort(
        Comparator.comparing(
            row -> (String) row.get(TIME),
            Comparator.nullsFirst(Comparator.comparingLong(IsoTime::micros))));
    for (List<Object> row : ofSubject) {
      table.row(row);
    }
    ofSubject.clear();
  }

  private void writeMetadata(Path folder) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve(CODES)))) {
      TableWriter table =
          TableWriter.Format.PARQUET.open(
              List.of(
                  new Column("code", CellType.TEXT),
                  new Column("description", CellType.TEXT),
                  new Column("parent_codes", CellType.TEXTS)),
              out);
      for (Map.Entry<String, String> code : codes.entrySet()) {
        String parent = code.getValue();
        table.row(
            Arrays.asList(
                code.getKey(),
                description(code.getKey()),
                parent.isEmpty() ? null : List.of(parent)));
      }
      table.close();
    }
    Map<String, Object> dataset = new LinkedHashMap<>();
    dataset.put("dataset_name", "attributions by gsig");
    dataset.put("etl_name", ETL);
    dataset.put("etl_version", Version.number());
    dataset.put("meds_version", "0.4.1");
    dataset.put(
        "other_extension_columns",
        EVENTS.subList(4, EVENTS.size()).stream().map(Column::name).toList());
    Files.writeString(folder.resolve(DATASET), Json.writeLines(dataset));
  }

  private String description(String code) {
    if (code.startsWith(SIGNED)) {
      return "What "
          + code.substring(SIGNED.length())
          + " adds to the score"
          + (method == null ? "" : ", by " + method);
    }
    return switch (code.substring(OURS.length())) {
      case "SCORE" -> "What is explained: the score of the subject";
      case "BASELINE_SCORE" -> "The score that attributions start from";
      default -> "Probability of the explained class";
    };
  }
}
