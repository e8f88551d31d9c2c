package dev.gsig.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that asks for plots. */
final class PlotFlags {
  @Option(
      names = "--plots",
      paramLabel = "DIR",
      description = "folder for plots in SVG, for papers; earlier ones there are replaced")
  private Path plots;

  /** The folder, ready to be written; it has no file where none is asked for. */
  OutputFolder folder() {
    return OutputFolder.at(plots, true, List.of());
  }

  boolean asked() {
    return plots != null;
  }
}
