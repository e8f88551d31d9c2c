package dev.gsig.plots.internal;

/** Shapes that tell lines apart where colours do not. */
final class Markers {
  private static final double SIZE = 1.9;

  /** Corners of each shape but the first, which is round; x and y in turn. */
  private static final double[][] SHAPES = {
    {},
    {-1, -1, 1, -1, 1, 1, -1, 1},
    {0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0},
    {0, -1.2, 1.2, 1, -1.2, 1},
    {0, 1.2, 1.2, -1, -1.2, -1},
    {
      -0.4, -1.3, 0.4, -1.3, 0.4, -0.4, 1.3, -0.4, 1.3, 0.4, 0.4, 0.4, 0.4, 1.3, -0.4, 1.3, -0.4,
      0.4, -1.3, 0.4, -1.3, -0.4, -0.4, -0.4
    },
    {-1.2, -1.2, 0, -0.5, 1.2, -1.2, 0.5, 0, 1.2, 1.2, 0, 0.5, -1.2, 1.2, -0.5, 0}
  };

  private Markers() {}

  /** Draws the shape of a line at a point. */
  static void draw(Svg svg, int line, double x, double y, String colour) {
    double[] shape = SHAPES[line % SHAPES.length];
    if (shape.length == 0) {
      svg.dot(x, y, SIZE, colour);
      return;
    }
    double[] xs = new double[shape.length / 2];
    double[] ys = new double[shape.length / 2];
    for (int i = 0; i < xs.length; i++) {
      xs[i] = x + SIZE * shape[2 * i];
      ys[i] = y + SIZE * shape[2 * i + 1];
    }
    svg.shape(xs, ys, colour);
  }
}
