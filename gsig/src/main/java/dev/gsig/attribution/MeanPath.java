package dev.gsig.attribution;

import dev.gsig.attribution.path.PathGradient;
import dev.gsig.attribution.path.Quadrature;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The mean of the paths from several references to one patient, {@code 1/n sum over references r of
 * (x - r) gradient_r(a)}. It poses as a path on which every input changes by 1: then attributions,
 * their norms and the completeness gap, which is against the mean score of the references, come out
 * as for any other.
 */
final class MeanPath implements PathGradient {
  private final References references;
  private final double[] ones;
  private final double endScore;
  private final double[] startScores;
  private final BitSet seen = new BitSet();

  /** The straight paths from the references to one patient. */
  interface References {
    /** How many there are, at least one. */
    int count();

    /**
     * Lends the path from a reference.
     *
     * @param index from 0 to {@code count() - 1}
     */
    void with(int index, Consumer<PathGradient> use);
  }

  MeanPath(References references) {
    this.references = references;
    startScores = new double[references.count()];
    double[] end = new double[1];
    int[] size = new int[1];
    visit(
        0,
        path -> {
          end[0] = path.endScore();
          size[0] = path.size();
        });
    endScore = end[0];
    ones = new double[size[0]];
    Arrays.fill(ones, 1);
  }

  private void visit(int index, Consumer<PathGradient> use) {
    references.with(
        index,
        path -> {
          startScores[index] = path.startScore();
          seen.set(index);
          use.accept(path);
        });
  }

  @Override
  public double[] difference() {
    return ones;
  }

  @Override
  public void parts(Consumer<PathGradient> use) {
    for (int r = 0; r < startScores.length; r++) {
      visit(r, use);
    }
  }

  /** Means over the references. */
  @Override
  public double[] scores(double[] alphas) {
    double[] mean = new double[alphas.length];
    for (int r = 0; r < startScores.length; r++) {
      visit(
          r,
          path -> {
            double[] scores = path.scores(alphas);
            for (int k = 0; k < mean.length; k++) {
              mean[k] += scores[k] / startScores.length;
            }
          });
    }
    return mean;
  }

  /** The mean over the references. */
  @Override
  public double startScore() {
    double sum = 0;
    for (int r = 0; r < startScores.length; r++) {
      if (!seen.get(r)) {
        visit(r, path -> {});
      }
      sum += startScores[r];
    }
    return sum / startScores.length;
  }

  @Override
  public double endScore() {
    return endScore;
  }

  @Override
  public double[] integrate(Quadrature.Rule rule) {
    double[] mean = new double[ones.length];
    for (int r = 0; r < startScores.length; r++) {
      visit(r, path -> addTo(mean, path.difference(), path.integrate(rule)));
    }
    return mean;
  }

  @Override
  public double[][] at(double[] alphas) {
    double[][] mean = new double[alphas.length][ones.length];
    for (int r = 0; r < startScores.length; r++) {
      visit(
          r,
          path -> {
            double[][] gradients = path.at(alphas);
            for (int k = 0; k < alphas.length; k++) {
              addTo(mean[k], path.difference(), gradients[k]);
            }
          });
    }
    return mean;
  }

  /** Of each point the mean over the references, each with the same coefficients. */
  @Override
  public List<PathGradient.Point> points(double[][] coefficients) {
    double[] score = new double[coefficients.length];
    double[][] mean = new double[coefficients.length][ones.length];
    for (int r = 0; r < startScores.length; r++) {
      visit(
          r,
          path -> {
            List<PathGradient.Point> points = path.points(coefficients);
            for (int k = 0; k < score.length; k++) {
              score[k] += points.get(k).score() / startScores.length;
              addTo(mean[k], path.difference(), points.get(k).gradient());
            }
          });
    }
    return IntStream.range(0, score.length)
        .mapToObj(k -> new PathGradient.Point(score[k], mean[k]))
        .toList();
  }

  @Override
  public double[] scores(double[][] coefficients) {
    double[] mean = new double[coefficients.length];
    for (int r = 0; r < startScores.length; r++) {
      visit(
          r,
          path -> {
            double[] scores = path.scores(coefficients);
            Arrays.setAll(mean, k -> mean[k] + scores[k] / startScores.length);
          });
    }
    return mean;
  }

  private void addTo(double[] mean, double[] difference, double[] gradient) {
    for (int i = 0; i < mean.length; i++) {
      mean[i] += difference[i] * gradient[i] / startScores.length;
    }
  }
}
