#!/usr/bin/env python3
"""Puts what the paper claims beside what evaluations found, as a table in Markdown.

    bin/gsig evaluate ... --methods ig,gsig,... --baselines manifold-mean,zero,... --out FOLDER
    python3 tools/claims_table.py NAME=FOLDER...

Amirahmadi, Etminani and Ohlsson, Group-Sparse Manifold-Aware Integrated Gradients for Multimodal
Transformers on EHR Trajectories, PMLR 297, 2026, abstract: from the mean embedding comprehensiveness
is higher and sufficiency lower; GS-IG lowers the token-level l2,1 by 9 to 18%, and changes both
little. Mean differences over the patients with 95% bootstrap intervals; of l2,1 that of the means,
relative. The last rows are not of the paper: what the attributions miss of the score's difference.
"""

import csv
import sys

import numpy as np

DRAWS = 2000
SEED = 1
RANKINGS = ("l2", "signed")


def read(folder):
    """Of each baseline and method, and each patient, the figures."""
    found = {}
    with open(f"{folder}/evaluation-patients.csv", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            found.setdefault((row["baseline"], row["method"]), {})[row["subject_id"]] = row
    return found


def values(rows, patients, metric):
    return np.array([float(rows[who][metric]) for who in patients])


def interval(draws, form):
    low, high = np.quantile(draws, [0.025, 0.975])
    return f"[{low:{form}}, {high:{form}}]"


class Evaluation:
    def __init__(self, folder):
        self.rows = read(folder)
        self.patients = list(self.rows["manifold-mean", "ig"])
        n = len(self.patients)
        draw = np.random.default_rng(SEED)
        self.draws = draw.integers(0, n, (DRAWS, n))

    def of(self, key, metric):
        return values(self.rows[key], self.patients, metric)

    def difference(self, ours, theirs, metric):
        apart = self.of(ours, metric) - self.of(theirs, metric)
        return f"{apart.mean():+.4f} {interval(apart[self.draws].mean(axis=1), '+.4f')}"

    def relative(self, ours, theirs, metric):
        a, b = self.of(ours, metric), self.of(theirs, metric)
        ratios = a[self.draws].mean(axis=1) / b[self.draws].mean(axis=1) - 1
        return f"{a.mean() / b.mean() - 1:+.1%} {interval(ratios, '+.1%')}"

    def median(self, key, metric):
        found = self.of(key, metric)
        return f"{np.median(found):.1%} {interval(np.median(found[self.draws], axis=1), '.1%')}"


MEAN_IG, ZERO_IG, MEAN_GSIG = ("manifold-mean", "ig"), ("zero", "ig"), ("manifold-mean", "gsig")


def lines():
    """Claim, measure, and how it is computed."""
    for ranking in RANKINGS:
        for metric, wanted in (("comprehensiveness", "higher"), ("sufficiency", "lower")):
            yield (
                f"from the mean embedding {metric} is {wanted}",
                f"IG from the mean less IG from zeros, {ranking} ranking",
                lambda e, m=f"{metric}_{ranking}": e.difference(MEAN_IG, ZERO_IG, m),
            )
    yield (
        "GS-IG lowers l2,1 by 9 to 18%",
        "GS-IG relative to IG, from the mean",
        lambda e: e.relative(MEAN_GSIG, MEAN_IG, "l21"),
    )
    for ranking in RANKINGS:
        for metric in ("comprehensiveness", "sufficiency"):
            yield (
                f"and {metric} hardly changes",
                f"GS-IG less IG, from the mean, {ranking} ranking",
                lambda e, m=f"{metric}_{ranking}": e.difference(MEAN_GSIG, MEAN_IG, m),
            )
    for name, key in (("IG", MEAN_IG), ("GS-IG", MEAN_GSIG)):
        yield (
            "not of the paper",
            f"missing of the difference in scores, median: {name}",
            lambda e, k=key: e.median(k, "completeness_gap_relative"),
        )


def main(*named):
    evaluations = {}
    for each in named:
        name, _, folder = each.partition("=")
        evaluations[name] = Evaluation(folder)
    print("| the paper claims | measured | " + " | ".join(evaluations) + " |")
    print("|" + "---|" * (2 + len(evaluations)))
    for claim, measure, compute in lines():
        print(f"| {claim} | {measure} | " + " | ".join(map(compute, evaluations.values())) + " |")


if __name__ == "__main__":
    if len(sys.argv) < 2 or not all("=" in each for each in sys.argv[1:]):
        sys.exit(__doc__)
    main(*sys.argv[1:])
