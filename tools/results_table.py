#!/usr/bin/env python3
"""Prints the tables of docs/results.md: those of an evaluation, in Markdown.

    bin/gsig evaluate ... --out DIR
    python3 tools/results_table.py DIR/evaluation.json

Means over the patients; of the l2 rankings with 95% bootstrap intervals, of the gaps with medians.
"""

import json
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


def main(file):
    with open(file, encoding="utf-8") as stream:
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


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
