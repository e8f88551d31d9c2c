#!/usr/bin/env python3
"""Prints a table, in Markdown, of how well models tell the labels of one test set.

    bin/gsig predict --model MODEL --cohort COHORT/test.jsonl --out FOLDER/NAME/test.csv
    bin/gsig predict --model MODEL --cohort COHORT/validation.jsonl --out FOLDER/NAME/validation.csv
    python3 tools/quality_table.py FOLDER [PEER]

A model is a folder NAME, or several NAME-seed-1, NAME-seed-2, ... whose figures are means over the
seeds. AUROC, AUPRC (average precision), Brier score, intercept and slope of calibration (of a
logistic regression of the label on the logit; 0 and 1 are best), and the score of PhysioNet's
challenge of 2012: the smaller of sensitivity and positive predictivity, above the threshold at
which it is largest on the validation set. In brackets 95% bootstrap intervals over the patients,
who are the same for all models and seeds in a draw, among them some of each label. With PEER the
last column is the difference of AUROC from that model.
"""

import csv
import pathlib
import re
import sys

import numpy as np

DRAWS = 2000
SEED = 1


def read(file):
    with open(file, encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    names = [row["subject_id"] for row in rows]
    y = np.array([int(row["label"]) for row in rows])
    p = np.array([float(row["probability"]) for row in rows])
    return names, y, p


def auroc(y, p):
    """Hanley and McNeil 1982, by ranks; ties count half."""
    _, inverse, counts = np.unique(p, return_inverse=True, return_counts=True)
    upto = np.cumsum(counts)
    ranks = (upto - (counts - 1) / 2)[inverse]
    positives = y.sum()
    negatives = len(y) - positives
    return (ranks[y == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives)


def auprc(y, p):
    """Average precision; tied scores count as one."""
    order = np.argsort(-p, kind="stable")
    found = np.cumsum(y[order])
    last = np.append(p[order][1:] != p[order][:-1], True)
    found, seen = found[last], np.flatnonzero(last) + 1
    gained = np.diff(np.append(0, found))
    return (gained * found / seen).sum() / y.sum()


def brier(y, p):
    return ((p - y) ** 2).mean()


def calibration(y, p):
    """Intercept and slope by Newton's method (Cox 1958)."""
    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    x = np.column_stack([np.ones(len(p)), np.log(clipped / (1 - clipped))])
    w = np.array([0.0, 1.0])
    for _ in range(25):
        q = 1 / (1 + np.exp(-x @ w))
        w += np.linalg.solve(x.T @ (x * (q * (1 - q))[:, None]), x.T @ (y - q))
    return w


def smaller(y, p, threshold):
    """The smaller of sensitivity and positive predictivity."""
    told = p >= threshold
    hits = (y[told] == 1).sum()
    return min(hits / y.sum(), hits / max(1, told.sum()))


def threshold(y, p):
    return max(np.unique(p), key=lambda t: smaller(y, p, t))


class Model:
    def __init__(self, name, folders):
        self.name = name
        tests = [read(folder / "test.csv") for folder in folders]
        self.names, self.y, _ = tests[0]
        for names, y, _ in tests:
            if names != self.names or (y != self.y).any():
                sys.exit(f"{name}: the seeds have other patients")
        self.p = [p for _, _, p in tests]
        self.thresholds = []
        for folder in folders:
            _, y, p = read(folder / "validation.csv")
            self.thresholds.append(threshold(y, p))

    def mean(self, figure, at=slice(None)):
        return np.mean([figure(self.y[at], p[at]) for p in self.p], axis=0)

    def score(self, at=slice(None)):
        pairs = zip(self.p, self.thresholds)
        return np.mean([smaller(self.y[at], p[at], t) for p, t in pairs])


def models(folder):
    grouped = {}
    for each in sorted(p.parent for p in pathlib.Path(folder).glob("*/test.csv")):
        grouped.setdefault(re.sub(r"-seed-\d+$", "", each.name), []).append(each)
    return [Model(name, folders) for name, folders in grouped.items()]


def drawn_patients(draw, y):
    """Patients with replacement; draws of one label alone, which have no AUROC, are drawn again."""
    if y.min() == y.max():
        sys.exit(f"all {len(y)} patients have label {y[0]}: there is nothing to tell apart")
    draws = []
    while len(draws) < DRAWS:
        at = draw.integers(0, len(y), len(y))
        if y[at].min() < y[at].max():
            draws.append(at)
    return draws


def interval(values):
    low, high = np.quantile(values, [0.025, 0.975])
    return f" [{low:.3f}, {high:.3f}]"


def main(folder, peer=None):
    some = models(folder)
    for model in some:
        if model.names != some[0].names:
            sys.exit(f"{model.name}: has other patients than {some[0].name}")
    draw = np.random.default_rng(SEED)
    draws = drawn_patients(draw, some[0].y)
    drawn = {m.name: np.array([m.mean(auroc, at) for at in draws]) for m in some}
    other = next((m for m in some if m.name == peer), None)
    if peer and not other:
        sys.exit(f"{folder}: has no model {peer}")
    columns = ["model", "AUROC", "AUPRC", "Brier", "calibration", "challenge's score"]
    columns += [f"AUROC above {peer}"] if peer else []
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for m in sorted(some, key=lambda m: -m.mean(auroc)):
        intercept, slope = m.mean(calibration)
        seeds = f" ({len(m.p)} seeds)" if len(m.p) > 1 else ""
        cells = [
            m.name + seeds,
            f"{m.mean(auroc):.3f}" + interval(drawn[m.name]),
            f"{m.mean(auprc):.3f}" + interval([m.mean(auprc, at) for at in draws]),
            f"{m.mean(brier):.4f}",
            f"{intercept:.2f}, {slope:.2f}",
            f"{m.score():.3f}" + interval([m.score(at) for at in draws]),
        ]
        if peer:
            apart = m.mean(auroc) - other.mean(auroc)
            cells.append(f"{apart:.3f}" + interval(drawn[m.name] - drawn[peer]))
        print("| " + " | ".join(cells) + " |")
    print(f"\n{len(some[0].y)} patients, {some[0].y.sum()} with the label.")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
