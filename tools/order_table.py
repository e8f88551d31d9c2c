#!/usr/bin/env python3
"""Prints whether the order of the methods is the same for several models, in Markdown.

    bin/gsig evaluate ... --out FOLDER
    python3 tools/order_table.py NAME=FOLDER...

For each measure the best method and baseline for each model, with how many of the others are as good
(the 95% bootstrap interval of the mean difference over the patients holds 0, without correction for
how many are compared), and Kendall's tau (b) of the methods' orders by their means between each two
models: 1 is the same order, 0 none in common.
"""

import itertools
import sys

import numpy as np

from claims_table import DRAWS, SEED, read

# the measure, and whether more is better
MEASURES = {
    "comprehensiveness_l2": True,
    "sufficiency_l2": False,
    "comprehensiveness_signed": True,
    "sufficiency_signed": False,
    "infidelity_normalised": False,
    "l21": False,
}


def name(key):
    baseline, method = key
    return f"{method} ({baseline})" if baseline else method


def tau(x, y):
    """Kendall's tau b of two lists of figures."""
    pairs = [
        (np.sign(a - c), np.sign(b - d)) for (a, b), (c, d) in itertools.combinations(zip(x, y), 2)
    ]
    both = sum(p * q for p, q in pairs)
    return both / (sum(p * p for p, _ in pairs) * sum(q * q for _, q in pairs)) ** 0.5


class Model:
    def __init__(self, folder):
        self.rows = read(folder)
        self.patients = list(next(iter(self.rows.values())))
        n = len(self.patients)
        self.draws = np.random.default_rng(SEED).integers(0, n, (DRAWS, n))

    def figures(self, measure):
        """Of each method that has the measure for every patient, all of them."""
        found = {}
        for key, rows in self.rows.items():
            texts = [rows[who][measure] for who in self.patients if who in rows]
            if len(texts) == len(self.patients) and all(texts):
                found[key] = np.array(texts, dtype=float)
        return found

    def best(self, measure, larger):
        figures = self.figures(measure)
        sign = 1 if larger else -1
        first = max(figures, key=lambda key: sign * figures[key].mean())
        as_good = 0
        for key, found in figures.items():
            apart = sign * (figures[first] - found)
            low = np.quantile(apart[self.draws].mean(axis=1), 0.025)
            as_good += key != first and low <= 0
        return f"{name(first)}; {as_good} of {len(figures) - 1}"


def main(*named):
    models = {}
    for each in named:
        label, _, folder = each.partition("=")
        models[label] = Model(folder)
    pairs = list(itertools.combinations(models, 2))
    columns = ["measure", *(f"best for {label}; as good" for label in models)]
    columns += [f"tau: {a}, {b}" for a, b in pairs]
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for measure, larger in MEASURES.items():
        figures = {label: model.figures(measure) for label, model in models.items()}
        cells = [measure, *(model.best(measure, larger) for model in models.values())]
        for a, b in pairs:
            common = [key for key in figures[a] if key in figures[b]]
            means = [[figures[m][key].mean() for key in common] for m in (a, b)]
            cells.append(f"{tau(*means):.2f}")
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    if len(sys.argv) < 2 or not all("=" in each for each in sys.argv[1:]):
        sys.exit(__doc__)
    main(*sys.argv[1:])
