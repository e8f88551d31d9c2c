package dev.gsig.bench;

import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backend.AttentionSpec;
import dev.gsig.tensor.Shape;
import dev.gsig.tensor.Tensor;
import java.util.Arrays;

/**
 * The attention of one layer over a full sequence: two products for each head ({@code Q K^T},
 * {@code P V}), four in the gradient ({@code gy V^T}, {@code P^T gy}, {@code gS K}, {@code gS^T
 * Q}), and between them the softmax, whose time counts and whose operations do not.
 */
final class AttentionProduct extends Product {
  private final AttentionSpec spec;
  private final int[] lengths;
  private final Tensor query;
  private final Tensor keyValue;
  private final Tensor y;
  private final Tensor saved;
  private final Tensor gy;
  private final Tensor gQuery;
  private final Tensor gKeyValue;
  private final double flopsOfOne;

  AttentionProduct(Backend backend, SyntheticModel model, int steps) {
    super(backend);
    int length = SyntheticModel.LENGTH;
    int headSize = model.hidden() / model.heads();
    spec =
        new AttentionSpec(
            model.heads(), headSize, 1 / Math.sqrt(headSize), Double.NEGATIVE_INFINITY);
    lengths = new int[steps];
    Arrays.fill(lengths, length);
    Shape shape = new Shape(steps, length, model.hidden());
    query = tensor(shape);
    keyValue = tensor(shape.withCols(2 * model.hidden()));
    y = backend.allocate(shape);
    saved = backend.allocate(backend.savedByAttention(spec, shape, keyValue.shape()));
    gy = tensor(shape);
    gQuery = backend.allocate(shape);
    gKeyValue = backend.allocate(keyValue.shape());
    flopsOfOne = 2.0 * steps * model.heads() * length * length * headSize;
    forward(); // the gradient needs what it saves
  }

  @Override
  void forward() {
    backend().attention(spec, query, keyValue, lengths, y, saved);
  }

  @Override
  void backward() {
    backend().attentionBackward(spec, query, keyValue, lengths, saved, gy, gQuery, gKeyValue);
  }

  @Override
  double forwardFlops() {
    return 2 * flopsOfOne;
  }

  @Override
  double backwardFlops() {
    return 4 * flopsOfOne;
  }

  @Override
  Tensor[] results() {
    return new Tensor[] {y, gQuery, gKeyValue};
  }
}
