package dev.gsig.cli;

import dev.gsig.ehr.internal.FileSet;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that asks for plots. */
final class PlotFlags {
  @Option(
      names = "--plots",
      paramLabel = "DIR",
      description = "folder for plots in SVG, for papers; earlier ones there are replaced")
  private Path plots;

  /**
   * The folder, ready to be written; none where none is asked for.
   *
   * @param set what the plots are
   */
  OutputFolder folder(FileSet set) {
    return OutputFolder.at(plots, true, set);
  }

  boolean asked() {
    return plots != null;
  }
}
