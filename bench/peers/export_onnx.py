#!/usr/bin/env python3
"""Exports a model folder of the demo's architecture (bench's S and M) as ONNX.

    export_onnx.py FOLDER OUT

OUT/model.onnx takes `ids [batch, length]` and `tabular [batch, T]` and gives `logits [batch, 1]`; it
is what torch.onnx.export makes of the module that PyTorch's side of the comparison computes with.
OUT/check.npz has the logits of two patients, in float64, for `gsig import --check`.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools"))

import demo_model
from onnx_export import write_export

from gsig_torch import read_cohort


def example(folder, config, vocab):
    """The arguments of the module's forward for the first two patients."""
    lines = read_cohort(os.path.join(folder, "patients.jsonl"), 2)
    length = config["max_position_embeddings"]
    ids = [demo_model.token_ids(line["visits"], vocab, length) for line in lines]
    features = config["tabular"]["features"]
    return {
        "ids": demo_model.padded(ids),
        "tabular": demo_model.normalised([line["tabular"] for line in lines], features),
    }


def main(folder, out):
    """Writes the folder out."""
    module, config, vocab = demo_model.load(folder)
    inputs = example(folder, config, vocab)
    write_export(module, inputs, os.path.join(out, "model.onnx"), os.path.join(out, "check.npz"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
