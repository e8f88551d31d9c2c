package dev.gsig.parquet.internal;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.TableFormat;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Apache Parquet, in files named {@code .parquet} or {@code .pq}. */
public final class ParquetFormat implements TableFormat {
  /** Called by {@link java.util.ServiceLoader}. */
  public ParquetFormat() {}

  @Override
  public List<String> endings() {
    return List.of(".parquet", ".pq");
  }

  @Override
  public Table open(Path file, List<String> required, List<String> optional) {
    if (!Files.exists(file)) {
      throw InvalidInputException.reading(file, new NoSuchFileException(file.toString()));
    }
    return new ParquetTable(file, required, optional);
  }
}
