package dev.gsig.cli;

import dev.gsig.cli.table.TableWriter;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LineSource;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gsig export}: results in, a table out. */
@Command(
    name = "export",
    customSynopsis = "gsig export --in FILE --out FILE [OPTIONS]",
    description = {
      "Writes results of gsig explain as a table, by default with one row for each event that the"
          + " model saw, with its attribution, to be joined with the events of a MEDS dataset by"
          + " subject_id, time and code. A table that is there already is replaced.",
      "Tabular values and special tokens have rows without a time, so that a patient's signed add"
          + " up to score - baseline_score."
    })
final class ExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--in",
      paramLabel = "FILE",
      required = true,
      description = "what gsig explain wrote; - reads it from standard input")
  private Path in;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "the table; - writes it to standard output")
  private Path out;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "csv, jsonl or parquet; default: what the name of --out ends in, else csv")
  private String format;

  @Option(
      names = "--rows",
      paramLabel = "NAME",
      defaultValue = "events",
      description =
          "events (with subject_id, time, code, visit, position, known, l2, signed), patients"
              + " (with prediction, scores, theta, l21, gap and what was accepted about the record),"
              + " visits (sums over their codes), thetas (those tried, with l21 and gap), measure"
              + " (alphas and weights of the bounded measure) or labels (of a multi-label model, with"
              + " their probabilities); default: events")
  private String rowsName;

  private int patients;
  private long rowCount;
  private int textSubjects;

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    TableWriter.Format wanted = format();
    ExportRows rows = Choice.of(spec, "--rows", rowsName, ExportRows.ALL, ExportRows::label);
    boolean standardInput = Terminal.isStandardStream(in);
    boolean standardOutput = Terminal.isStandardStream(out);
    if (!standardInput && !standardOutput) {
      ResultFile.requireOther(out, in);
    }
    try (LineSource lines = terminal.lines(in)) {
      if (standardOutput) {
        writeToStandardOutput(lines, rows, wanted);
      } else {
        AtomicFile.write(out, stream -> write(lines, rows, wanted, stream));
      }
    } catch (IOException e) {
      throw InvalidInputException.reading(in, e);
    }
    saySummary(rows, standardOutput ? Terminal.STANDARD_OUTPUT : out.toString());
    return 0;
  }

  private TableWriter.Format format() {
    List<TableWriter.Format> formats = List.of(TableWriter.Format.values());
    String name = out.toString();
    String ending = name.substring(name.lastIndexOf('.') + 1);
    boolean known = formats.stream().anyMatch(each -> each.label().equals(ending));
    String wanted = format != null ? format : known ? ending : TableWriter.Format.CSV.label();
    return Choice.of(spec, "--format", wanted, formats, TableWriter.Format::label);
  }

  private void writeToStandardOutput(LineSource lines, ExportRows rows, TableWriter.Format wanted) {
    try (OutputStream stream =
        new BufferedOutputStream(new StandardOutput(terminal.out()), 1 << 16)) {
      write(lines, rows, wanted, stream);
    } catch (IOException e) {
      throw InvalidInputException.writing(Path.of(Terminal.STANDARD_OUTPUT), e);
    }
  }

  private void write(
      LineSource lines, ExportRows rows, TableWriter.Format wanted, OutputStream stream)
      throws IOException {
    TableWriter table = null;
    ExportRows typed = rows;
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (!line.isBlank()) {
        JsonObject result = Json.object(line, lines.where());
        if (table == null) {
          typed = wanted == TableWriter.Format.PARQUET ? typed(rows, result) : rows;
          table = wanted.open(typed.columns(), stream);
        }
        write(result, typed, table);
      }
    }
    if (table == null) {
      throw new InvalidInputException(
          (Terminal.isStandardStream(in) ? Terminal.STANDARD_INPUT : in)
              + ": holds no results; make them with gsig explain --out FILE");
    }
    table.close(); // not where something failed: half a table is none
  }

  /**
   * A column of Parquet has one type: a subject_id is a number as in MEDS, unless a patient has
   * none that is. From standard input, which is read once, the first patient decides.
   */
  private ExportRows typed(ExportRows rows, JsonObject first) {
    boolean text = !ExportRows.hasMedsSubject(first);
    if (!rows.equals(ExportRows.EVENTS)) {
      return rows;
    }
    if (!text && !Terminal.isStandardStream(in)) {
      try (LineSource all = LineSource.open(in)) {
        for (String line = all.next(); line != null && !text; line = all.next()) {
          text = !line.isBlank() && !ExportRows.hasMedsSubject(Json.object(line, all.where()));
        }
      } catch (IOException e) {
        throw InvalidInputException.reading(in, e);
      }
    }
    return text ? rows.withTextSubjects() : rows;
  }

  private void write(JsonObject result, ExportRows rows, TableWriter table) throws IOException {
    List<List<Object>> cells = rows.of().apply(result);
    try {
      for (List<Object> row : cells) {
        table.row(row);
      }
    } catch (InvalidInputException e) {
      throw new InvalidInputException(result.source() + ": " + e.getMessage(), e);
    }
    patients++;
    rowCount += cells.size();
    textSubjects += ExportRows.hasMedsSubject(result) ? 0 : 1;
  }

  private void saySummary(ExportRows rows, String where) {
    if (textSubjects > 0 && rows.equals(ExportRows.EVENTS)) {
      terminal.warn(
          "the subject_id of "
              + Text.count(textSubjects, "patient")
              + " is no whole number, which MEDS wants; it is written as text");
    }
    terminal.inform(
        Text.count(rowCount, "row") + " of " + Text.count(patients, "patient") + " in " + where);
  }
}
