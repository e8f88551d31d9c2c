package dev.gsig.bench;

import static dev.gsig.bench.SyntheticModel.M;
import static dev.gsig.bench.SyntheticModel.S;

import dev.gsig.tensor.Shape;

/** Linear layers as the models call them, and a small and an odd one. */
public enum LinearLayer {
  /** Query or output projection of model S. */
  S_PROJECTION(S, "d->d", S.hidden(), S.hidden()),
  /** Key and value projection of model S in one. */
  S_KEY_VALUE(S, "d->2d", S.hidden(), 2 * S.hidden()),
  /** First layer of the feed-forward of model S. */
  S_EXPAND(S, "d->ff", S.hidden(), S.intermediate()),
  /** Second layer of the feed-forward of model S. */
  S_CONTRACT(S, "ff->d", S.intermediate(), S.hidden()),
  /** Query or output projection of model M. */
  M_PROJECTION(M, "d->d", M.hidden(), M.hidden()),
  /** Key and value projection of model M in one. */
  M_KEY_VALUE(M, "d->2d", M.hidden(), 2 * M.hidden()),
  /** First layer of the feed-forward of model M. */
  M_EXPAND(M, "d->ff", M.hidden(), M.intermediate()),
  /** Second layer of the feed-forward of model M. */
  M_CONTRACT(M, "ff->d", M.intermediate(), M.hidden()),
  /** Two rows, as behind the pooling. */
  SMALL("2x128x128", 2, 128, 128),
  /** Sizes that fit no panel and no register tile. */
  ODD("37x29x53", 37, 29, 53);

  private final String label;
  private final boolean ofModel;
  private final int rows;
  private final int inputs;
  private final int outputs;

  LinearLayer(SyntheticModel model, String label, int inputs, int outputs) {
    this.label = model + " " + label;
    ofModel = true;
    rows = SyntheticModel.LENGTH;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  LinearLayer(String label, int rows, int inputs, int outputs) {
    this.label = label;
    ofModel = false;
    this.rows = rows;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Name for people. */
  String label() {
    return label;
  }

  /** True for the layers of the synthetic models, which see every token of some steps. */
  boolean ofModel() {
    return ofModel;
  }

  /** Shape of the layer's input. */
  Shape input(int steps) {
    return new Shape(ofModel ? steps : 1, rows, inputs);
  }

  /** Output features. */
  int outputs() {
    return outputs;
  }
}
