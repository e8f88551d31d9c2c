package dev.gsig.cli;

import dev.gsig.ehr.internal.FileSet;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that ask for plots. */
final class PlotFlags {
  private static final int COLUMN = 89;
  private static final int PAGE = 183;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--plots",
      paramLabel = "DIR",
      description = "folder for plots in SVG, for papers; earlier ones there are replaced")
  private Path plots;

  @Option(
      names = "--plot-width",
      paramLabel = "MM",
      defaultValue = "" + PAGE,
      description =
          "width of the plots in millimetres, "
              + COLUMN
              + " for one column of a page or "
              + PAGE
              + " for two; default: "
              + PAGE)
  private int width;

  /**
   * The folder, ready to be written; none where none is asked for.
   *
   * @param set what the plots are
   * @throws ParameterException if the width is none of a page, or of no use
   */
  OutputFolder folder(FileSet set) {
    if (!asked()) {
      Given.refuse(command, "--plots DIR", "--plot-width");
    }
    if (width != COLUMN && width != PAGE) {
      throw new ParameterException(
          command.commandLine(),
          "--plot-width must be " + COLUMN + " or " + PAGE + ", but is " + width);
    }
    return OutputFolder.at(plots, true, set);
  }

  boolean asked() {
    return plots != null;
  }

  /** The width of the plots in millimetres. */
  int width() {
    return width;
  }
}
