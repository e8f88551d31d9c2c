package dev.gsig.bench;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.LinearWeights;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;

/** {@code y = x W^T + b} and {@code gx = gy W}. */
final class LinearProduct extends Product {
  private final LinearWeights weights;
  private final Tensor x;
  private final Tensor y;
  private final Tensor gy;
  private final Tensor gx;
  private final double flops;

  LinearProduct(Backend backend, LinearLayer layer, int steps) {
    super(backend);
    Shape in = layer.input(steps);
    Shape out = in.withCols(layer.outputs());
    weights =
        backend.linearWeights(
            out.cols(), in.cols(), values(out.cols() * in.cols()), values(out.cols()));
    x = tensor(in);
    y = backend.allocate(out);
    gy = tensor(out);
    gx = backend.allocate(in);
    flops = 2.0 * in.size() * out.cols();
  }

  @Override
  void forward() {
    backend().linear(x, weights, y);
  }

  @Override
  void backward() {
    backend().linearBackward(gy, weights, gx, false);
  }

  @Override
  double forwardFlops() {
    return flops;
  }

  @Override
  double backwardFlops() {
    return flops;
  }

  @Override
  Tensor[] results() {
    return new Tensor[] {y, gx};
  }
}
