#!/usr/bin/env python3
"""Exports a model folder of the demo's architecture (bench's S and M) as a folder with a graph.

    export_onnx.py FOLDER OUT

OUT/model.onnx takes `ids [batch, length]` and `tabular [batch, T]` and gives `logits [batch]`; it is
what torch.onnx.export makes of the module that PyTorch's side of the comparison computes with. Beside
it are inputs.json, the folder's vocab.json and patients.jsonl, and check.npz, the logits of two
patients in float64, for `gsig import --check`.
"""

import json
import os
import shutil
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


def meaning(config):
    """What inputs.json says: what the graph's inputs hold, and how a record becomes them."""
    special = {key: value for key, value in config.items() if key.endswith("_token_id")}
    return {
        "inputs": {"ids": "tokens", "tabular": "tabular"},
        "output": "logits",
        "max_position_embeddings": config["max_position_embeddings"],
        **special,
        "tabular": {"features": config["tabular"]["features"]},
    }


def main(folder, out):
    """Writes the folder out."""
    module, config, vocab = demo_model.load(folder)
    inputs = example(folder, config, vocab)
    write_export(module, inputs, os.path.join(out, "model.onnx"), os.path.join(out, "check.npz"))
    for name in ("vocab.json", "patients.jsonl"):
        shutil.copyfile(os.path.join(folder, name), os.path.join(out, name))
    with open(os.path.join(out, "inputs.json"), "w", encoding="utf-8") as file:
        json.dump(meaning(config), file, indent=1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
