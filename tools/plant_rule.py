#!/usr/bin/env python3
"""Gives the patients of a cohort labels that follow rules, so that what is right is known.

    python3 tools/plant_rule.py COHORT OUT RULE...

A RULE is a code, which holds for whom some visit has it, or CODE>X or CODE<X: some visit has the
code with a value above or below X. The records stay as they are. The log-odds of label 1 are BASE,
and RISE more for each rule that holds; labels are drawn with a fixed seed. OUT is a cohort for
`gsig train`, with rules.json: the rules, and for each patient those that hold.
"""

import json
import math
import pathlib
import random
import re
import shutil
import sys

BASE = -3.0
RISE = 3.0
SEED = 1
COPIED = ("vocab.json", "values.json", "bins.json", "descriptions.json")
PARTS = ("train", "validation", "test")


def parsed(text):
    """Code, comparison (or None) and number of a rule."""
    match = re.fullmatch(r"(.+?)(?:([<>])(-?[0-9.]+))?", text)
    return match[1], match[2], float(match[3]) if match[2] else None


def holds(rule, patient):
    code, comparison, limit = rule
    for visit in patient["visits"]:
        values = visit.get("values") or [None] * len(visit["codes"])
        for each, value in zip(visit["codes"], values):
            if each == code and comparison is None:
                return True
            if each == code and value is not None:
                if value > limit if comparison == ">" else value < limit:
                    return True
    return False


def main(cohort, out, *texts):
    rules = {text: parsed(text) for text in texts}
    source, whole = pathlib.Path(cohort), pathlib.Path(out)
    if whole.exists():
        sys.exit(f"{out}: exists already; name another folder")
    if not (source / "train.jsonl").exists():
        sys.exit(f"{cohort}: no cohort, for it has no train.jsonl")
    # under another name until it is whole
    target = whole.with_name(f".{whole.name}.unfinished")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    draw = random.Random(SEED)
    of = {}
    for part in PARTS:
        counts = dict.fromkeys(rules, 0)
        patients = ill = 0
        with open(source / f"{part}.jsonl", encoding="utf-8") as lines, open(
            target / f"{part}.jsonl", "w", encoding="utf-8", newline="\n"
        ) as written:
            for line in lines:
                patient = json.loads(line)
                found = [text for text, rule in rules.items() if holds(rule, patient)]
                odds = BASE + RISE * len(found)
                patient["label"] = int(draw.random() < 1 / (1 + math.exp(-odds)))
                of[patient["subject_id"]] = found
                patients += 1
                ill += patient["label"]
                for text in found:
                    counts[text] += 1
                written.write(json.dumps(patient, ensure_ascii=False) + "\n")
        told = ", ".join(f"{text} in {count}" for text, count in counts.items())
        print(f"{part}: {patients} patients, {ill} with label 1; {told}")
        if part == "train" and not all(counts.values()):
            shutil.rmtree(target)
            sys.exit(f"{cohort}: a rule holds for no training patient")
    for name in COPIED:
        if (source / name).exists():
            shutil.copyfile(source / name, target / name)
    (target / "rules.json").write_text(
        json.dumps({"rules": list(rules), "patients": of}, indent=1) + "\n", encoding="utf-8"
    )
    target.rename(whole)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
