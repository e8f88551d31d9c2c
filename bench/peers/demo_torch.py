#!/usr/bin/env python3
"""Does in PyTorch what `bin/gsig demo` does: GS-IG for the first patients of the demo's cohort.

Writes JSON Lines with theta, l21 and token scores. `--sequential` is the authors' procedure: every
step on its own, sequences padded to the model's length.
"""

import argparse
import json
import os

import gsig_torch

DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../demo")
PATIENTS = 30
STEPS = 50


def main():
    """Explains and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", help="file to write")
    parser.add_argument("--sequential", action="store_true", help="as the authors compute it")
    parser.add_argument("--batch", type=int, default=STEPS, help="steps in a batch; default: all")
    options = parser.parse_args()
    explained = gsig_torch.Explained(os.path.join(DEMO, "model"))
    codes = {index: code for code, index in explained.vocab.items()}
    batch = 1 if options.sequential else options.batch
    with open(options.out, "w", encoding="utf-8") as out:
        for line in gsig_torch.read_cohort(os.path.join(DEMO, "test.jsonl"), PATIENTS):
            patient = explained.patient(line, options.sequential)
            found = gsig_torch.gsig(patient, STEPS, batch)
            positions = patient.valid.nonzero()[:, 0].tolist()
            tokens = [
                {"position": j, "code": codes.get(patient.ids[j].item()), "signed": signed}
                for j, signed in zip(positions, found.signed.tolist())
            ]
            tabular = [
                {"name": feature["name"], "signed": signed}
                for feature, signed in zip(
                    explained.config["tabular"]["features"], found.tabular.tolist()
                )
            ]
            record = {"subject_id": line["subject_id"], "theta": found.theta, "l21": found.l21}
            print(json.dumps({**record, "tokens": tokens, "tabular": tabular}), file=out)


if __name__ == "__main__":
    main()
