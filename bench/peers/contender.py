#!/usr/bin/env python3
"""PyTorch's side of bench/compare.sh.

    contender.py WORK MODEL_DIR COHORT STEPS PATIENTS THREADS WARMUPS BATCH

Prints `ready` once it has loaded and warmed up, then does its work once for each line `go` and
answers with one JSON line {"seconds": s, "result": [[theta, l21, scores ...], ...]}.
"""

import json
import sys
import time

import torch

import decoder_torch
import gsig_torch

# WORK: method, whether sequences are padded to the model's length, whether BATCH is heeded.
WORKS = {
    "ig-batched": (gsig_torch.ig, False, True),
    # Not timed: what integrals are held against.
    "fine": (gsig_torch.fine, False, True),
    "gsig-batched": (gsig_torch.gsig, False, True),
    # As the authors compute it: every step a forward and a backward of its own, always padded.
    "gsig-authors": (gsig_torch.gsig, True, False),
}


def main(work, folder, cohort, *numbers):
    """Runs the protocol until the end of the input."""
    method, padded, batched = WORKS[work]
    steps, patients, threads, warmups, batch = map(int, numbers)
    torch.set_num_threads(threads)
    explained = (decoder_torch if decoder_torch.reads(folder) else gsig_torch).Explained(folder)
    lines = gsig_torch.read_cohort(cohort, patients)

    def run(method):
        return [
            method(explained.patient(line, padded), steps, batch if batched else 1)
            for line in lines
        ]

    for _ in range(warmups):
        # One theta warms up as well as eleven, and the authors' eleven take long.
        run(gsig_torch.ig)
    print("ready", flush=True)
    for command in sys.stdin:
        if command.strip() != "go":
            break
        start = time.perf_counter()
        found = run(method)
        seconds = time.perf_counter() - start
        result = [attribution.as_list() for attribution in found]
        print(json.dumps({"seconds": seconds, "result": result}), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 9 or sys.argv[1] not in WORKS:
        print(__doc__ + "\nWORK: " + ", ".join(WORKS), file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
