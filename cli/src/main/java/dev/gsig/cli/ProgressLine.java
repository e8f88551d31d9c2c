package dev.gsig.cli;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar with time left, or rate where the end is not known, on one line of the terminal; leaves
 * nothing behind.
 */
final class ProgressLine implements Progress {
  private static final int REFRESH_MILLIS = 200;

  private final ProgressBar bar;

  ProgressLine(PrintStream terminal, int columns, String task, long total, String unit) {
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REFRESH_MILLIS)
            .setUnit(" " + unit, 1)
            .clearDisplayOnFinish()
            .setConsumer(new Line(terminal, columns - 1));
    if (total < 0) {
      // Where the end is known the time left says as much, and both do not fit 80 columns.
      builder
          .setSpeedUnit(ChronoUnit.SECONDS)
          .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)));
    }
    bar = builder.build();
  }

  @Override
  public void step() {
    bar.step();
  }

  @Override
  public void close() {
    bar.close();
  }

  /**
   * The terminal's current line. The library's own consumer asks a terminal library for the width,
   * which unpacks and loads a native part; the launcher knows the width already.
   */
  private record Line(PrintStream terminal, int columns) implements ProgressBarConsumer {
    @Override
    public int getMaxRenderedLength() {
      return columns;
    }

    @Override
    public void accept(String rendered) {
      terminal.print('\r' + rendered);
      terminal.flush();
    }

    @Override
    public void clear() {
      terminal.print('\r' + " ".repeat(columns) + '\r');
      terminal.flush();
    }

    @Override
    public void close() {
      terminal.flush();
    }
  }
}
