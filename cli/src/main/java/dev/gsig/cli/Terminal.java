package dev.gsig.cli;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.internal.LineSource;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where the command line listens and speaks: results on standard output, everything else on
 * standard error. What is printed is escaped, so data cannot act on the terminal.
 */
public final class Terminal {
  /** The width of tables and help where nothing says how wide the terminal is. */
  static final int DEFAULT_WIDTH = 80;

  /** Set by the launcher: the width of the terminal behind standard error, 0 if there is none. */
  static final String STDERR_COLUMNS = "gsig.stderr.columns";

  /** What messages call the stream that {@code -} stands for where something is read. */
  static final String STANDARD_INPUT = "standard input";

  /** What messages call the stream that {@code -} stands for where something is written. */
  static final String STANDARD_OUTPUT = "standard output";

  private static final int MIN_WIDTH = 60;
  private static final int OUTPUT_BYTES = 1 << 13;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final WatchedStream watched;
  private final int progressColumns;
  private final int width;
  private volatile boolean quiet;
  private volatile Supplier<String> soFar = () -> "nothing is half-written";

  /**
   * Any streams.
   *
   * @param progressColumns the width of the terminal behind {@code err}; 0 if it is no terminal,
   *     and then progress is not shown
   * @param width the width of tables on {@code out}
   */
  public Terminal(
      InputStream in, PrintStream out, PrintStream err, int progressColumns, int width) {
    this(in, out, err, progressColumns, width, null);
  }

  private Terminal(
      InputStream in,
      PrintStream out,
      PrintStream err,
      int progressColumns,
      int width,
      WatchedStream watched) {
    this.watched = watched;
    this.in = in;
    this.out = out;
    this.err = err;
    this.progressColumns = progressColumns;
    this.width = Math.max(MIN_WIDTH, width);
  }

  /** The process's own streams. What standard output does not take is found out. */
  public static Terminal ofProcess() {
    int columns = number(System.getenv("COLUMNS"));
    Integer told = Integer.getInteger(STDERR_COLUMNS);
    int progress = told != null ? told : isInteractive() ? 80 : 0;
    int width = columns > 0 ? columns : progress > 0 ? progress : DEFAULT_WIDTH;
    WatchedStream watched = new WatchedStream(new FileOutputStream(FileDescriptor.out));
    PrintStream out =
        new PrintStream(new BufferedOutputStream(watched, OUTPUT_BYTES), true, outputCharset());
    return new Terminal(System.in, out, System.err, progress, width, watched);
  }

  /** Of {@link System#out}, which tells its charset from JDK 18 on only. */
  private static Charset outputCharset() {
    for (String property : List.of("stdout.encoding", "sun.stdout.encoding")) {
      String name = System.getProperty(property);
      if (name != null && Charset.isSupported(name)) {
        return Charset.forName(name);
      }
    }
    return Charset.defaultCharset();
  }

  /** Whether an option names a standard stream in the place of a file. */
  static boolean isStandardStream(Path file) {
    return file.toString().equals("-");
  }

  /** Standard input. */
  InputStream in() {
    return in;
  }

  /** The lines of a file, or of standard input where an option names that in its place. */
  LineSource lines(Path file) {
    return isStandardStream(file) ? new LineSource(in, STANDARD_INPUT) : LineSource.open(file);
  }

  /** The patients of a file, or of standard input where an option names that in its place. */
  CohortReader cohort(Path file) {
    return isStandardStream(file) ? CohortReader.of(in, STANDARD_INPUT) : CohortReader.open(file);
  }

  /** A line on standard output. */
  void print(String line) {
    out.println(Text.escape(line));
  }

  /** A line on standard error that says who speaks: why a command ended, and what else is due. */
  public void say(String line) {
    err.println("gsig: " + Text.escape(line));
  }

  /** Something about the input or the results that changes how they are to be read. */
  public void warn(String line) {
    say("warning: " + line);
  }

  /** What was done, and where it is: a line that {@link #beQuiet} takes away. */
  public void inform(String line) {
    if (!quiet) {
      say(line);
    }
  }

  /** From now on neither progress nor {@link #inform} is shown; warnings and refusals are. */
  void beQuiet() {
    quiet = true;
  }

  /**
   * Names what is to be said if somebody interrupts the command: what is there so far, and how to
   * go on.
   *
   * @param words asked for by another thread
   */
  void ifInterrupted(Supplier<String> words) {
    soFar = words;
  }

  /** What a command that is interrupted now leaves behind. */
  String soFar() {
    return soFar.get();
  }

  /** What belongs to the line before, for example lines of code to copy; indented. */
  void sayMore(String line) {
    err.println("  " + Text.escape(line));
  }

  /** A fault of the program itself. */
  void sayTrace(Throwable fault) {
    fault.printStackTrace(err);
  }

  /** Standard output, for what needs a stream. */
  PrintStream out() {
    return out;
  }

  /** Standard error, for what redraws itself. */
  PrintStream err() {
    return err;
  }

  /** The width of the terminal behind standard error; 0 if it is no terminal or to be quiet. */
  int progressColumns() {
    return quiet ? 0 : progressColumns;
  }

  /** How wide tables and help may be. */
  int width() {
    return width;
  }

  /**
   * Makes sure that standard output has taken everything so far.
   *
   * @throws ClosedPipeException if nobody reads it any more
   * @throws IOException if it cannot take more
   */
  void requireOutput() throws IOException {
    if (!out.checkError()) { // flushes, too
      return;
    }
    IOException fault = watched == null ? null : watched.fault();
    if (fault != null && WatchedStream.isClosedPipe(fault)) {
      throw new ClosedPipeException(fault);
    }
    throw fault == null
        ? new IOException("nobody reads it any more, or it is full")
        : new IOException(fault.getMessage(), fault);
  }

  void flush() {
    out.flush();
    err.flush();
  }

  /**
   * Whether somebody watches, as far as Java can tell without the launcher. From JDK 22 on there is
   * a console object even without a terminal, and a method that tells; before, the object is the
   * answer.
   */
  @SuppressWarnings("SystemConsoleNull") // null is one of the answers that are understood here
  static boolean isInteractive() {
    java.io.Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  private static int number(String text) {
    return text != null && text.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(text) : 0;
  }
}
