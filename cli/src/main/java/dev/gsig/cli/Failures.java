package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.importer.internal.torch.WholeModuleException;
import dev.gsig.tensor.DeviceMemoryException;
import java.nio.file.InvalidPathException;

/** Turns whatever ended a command into words and an exit code. */
final class Failures {
  /** The program failed. */
  static final int INTERNAL_FAULT = 1;

  /** The arguments or the input cannot be used. */
  static final int BAD_INPUT = 2;

  /** Results were computed again, and are others than those that are there. */
  static final int DIFFERENT = 3;

  private Failures() {}

  /**
   * Says what happened: in one line, and with a stack trace only where the program is at fault.
   *
   * @return the exit code
   */
  static int report(Throwable fault, Terminal terminal) {
    if (fault instanceof ClosedPipeException) {
      return 0;
    }
    if (fault instanceof DifferentResultException) {
      terminal.say(fault.getMessage());
      return DIFFERENT;
    }
    if (fault instanceof InvalidInputException) {
      terminal.say(fault.getMessage());
      if (fault instanceof WholeModuleException module) {
        module.python().forEach(terminal::sayMore);
      }
      return BAD_INPUT;
    }
    if (fault instanceof InvalidPathException path) {
      terminal.say(PathNames.problem(path));
      return BAD_INPUT;
    }
    if (fault instanceof OutOfMemoryError) {
      terminal.say(
          "out of memory: the JVM may use "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB ("
              + fault.getMessage()
              + "); allow more, for example with GSIG_JAVA_OPTS=-Xmx8g, or lower --threads");
      return INTERNAL_FAULT;
    }
    if (fault instanceof DeviceMemoryException shortage) {
      String remedy =
          shortage.isHeap()
              ? "; allow more, for example with GSIG_JAVA_OPTS=-Xmx8g, or lower --threads"
              : "; lower --threads, or use --backend simd";
      terminal.say(shortage.getMessage() + remedy);
      return INTERNAL_FAULT;
    }
    terminal.say("internal fault, not one of your input; please report it with these lines:");
    terminal.sayTrace(fault);
    return INTERNAL_FAULT;
  }
}
