#!/usr/bin/env python3
"""Prints the strongest drivers of results as a table in Markdown.

    bin/gsig explain ... --out RESULTS.jsonl
    python3 tools/drivers_table.py RESULTS.jsonl [descriptions.json [COUNT]]

A driver is a code, the number beside a code, or a tabular value; its effect on a patient is the sum
of its signed attributions, in the score's units (log-odds of the explained class). Ranked by the
mean of its size over all patients, 0 for those who have it not, among the drivers that at least
five have. The direction: Spearman's rank correlation of a value (the last one) with its effect.
"""

import json
import sys

MOST = 20
FEWEST = 5


def effects(result):
    """Of each driver its effect, and its last value."""
    found = {}
    for token in result["tokens"]:
        key = ("code", token["code"])
        found[key] = (found.get(key, (0, None))[0] + token["signed"], None)
        if token.get("value_signed") is not None:
            key = ("value", token["code"])
            found[key] = (found.get(key, (0, None))[0] + token["value_signed"], token["value"])
    for feature in result.get("tabular") or []:
        if feature["value"] is not None:
            found[("tabular", feature["name"])] = (feature["signed"], feature["value"])
    return found


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    ranked = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end < len(order) and values[order[end]] == values[order[at]]:
            end += 1
        for i in order[at:end]:
            ranked[i] = (at + end - 1) / 2
        at = end
    return ranked


def spearman(x, y):
    a, b = ranks(x), ranks(y)
    mean = (len(a) - 1) / 2
    top = sum((p - mean) * (q - mean) for p, q in zip(a, b))
    down = sum((p - mean) ** 2 for p in a) * sum((q - mean) ** 2 for q in b)
    return top / down**0.5 if down > 0 else None


def main(file, descriptions=None, count=MOST):
    texts = {}
    if descriptions:
        with open(descriptions, encoding="utf-8") as stream:
            texts = json.load(stream)
    drivers = {}
    patients = 0
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            patients += 1
            for key, effect in effects(json.loads(line)).items():
                drivers.setdefault(key, []).append(effect)
    common = {key: found for key, found in drivers.items() if len(found) >= FEWEST}
    size = {key: sum(abs(e) for e, _ in found) / patients for key, found in common.items()}
    print("| driver | what | patients | mean size of the effect | mean effect | direction |")
    print("|---|---|---|---|---|---|")
    for key in sorted(common, key=lambda k: (-size[k], k))[: int(count)]:
        found = common[key]
        values = [(v, e) for e, v in found if v is not None]
        rho = spearman(*zip(*values)) if len(values) > 2 else None
        mean = sum(e for e, _ in found) / len(found)
        text = texts.get(key[1], key[1]).replace("|", "\\|")
        direction = "-" if rho is None else f"{rho:+.2f}"
        print(f"| {text} | {key[0]} | {len(found)} | {size[key]:.3f} | {mean:+.3f} | {direction} |")
    print(f"\n{patients} patients; mean effect over those who have it.")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
