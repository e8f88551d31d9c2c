#!/usr/bin/env python3
"""Plain IG of a model's first patient in PyTorch, all steps in one batch: milliseconds a patient.

    gpu_torch.py MODEL_DIR COHORT [STEPS] [DEVICE]     DEVICE: cuda (default) or cpu
"""

import sys
import time

import torch

import gsig_torch

WARM_UP = 3
RUNS = 10


def main(folder, cohort, steps=50, device="cuda"):
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.set_default_tensor_type(torch.cuda.FloatTensor)
    explained = gsig_torch.Explained(folder)
    explained.model.to(device)
    explained.sequence_mean, explained.tabular_mean = (
        t.to(device) for t in (explained.sequence_mean, explained.tabular_mean)
    )
    gsig_torch.SPECIAL = gsig_torch.SPECIAL.to(device)
    line = gsig_torch.read_cohort(cohort, 1)[0]
    patient = gsig_torch.Patient(explained, line, False)
    milliseconds = []
    for _ in range(WARM_UP + RUNS):
        start = time.perf_counter()
        # as_list reads the result back, and so waits for the device
        gsig_torch.ig(patient, int(steps), int(steps)).as_list()
        milliseconds.append((time.perf_counter() - start) * 1e3)
    measured = sorted(milliseconds[WARM_UP:])
    name = torch.cuda.get_device_name() if device == "cuda" else "cpu"
    print(f"PyTorch {torch.__version__} on {name}: {steps} steps, median {measured[RUNS // 2]:.2f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
