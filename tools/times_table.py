#!/usr/bin/env python3
"""Prints what the steps of an experiment took as a table in Markdown.

    examples/physionet2012.sh CHALLENGE OUT
    python3 tools/times_table.py OUT/times.tsv

The file has a line for each thing made: its name, the seconds until it was there, and those of
cores for the program and for the system. Names that differ in a seed or in the model alone are one
step. A thing made twice counts once, by its last line.
"""

import re
import sys

MODELS = r"-(bins|values|decoder|planted|hourly)"


def step(name):
    if "model.safetensors" in name:
        return "train"
    if "baseline" in name:
        return "baseline"
    return re.sub(MODELS, "", re.split(r"[/.]", name)[0])


def minutes(seconds):
    return f"{seconds / 60:.1f}"


def main(file):
    made = {}
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            name, wall, user, system = line.rstrip("\n").split("\t")
            made.pop(name, None)
            made[name] = float(wall), float(user) + float(system)
    steps = {}
    for name, took in made.items():
        steps.setdefault(step(name), []).append(took)
    print("| step | times | minutes, all | core minutes, all |")
    print("|---|---|---|---|")
    for name, took in steps.items():
        wall, cores = (sum(column) for column in zip(*took))
        print(f"| {name} | {len(took)} | {minutes(wall)} | {minutes(cores)} |")
    wall, cores = (sum(column) for column in zip(*made.values()))
    print(f"| all of them | {len(made)} | {minutes(wall)} | {minutes(cores)} |")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
