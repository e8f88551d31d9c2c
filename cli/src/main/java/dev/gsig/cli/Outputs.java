package dev.gsig.cli;

import dev.gsig.attribution.Baseline;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.ehr.internal.FileSet;
import dev.gsig.ehr.internal.OutputLock;
import dev.gsig.ehr.internal.Places;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What a command is about to write, as its options name it: no input, written by no other run, and
 * without what a run that was killed left over. That holds for every command: an option of files is
 * an output if its name is in {@link #OPTIONS}, and an input if not.
 */
final class Outputs implements Closeable {
  /** Options that name outputs, in every command. */
  static final Set<String> OPTIONS = Set.of("--out", "--report", "--plots", "--meds");

  /** Commands whose results may go to standard output, in the place of a file. */
  private static final Set<String> STREAMING = Set.of("explain", "export");

  private final Terminal terminal;
  private final List<OutputLock> locks = new ArrayList<>();
  private Thread hook;

  private Outputs(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * An option and a path that it names.
   *
   * @param folder whether it names a folder
   */
  private record Named(String option, Path path, boolean folder) {}

  /**
   * Checks and locks all outputs of a command that is about to run.
   *
   * @throws InvalidInputException if one is an input too, or another run is writing it
   */
  static Outputs claim(CommandSpec command, Terminal terminal) {
    List<Named> outputs = new ArrayList<>();
    List<Named> inputs = new ArrayList<>();
    for (ArgSpec arg : command.args()) {
      boolean output = isOutput(arg);
      if (output) {
        requireFile(command, arg);
      }
      (output ? outputs : inputs).addAll(named(arg));
    }
    List<Named> written = new ArrayList<>(outputs);
    outputs.forEach(output -> written.addAll(beside(command.name(), output)));
    requireApart(command.name(), written, inputs);
    Outputs claimed = new Outputs(terminal);
    boolean done = false;
    try {
      inputs.forEach(claimed::settle);
      Set<Path> places = new LinkedHashSet<>();
      for (Named output : outputs) {
        if (places.add(Places.real(output.path()))) {
          claimed.lock(output);
        }
      }
      claimed.watch();
      done = true;
      return claimed;
    } finally {
      if (!done) {
        claimed.close();
      }
    }
  }

  /** Whether an option names what is written. */
  static boolean isOutput(ArgSpec arg) {
    return arg instanceof OptionSpec option && OPTIONS.contains(option.longestName());
  }

  /** Locks one more file, which no option names. */
  static OutputLock lockFile(Path file, Terminal terminal) {
    OutputLock lock = OutputLock.ofFile(file);
    sayUnsure(lock, file, terminal);
    return lock;
  }

  private static List<Named> named(ArgSpec arg) {
    String name = StandardInputs.name(arg);
    Object value = arg.getValue();
    Collection<?> values = List.of();
    if (value instanceof Collection<?> several) {
      values = several;
    } else if (value != null) {
      values = List.of(value);
    }
    List<Named> named = new ArrayList<>();
    for (Object each : values) {
      if (each instanceof Path path && !Places.isNoPlace(path)) {
        named.add(new Named(name, path, arg.paramLabel().equals("DIR")));
      }
    }
    return named;
  }

  /** What a command writes beside an output, under a name that no option tells. */
  private static List<Named> beside(String command, Named output) {
    return command.equals("explain") && output.option().equals("--out")
        ? List.of(new Named("the side file of --out", Provenance.of(output.path()), false))
        : List.of();
  }

  private static void requireFile(CommandSpec command, ArgSpec output) {
    boolean streams =
        STREAMING.contains(command.name()) && output.equals(command.findOption("--out"));
    if (!streams && output.getValue() instanceof Path path && Terminal.isStandardStream(path)) {
      throw new InvalidInputException(
          ((OptionSpec) output).longestName()
              + " cannot be standard output; name a "
              + (output.paramLabel().equals("DIR") ? "folder" : "file"));
    }
  }

  private static void requireApart(String command, List<Named> outputs, List<Named> inputs) {
    Map<String, Path> files = new TreeMap<>();
    for (Named output : outputs) {
      for (Named input : inputs) {
        if (!isItsPlace(command, output, input)) {
          Places.requireApart(output.path(), input.path());
        }
      }
      for (Map.Entry<String, Path> other : files.entrySet()) {
        if (Places.isSame(Places.real(other.getValue()), Places.real(output.path()))) {
          throw new InvalidInputException(
              output.option() + " and " + other.getKey() + " name the same file");
        }
      }
      if (!output.folder()) {
        files.put(output.option(), output.path());
      }
    }
  }

  /** The place of a baseline is in the model folder that it is computed from. */
  private static boolean isItsPlace(String command, Named output, Named input) {
    return command.equals("baseline")
        && input.option().equals("--model")
        && Places.real(output.path()).equals(Places.real(input.path()).resolve(Baseline.FILE_NAME));
  }

  private void lock(Named output) {
    OutputLock lock =
        output.folder() ? OutputLock.ofFolder(output.path()) : OutputLock.ofFile(output.path());
    locks.add(lock);
    sayUnsure(lock, output.path(), terminal);
    if (output.folder()) {
      FileSet.settle(output.path());
    } else {
      Path file = Places.real(output.path());
      AtomicFile.deleteUnfinished(
          file.getParent(),
          Pattern.quote(file.getFileName().toString()) + "(\\.provenance\\.json)?");
    }
  }

  private static void sayUnsure(OutputLock lock, Path output, Terminal terminal) {
    if (!lock.isSure()) {
      terminal.say(
          "note: the file system of "
              + output
              + " has no locks; see to it that no other run writes there");
    }
  }

  /** A folder in which a replacement was cut short is whole once that is completed. */
  private void settle(Named input) {
    if (FileSet.isUnsettled(input.path())) {
      try (OutputLock lock = OutputLock.ofFolder(input.path())) {
        sayUnsure(lock, input.path(), terminal);
        FileSet.settle(input.path());
        terminal.say(
            "note: " + input.path() + ": completed what a run that was cut short had left");
      }
    }
  }

  /**
   * Ctrl-C and its like end the process; what there is to say is said, and neither unfinished files
   * nor lock files stay.
   */
  private void watch() {
    if (locks.isEmpty()) {
      return;
    }
    hook =
        new Thread(
            () -> {
              terminal.inform("interrupted; " + terminal.soFar());
              terminal.flush();
              AtomicFile.deleteUnfinished();
              FileSet.deleteUnfinished(); // while other runs are locked out
              locks.forEach(OutputLock::close);
            },
            "gsig-interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    if (hook != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        return; // the process is ending, and the hook does the rest
      }
    }
    locks.forEach(OutputLock::close);
  }
}
