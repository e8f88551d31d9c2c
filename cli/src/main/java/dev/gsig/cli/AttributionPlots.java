package dev.gsig.cli;

import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.LineSource;
import dev.gsig.plots.internal.Beeswarm;
import dev.gsig.plots.internal.Curves;
import dev.gsig.plots.internal.Histogram;
import dev.gsig.plots.internal.Histogram.Bar;
import dev.gsig.plots.internal.TimeLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Results as plots: of the cohort its distributions and what moves scores most, of each of the
 * first patients how the score came about.
 */
final class AttributionPlots {
  private static final int DRIVERS = 20;

  private final Descriptions descriptions;
  private final int width;
  private final OutputFolder folder;

  private AttributionPlots(Descriptions descriptions, int width, OutputFolder folder) {
    this.descriptions = descriptions;
    this.width = width;
    this.folder = folder;
  }

  /**
   * Draws results.
   *
   * @param results what {@code explain} wrote, read line by line, twice
   * @param patients how many patients, the first ones, get plots of their own
   * @param width of the plots in millimetres
   */
  static void write(
      Path results, Descriptions descriptions, int patients, int width, OutputFolder folder) {
    AttributionPlots plots = new AttributionPlots(descriptions, width, folder);
    ReportCohort cohort = new ReportCohort(descriptions);
    CohortDrivers drivers = new CohortDrivers();
    boolean[] logOdds = {true};
    read(
        results,
        result -> {
          cohort.add(result, false);
          drivers.add(result.drivers());
          logOdds[0] &= result.isLogOdds();
          if (cohort.patients() <= patients) {
            plots.patient(new PatientPlots(result, descriptions), cohort.patients());
          }
        });
    plots.distributions(cohort);
    List<CohortDrivers.Shown> shown = drivers.strongest(DRIVERS);
    if (!shown.isEmpty()) {
      read(results, result -> CohortDrivers.show(shown, result.drivers()));
      folder.add("cohort-drivers.svg", plots.beeswarm(shown, logOdds[0]).svg(width));
    }
    folder.save();
  }

  private static void read(Path results, ReportResult.Consumer each) {
    try {
      ReportResult.forEach(LineSource.open(results), null, each);
    } catch (IOException e) {
      throw InvalidInputException.reading(results, e);
    }
  }

  private Beeswarm beeswarm(List<CohortDrivers.Shown> shown, boolean logOdds) {
    return new Beeswarm(
        "What moves the scores most",
        "Codes and values that at least "
            + CohortDrivers.FEWEST
            + " patients have, by the mean size of their effect over all patients; a dot is a patient.",
        "effect on the " + (logOdds ? "log-odds" : "score") + ": below 0 lowers, above raises",
        "low to high value, or rare to frequent code, within a row",
        shown.stream()
            .map(
                each ->
                    new Beeswarm.Row(
                        new Words(descriptions, Display.NONE).name(each.driver()),
                        each.patients(),
                        each.points()))
            .toList());
  }

  private void distributions(ReportCohort cohort) {
    bars("theta", "Thetas that GS-IG chose", cohort.thetaBins(), false);
    bars("l21-reduction", "Reduction of l21 against theta = 1", cohort.reductionBins(), true);
    bars("gap", "Relative completeness gap", cohort.gapBins(), true);
  }

  private void bars(String file, String title, List<Sample.Bin> bins, boolean percent) {
    List<Bar> bars = bins.stream().map(bin -> new Bar(label(bin, percent), bin.count())).toList();
    if (!bars.isEmpty()) {
      int n = bins.stream().mapToInt(Sample.Bin::count).sum();
      Histogram histogram = new Histogram(title, "n = " + n, "patients", bars);
      folder.add("cohort-" + file + ".svg", histogram.svg(width));
    }
  }

  private static String label(Sample.Bin bin, boolean percent) {
    String from = edge(bin.from(), percent);
    return bin.from() == bin.to()
        ? from
        : Double.isInfinite(bin.to()) ? "> " + from : from + " to " + edge(bin.to(), percent);
  }

  private static String edge(double x, boolean percent) {
    return percent ? Math.round(100 * x) + "%" : Text.decimal(x, 2);
  }

  private void patient(PatientPlots patient, int number) {
    String start = "patient-" + number + "-";
    folder.add(start + "waterfall.svg", patient.waterfall().svg(width));
    TimeLine timeLine = patient.timeLine();
    if (timeLine != null) {
      folder.add(start + "timeline.svg", timeLine.svg(width));
    }
    Curves curve = patient.thetaCurve();
    if (curve != null) {
      folder.add(start + "theta.svg", curve.svg(width));
    }
  }
}
