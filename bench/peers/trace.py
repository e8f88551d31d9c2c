#!/usr/bin/env python3
"""Writes a model folder as TorchScript, and its patients as plain numbers.

    trace.py MODEL_DIR OUT.pt [COHORT [PATIENTS]]

OUT.pt takes (point [B,L,d], addend [1,L,d], tabular [B,T]) to logits [B,1]. There is no mask: the
sequences must fill the model's length. Beside it, for whoever does not want to read our formats:

    OUT.json   {"patients": N, "length": L, "hidden": d, "features": T,
                "code_positions": [[positions of the tokens that count for l21], ...]}
    OUT.bin    little-endian float32, for each patient: start, end, addend [L,d], tabular start,
               tabular end [T]; tabular values normalised, in the order of config.json
"""

import json
import os
import sys

import torch
from torch import nn

import gsig_torch

PATIENTS = 16


class Unmasked(nn.Module):
    """The model as a function of what the path changes."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, point, addend, tabular):
        """See the module's text."""
        return gsig_torch.logits(self.model, point, addend, tabular, gsig_torch.NoMask())


def example(patient, batch):
    """Arguments of the traced module: a batch of points on the patient's path."""
    a = torch.linspace(0, 1, batch)
    change, tabular = patient.end - patient.start, patient.tabular_end - patient.tabular_start
    return (
        patient.start + a[:, None, None] * change,
        patient.addend,
        patient.tabular_start + a[:, None] * tabular,
    )


def write_script(model, patient, path):
    """Traces with two steps in the batch, and makes sure that five come out right too."""
    module = Unmasked(model)
    traced = torch.jit.trace(module, example(patient, 2))
    five = example(patient, 5)
    if not torch.allclose(traced(*five), module(*five), rtol=1e-5, atol=1e-5):
        raise SystemExit("trace.py: the traced module is wrong for another batch size")
    traced.save(path)


def write_patients(patients, base):
    """Writes BASE.bin and BASE.json."""
    with open(base + ".bin", "wb") as file:
        for p in patients:
            for tensor in (p.start, p.end, p.addend, p.tabular_start, p.tabular_end):
                file.write(tensor.numpy().astype("<f4").tobytes())
    length, hidden = patients[0].start.shape
    header = {
        "patients": len(patients),
        "length": length,
        "hidden": hidden,
        "features": len(patients[0].tabular_end),
        "code_positions": [p.valid.nonzero()[:, 0].tolist() for p in patients],
    }
    with open(base + ".json", "w", encoding="utf-8") as file:
        json.dump(header, file)


def main(folder, out, cohort=None, count=PATIENTS):
    """Writes the three files."""
    explained = gsig_torch.Explained(folder)
    lines = gsig_torch.read_cohort(cohort or os.path.join(folder, "patients.jsonl"), int(count))
    patients = [explained.patient(line, padded=False) for line in lines]
    length = explained.config["max_position_embeddings"]
    if any(len(patient.ids) != length for patient in patients):
        raise SystemExit(f"trace.py: a patient has not {length} tokens")
    write_patients(patients, os.path.splitext(out)[0])
    write_script(explained.model, patients[0], out)


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 5:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
