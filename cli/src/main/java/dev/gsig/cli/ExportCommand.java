package dev.gsig.cli;

import dev.gsig.cli.table.TableWriter;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LineSource;
import dev.gsig.ehr.internal.Places;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gsig export}: results in, a table out. */
@Command(
    name = "export",
    header = "Write results as a table",
    customSynopsis = "gsig export --in FILE --out FILE|--meds DIR [OPTIONS]",
    description = {
      "Writes results of gsig explain as a table, by default with one row for each event that the"
          + " model saw, with its attribution, to be joined with the events of a MEDS dataset by"
          + " subject_id, time and code. A table of gsig that is there already is replaced.",
      "Tabular values and special tokens have rows without a time, so that a patient's signed add"
          + " up to score - baseline_score."
    },
    footer = {
      "gsig export --in results.jsonl --out events.parquet",
      "gsig export --in results.jsonl --meds attributions-meds",
      "# one row a patient",
      "gsig export --in results.jsonl --rows patients --out patients.csv"
    })
final class ExportCommand implements Callable<Integer> {
  private static final String PACKED = ".gz";
  private static final String MEDS = "--meds";

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
      description = "the table; - writes it to standard output")
  private Path out;

  @Option(
      names = MEDS,
      paramLabel = "DIR",
      description =
          "in place of --out: a data set in MEDS 0.4.1, with an event GSIG//SIGNED//CODE at the time of"
              + " each event that the model saw, whose numeric_value is what it adds to the score")
  private Path meds;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description =
          "csv, jsonl or parquet; default: what the name of --out ends in, before .gz; of"
              + " standard output csv")
  private String format;

  @Option(
      names = "--rows",
      paramLabel = "NAME",
      defaultValue = "events",
      description =
          "events (with subject_id, time, code, visit, position, known, l2, signed), patients (with"
              + " prediction, scores, theta, l21, gap and what was accepted about the record),"
              + " visits (sums over their codes), groups (likewise), thetas (those tried, with l21"
              + " and gap), measure (alphas and weights of the bounded measure), labels (or classes, of a"
              + " model of several, with their probabilities) or what-if (changed records, with"
              + " what the model says of them); default: events")
  private String rowsName;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description =
          "whose attributions, one of those that the results have; default: the one that leads")
  private String method;

  @Mixin private GroupFlags groups;

  private GroupChoice chosen;
  private int patients;
  private long rowCount;
  private int textSubjects;

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if ((out == null) == (meds == null)) {
      throw new ParameterException(
          spec.commandLine(),
          "name the table with --out=FILE, or a data set of MEDS with --meds=DIR"
              + (out == null ? "" : ", not both"));
    }
    if (meds != null) {
      Given.refuse(spec, "tables of --out", "--format", "--rows", "--groups");
      exportMeds();
      return 0;
    }
    TableWriter.Format wanted = format();
    ExportRows rows = Choice.of(spec, "--rows", rowsName, ExportRows.ALL, ExportRows::label);
    if (!rows.equals(ExportRows.GROUPS)) {
      Given.refuse(spec, "--rows groups", "--groups");
    }
    chosen = groups.choice();
    boolean standardOutput = Terminal.isStandardStream(out);
    if (isPacked() && wanted == TableWriter.Format.PARQUET) {
      throw new ParameterException(
          spec.commandLine(), "--out: Parquet is packed inside; leave out " + PACKED);
    }
    if (!standardOutput) {
      ExportedTable.KIND.requireReplaceable(out);
    }
    try (LineSource lines = terminal.lines(in)) {
      if (standardOutput) {
        writeToStandardOutput(lines, rows, wanted);
      } else {
        writeToFile(lines, rows, wanted);
      }
    } catch (IOException e) {
      throw InvalidInputException.reading(in, e);
    }
    saySummary(rows, standardOutput ? Terminal.STANDARD_OUTPUT : out.toString());
    return 0;
  }

  private void exportMeds() {
    MedsExport dataset = new MedsExport(meds);
    try (LineSource lines = terminal.lines(in)) {
      OneRun run = new OneRun();
      rowCount =
          dataset.write(
              () -> {
                String line = lines.next();
                while (line != null && line.isBlank()) {
                  line = lines.next();
                }
                if (line == null) {
                  requireResults(patients > 0);
                  return null;
                }
                JsonObject result = ResultReadings.ledBy(Json.object(line, lines.where()), method);
                run.add(result, lines.number());
                patients++;
                return result;
              });
    } catch (IOException e) {
      throw InvalidInputException.reading(in, e);
    }
    terminal.inform(
        Text.count(rowCount, "event") + " of " + Text.count(patients, "patient") + " in " + meds);
  }

  private void requireResults(boolean any) {
    if (!any) {
      throw new InvalidInputException(
          (Terminal.isStandardStream(in) ? Terminal.STANDARD_INPUT : in)
              + ": holds no results; make them with gsig explain --out FILE");
    }
  }

  /** What is written where no file is named, which could tell. */
  private boolean isStream() {
    return Places.isNoPlace(out);
  }

  private boolean isPacked() {
    return !isStream() && FolderFiles.hasEnding(out.toString(), PACKED);
  }

  private TableWriter.Format format() {
    List<TableWriter.Format> formats = List.of(TableWriter.Format.values());
    if (format != null) {
      return Choice.of(spec, "--format", format, formats, TableWriter.Format::label);
    }
    if (isStream()) {
      return TableWriter.Format.CSV;
    }
    String name = out.getFileName().toString();
    String plain = isPacked() ? name.substring(0, name.length() - PACKED.length()) : name;
    return formats.stream()
        .filter(each -> FolderFiles.hasEnding(plain, "." + each.label()))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "--out "
                        + Text.escape(out.toString())
                        + ": ends in none of .csv, .jsonl and .parquet, nor in .csv.gz or"
                        + " .jsonl.gz; name the table so, or say what to write with --format"));
  }

  private void writeToFile(LineSource lines, ExportRows rows, TableWriter.Format wanted) {
    AtomicFile.write(
        out,
        stream -> {
          if (isPacked()) {
            GZIPOutputStream packed = new GZIPOutputStream(stream);
            write(lines, rows, wanted, packed);
            packed.finish(); // the stream below is closed by who opened it
          } else {
            write(lines, rows, wanted, stream);
          }
        });
  }

  private void writeToStandardOutput(LineSource lines, ExportRows rows, TableWriter.Format wanted) {
    try (OutputStream stream = new BufferedOutputStream(new StandardOutput(terminal), 1 << 16)) {
      write(lines, rows, wanted, stream);
    } catch (IOException e) {
      throw InvalidInputException.writing(Path.of(Terminal.STANDARD_OUTPUT), e);
    }
  }

  private void write(
      LineSource lines, ExportRows rows, TableWriter.Format wanted, OutputStream stream)
      throws IOException {
    OneRun run = new OneRun();
    TableWriter table = null;
    ExportRows typed = rows;
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (!line.isBlank()) {
        JsonObject result = ResultReadings.ledBy(Json.object(line, lines.where()), method);
        if (table == null) {
          typed = wanted == TableWriter.Format.PARQUET ? typed(rows, result) : rows;
          table = wanted.open(typed.columns(), stream);
        }
        run.add(result, lines.number());
        write(result, typed, table);
      }
    }
    requireResults(table != null);
    if (rows.equals(ExportRows.WHAT_IF) && rowCount == 0) {
      throw new InvalidInputException(
          (Terminal.isStandardStream(in) ? Terminal.STANDARD_INPUT : in)
              + ": holds no what-if; ask with --what-if N, --without or --with in gsig explain");
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
    List<List<Object>> cells = rows.of().apply(grouped(result, rows));
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

  private JsonObject grouped(JsonObject result, ExportRows rows) {
    if (chosen != null) {
      return JsonObject.of(result.source(), chosen.addTo(result));
    }
    if (rows.equals(ExportRows.GROUPS) && !result.has("groups")) {
      throw new InvalidInputException(
          result.source() + ": has no groups; name them with --groups, here or in gsig explain");
    }
    return result;
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
