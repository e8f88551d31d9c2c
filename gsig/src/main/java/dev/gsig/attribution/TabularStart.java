package dev.gsig.attribution;

import java.util.Locale;

/** The named tabular baselines. */
enum TabularStart implements TabularBaseline {
  MEAN {
    @Override
    public double[] entries(PathEnd input) {
      return input.mean();
    }

    @Override
    public boolean needsStatistics() {
      return true;
    }
  },
  ZERO {
    @Override
    public double[] entries(PathEnd input) {
      return new double[input.shape().size()];
    }
  },
  SELF {
    @Override
    public double[] entries(PathEnd input) {
      return input.values();
    }
  },
  REFERENCES {
    @Override
    public double[] entries(PathEnd input) {
      return input.reference();
    }
  };

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
