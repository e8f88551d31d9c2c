package dev.gsig.cli;

import dev.gsig.cli.table.Column;
import dev.gsig.cli.table.TableWriter;
import dev.gsig.ehr.internal.FileKind;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.LineSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** How a table of {@code export} is told from files of others: by its columns. */
final class ExportedTable {
  /** A table in any format, of this version or an earlier one. */
  static final FileKind KIND = new FileKind("table of gsig", ExportedTable::isTable);

  private ExportedTable() {}

  private static boolean isTable(Path file) throws IOException {
    if (TableWriter.isOwnParquet(file)) {
      return true;
    }
    try (LineSource lines = LineSource.open(file)) {
      String first = lines.next();
      return first != null && isMade(first, file);
    }
  }

  private static boolean isMade(String first, Path file) {
    return first.startsWith("{")
        ? isOne(Json.object(first, file.toString()).keys())
        : isOne(List.of(first.split(",", -1)));
  }

  /**
   * Whether columns are those of some kind of rows. An earlier version may have had fewer: all that
   * are there have to be known, and those that tell the kind have to be there.
   */
  private static boolean isOne(Collection<String> columns) {
    return ExportRows.ALL.stream()
        .anyMatch(
            rows ->
                rows.columns().stream().map(Column::name).toList().containsAll(columns)
                    && columns.containsAll(marks(rows)));
  }

  /** Columns that no other table has together. */
  private static List<String> marks(ExportRows rows) {
    return switch (rows.label()) {
      case "events" -> List.of("subject_id", "code", "l2", "signed");
      case "patients" -> List.of("subject_id", "baseline_score", "l21_theta1");
      case "visits" -> List.of("subject_id", "visit", "l2", "signed");
      case "thetas" -> List.of("subject_id", "theta", "kind", "l21");
      case "measure" -> List.of("subject_id", "alpha", "weight");
      default -> rows.columns().stream().map(Column::name).toList();
    };
  }
}
