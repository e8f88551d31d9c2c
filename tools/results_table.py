#!/usr/bin/env python3
"""Prints the tables of docs/results.md: those of an evaluation, in Markdown.

    bin/gsig evaluate ... --out DIR
    python3 tools/results_table.py DIR
    python3 tools/results_table.py DIR bounded-measure ig-to-tolerance

Means over the patients; of the l2 rankings and the infidelity with 95% bootstrap intervals, of the
gaps with medians. With two methods: their mean difference over the patients, with such intervals.
Of an evaluation with --sanity-check a second table: how alike scores still are, by rank correlations
of signed scores and of their sizes, when the weights are random from the classifier down to a part.
"""

import csv
import json
import random
import sys


def number(metric, digits, interval=False):
    if metric is None or metric["mean"] is None:
        return "-"
    text = f"{metric['mean']:.{digits}f}"
    if interval:
        text += f" [{metric['low']:.{digits}f}, {metric['high']:.{digits}f}]"
    return text


def percent(metric):
    if metric is None or metric["mean"] is None:
        return "-"
    return f"{metric['mean']:.1%}, {metric['median']:.1%}"


COLUMNS = [
    ("comprehensiveness, l2", lambda row: number(row["comprehensiveness_l2"], 3, True)),
    ("sufficiency, l2", lambda row: number(row["sufficiency_l2"], 3, True)),
    ("compr., signed", lambda row: number(row["comprehensiveness_signed"], 3)),
    ("suff., signed", lambda row: number(row["sufficiency_signed"], 3)),
    ("infidelity, normalised", lambda row: number(row.get("infidelity_normalised"), 3, True)),
    ("max-sensitivity", lambda row: number(row.get("max_sensitivity"), 3)),
    ("l21", lambda row: number(row["l21"], 2)),
    ("gap: mean, median", lambda row: percent(row["completeness_gap_relative"])),
    ("codes for 90%", lambda row: number(row["codes_for_90_percent"], 1)),
]


DIFFERENCES = [
    "comprehensiveness_l2",
    "sufficiency_l2",
    "comprehensiveness_signed",
    "sufficiency_signed",
    "infidelity_normalised",
    "l21",
]


def difference(ours, theirs, metric):
    pairs = [(ours[who][metric], theirs[who][metric]) for who in ours if who in theirs]
    values = [float(a) - float(b) for a, b in pairs if a and b]
    if not values:
        return "-"
    draw = random.Random(1)
    n = len(values)
    means = sorted(sum(draw.choices(values, k=n)) / n for _ in range(1000))
    return f"{sum(values) / n:.3f} [{means[25]:.3f}, {means[974]:.3f}]"


def pair(folder, method, other):
    with open(f"{folder}/evaluation-patients.csv", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    print(f"{method} minus {other}\n")
    print("| baseline | " + " | ".join(DIFFERENCES) + " |")
    print("|" + "---|" * (1 + len(DIFFERENCES)))
    for baseline in dict.fromkeys(row["baseline"] for row in rows if row["method"] == method):
        of = {
            name: {
                row["subject_id"]: row
                for row in rows
                if row["baseline"] == baseline and row["method"] == name
            }
            for name in (method, other)
        }
        cells = [difference(of[method], of[other], metric) for metric in DIFFERENCES]
        print(f"| {baseline} | " + " | ".join(cells) + " |")


def sanity(rows):
    parts = [step["random_down_to"] for step in rows[0]["sanity_check"]]
    print("\n| baseline | method | " + " | ".join(parts) + " |")
    print("|" + "---|" * (2 + len(parts)))
    for row in rows:
        cells = [
            f"{step['rank_correlation_signed']['mean']:.2f}, "
            f"{step['rank_correlation_absolute']['mean']:.2f}"
            for step in row["sanity_check"]
        ]
        print("| " + " | ".join([row["baseline"] or "-", row["method"], *cells]) + " |")


def main(folder):
    with open(f"{folder}/evaluation.json", encoding="utf-8") as stream:
        evaluation = json.load(stream)
    rows = evaluation["rows"]
    columns = [c for c in COLUMNS if any(c[1](row) != "-" for row in rows)]
    print("| baseline | method | " + " | ".join(name for name, _ in columns) + " |")
    print("|" + "---|" * (2 + len(columns)))
    for row in rows:
        cells = [row["baseline"] or "-", row["method"], *(cell(row) for _, cell in columns)]
        print("| " + " | ".join(cells) + " |")
    print(f"\n{evaluation['patients']} patients, {evaluation['steps']} steps, removal "
          f"{evaluation['removal']}, seed {evaluation['seed']}.")
    if "sanity_check" in rows[0]:
        sanity(rows)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        main(sys.argv[1])
    elif len(sys.argv) == 4:
        pair(*sys.argv[1:])
    else:
        sys.exit(__doc__)
