#!/usr/bin/env python3
"""Builds the PyTorch parity fixtures: small models, inputs, and the numbers PyTorch gets.

Usage:  python3 tools/make_parity_fixtures.py [--out DIR] [--only NAME] [--search N]

Needs torch (1.13 or newer) and numpy, nothing else; runs on one thread in about a minute and
writes the same bytes again when run again with the same PyTorch. The default DIR is
gsig/src/test/resources/parity. --only writes one model; --search N tries N seeds for each
model, writes nothing, and prints the first seed that passes the checks below.

Each model is a folder DIR/<name>/ with

  config.json, model.safetensors, vocab.json    a model folder
  cohort.jsonl        the trajectories to explain
  validation.jsonl    the trajectories whose mean is the baseline
  case.json           {"sequence_baseline", "tabular_baseline", "steps", "target", "class"}
  expected.safetensors    float64, computed in float64 from the weights as stored:

  validation.manifold_mean [L,d], validation.manifold_mean_unpadded [L,d],
  validation.tabular_mean [T], and for each patient i, in the order of the cohort,
  p<i>.input_ids [L]              padded token ids
  p<i>.embedding [L,d]            the tensor at the attribution point
  p<i>.tabular [T]                the normalised tabular values
  p<i>.logits [labels]            p<i>.explained_class [1]
  p<i>.probabilities [labels]     of a multi-label model only
  p<i>.score [1]                  p<i>.baseline_score [1]
  p<i>.baseline [L,d]             p<i>.tabular_baseline [T]
  p<i>.gradient [L,d]             p<i>.tabular_gradient [T]     at the input
  p<i>.ig.<theta> [L,d]           p<i>.ig_tabular.<theta> [T]   theta in 0.1 0.569 1 2.096 5
  p<i>.curve.theta [11]           the compatibility grid and 1, ascending
  p<i>.curve.l21 [11]             p<i>.curve.gap [11]           gap: completeness gap
  p<i>.chosen_theta [1]
  p<i>.quadrature.<rule> [2]      (l21, gap) of left, midpoint, trapezoid, gauss-legendre

Tensors with T exist only where the model has a tabular branch.

The script refuses to write a fixture that would test little or test noise: the gradient is
compared with a central difference and with the fundamental theorem of calculus, the function
must bend along the path, the choice of theta must be clear, no ReLU may sit at its kink, and
float32 PyTorch must agree with float64. The encoder is compared with
torch.nn.TransformerEncoderLayer. At the end a coverage table is printed from the files
written; a key or value that no model covers is an error.
"""

import argparse
import json
import os
import sys

sys.dont_write_bytecode = True
# The order of a sum, and with it its last bit, may depend on the number of threads; the linear
# algebra library reads its own number when it is loaded.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import torch

import parity_checks as checks
import parity_coverage as coverage
import parity_data as data
import parity_method as method
import parity_safetensors as safetensors
from parity_cases import CASES
from parity_model import ReferenceModel

DEFAULT_OUT = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "../gsig/src/test/resources/parity"
)


def build_model(case, rng):
    """The model with seeded weights that are exactly representable in the stored type."""
    rows = data.table_rows(case["config"])
    model = ReferenceModel(
        case["config"], rows, case["embedding_norm"], case["encoder_norm"], case["pooled_norm"]
    )
    model.double()
    stored = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
    for name, parameter in model.named_parameters():
        values = rng.standard_normal(tuple(parameter.shape))
        if "LayerNorm.weight" in name:
            values = 1 + 0.3 * values
        elif "bias" in name:
            values = 0.3 * values
        elif "_embeddings" not in name:
            gain = case["head_gain"] if name.startswith("classifier") else case["gain"]
            values = gain * values / np.sqrt(parameter.shape[-1])
        values = torch.tensor(values)
        if case["dtype"] in stored:
            values = values.to(stored[case["dtype"]]).double()
        with torch.no_grad():
            parameter.copy_(values)
    return model


def file_weights(model, case):
    """The weights under the names that the model folder carries."""
    weights = {}
    for name, value in model.state_dict().items():
        if case["bert_prefix"] and name.split(".")[0] in ("embeddings", "encoder", "pooler"):
            name = "bert." + name
        if case["hf_head"]:
            name = name.replace("classifier.layers.0.", "classifier.")
        weights[name] = value.numpy()
    return weights


def build(case, seed):
    """Everything a case's folder holds."""
    rng = np.random.default_rng(seed)
    model = build_model(case, rng)
    vocabulary = data.make_vocabulary(case["config"], case["special_names"])

    def trajectories(prefix, all_kinds):
        return [
            data.make_trajectory(rng, prefix + str(i), kinds, case["config"], vocabulary)
            for i, kinds in enumerate(all_kinds)
        ]

    cohort = trajectories("p", case["kinds"])
    validation = trajectories("v", case["validation"])
    expected = method.expected(model, case["run"], cohort, validation, vocabulary)
    return model, vocabulary, cohort, validation, expected


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(value, indent=2) + "\n")


def write_lines(path, values):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(value) + "\n" for value in values)


def write_folder(folder, case, model, vocabulary, cohort, validation, expected):
    os.makedirs(folder, exist_ok=True)
    write_json(os.path.join(folder, "config.json"), case["config"])
    write_json(os.path.join(folder, "vocab.json"), vocabulary)
    write_json(os.path.join(folder, "case.json"), case["run"])
    write_lines(os.path.join(folder, "cohort.jsonl"), cohort)
    write_lines(os.path.join(folder, "validation.jsonl"), validation)
    weights = file_weights(model, case)
    safetensors.write(os.path.join(folder, "model.safetensors"), weights, case["dtype"])
    safetensors.write(os.path.join(folder, "expected.safetensors"), expected, "F64")


def search(case, tries):
    """Prints the first seed whose fixture passes the checks."""
    reasons = []
    for seed in range(1, tries + 1):
        problem, facts = checks.examine(case, *build(case, seed))
        if problem is None:
            print("%-30s seed %d  %s  %s" % (case["name"], seed, facts, reasons))
            return
        reasons.append(problem)
    print("%-30s none of %d seeds: %s" % (case["name"], tries, reasons))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", default=DEFAULT_OUT, help="folder of the fixtures")
    parser.add_argument("--only", help="write only this model, without the coverage table")
    parser.add_argument("--search", type=int, help="try so many seeds, write nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cases = [c for c in CASES if arguments.only in (None, c["name"])]
    if not cases:
        sys.exit("no model is called %s" % arguments.only)
    if arguments.search:
        for case in cases:
            search(case, arguments.search)
        return
    checks.encoder_against_torch()
    checks.rules()
    for case in cases:
        built = build(case, case["seed"])
        problem, facts = checks.examine(case, *built)
        if problem is not None:
            sys.exit("%s, seed %d: %s" % (case["name"], case["seed"], problem))
        write_folder(os.path.join(arguments.out, case["name"]), case, *built)
        print("%-30s %s" % (case["name"], facts), flush=True)
    if arguments.only is None:
        coverage.report(arguments.out, [c["name"] for c in CASES])


if __name__ == "__main__":
    main()
