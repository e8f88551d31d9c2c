#!/usr/bin/env python3
"""Prints what theta changes, by the number of steps, as a table in Markdown.

    bin/gsig study ... --out DIR
    python3 tools/study_table.py DIR

For each number of steps the theta with the smallest l21 of each patient against theta = 1: mean and
95% bootstrap interval for l21 and the changes of comprehensiveness and sufficiency (signed ranking),
median for the gaps.
"""

import json
import sys


def change(metric, form):
    return f"{metric['mean']:{form}} [{metric['low']:{form}}, {metric['high']:{form}}]"


def main(folder):
    with open(f"{folder}/study.json", encoding="utf-8") as stream:
        study = json.load(stream)
    thetas = sorted({row["theta"] for row in study["surface"]})
    edges = f"theta at an edge of {thetas[0]:g} to {thetas[-1]:g}"
    columns = ["steps", "l21", "gap at theta = 1", "gap at the chosen theta", edges]
    columns += ["comprehensiveness", "sufficiency"]
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in study["chosen"]:
        cells = [
            str(row["steps"]),
            change(row["l21_change"], "+.1%"),
            f"{row['gap_at_theta_1']['median']:.1%}",
            f"{row['gap']['median']:.1%}",
            str(row["theta_at_edge"]),
            change(row["comprehensiveness_signed_change"], "+.3f"),
            change(row["sufficiency_signed_change"], "+.3f"),
        ]
        print("| " + " | ".join(cells) + " |")
    print(f"\n{study['patients']} patients, baseline {study['baseline']}, sums: {study['sums']}.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
