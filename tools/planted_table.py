#!/usr/bin/env python3
"""Prints how well methods find rules that labels were given by, as a table in Markdown.

    python3 tools/plant_rule.py COHORT PLANTED RULE...
    bin/gsig train --cohort PLANTED --out MODEL ...
    bin/gsig explain --model MODEL --method ig,gsig,... --cohort ... --out RESULTS.jsonl
    python3 tools/planted_table.py RESULTS.jsonl PLANTED/rules.json

A driver is a code with all its occurrences and the numbers beside it, or a tabular value; drivers
are ranked by their signed attribution, what raises the score most first. Of the patients for whom a
rule holds: how many have a code of such a rule first, and the average precision of the ranking (1:
all of them before all others). For each rule on a value: of what is attributed to its code where it
holds, the share that the value has and not that it was measured. A code and its _low and _high tell
of the same measurements, and count as one.
"""

import json
import re
import sys


def measured(code):
    return re.sub(r"_(low|high)$", "", code)


def readings(line):
    """Of each method the tokens, with their codes, and the tabular values."""
    codes = {token["position"]: token["code"] for token in line["tokens"]}
    for reading in [line] + line.get("readings", []):
        tokens = [(measured(codes[token["position"]]), token) for token in reading["tokens"]]
        yield reading["method"], tokens, reading.get("tabular") or []


def average_precision(ranked, wanted):
    found, total = 0, 0.0
    for place, name in enumerate(ranked, 1):
        if name in wanted:
            found += 1
            total += found / place
    return total / len(wanted)


def main(results, rules):
    with open(rules, encoding="utf-8") as stream:
        told = json.load(stream)
    code_of = {rule: measured(re.sub(r"[<>].*$", "", rule)) for rule in told["rules"]}
    of_values = [rule for rule in told["rules"] if re.search("[<>]", rule)]
    methods = {}
    with open(results, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            held = told["patients"][line["subject_id"]]
            for method, tokens, tabular in readings(line) if held else ():
                effects = {}
                for code, token in tokens:
                    effects[code] = effects.get(code, 0) + token["signed"]
                for feature in tabular:
                    effects["tabular " + feature["name"]] = feature["signed"]
                wanted = {code_of[rule] for rule in held} & effects.keys()
                if not wanted:
                    continue  # cut off with the oldest visits
                ranked = sorted(effects, key=lambda name: -effects[name])
                row = methods.setdefault(method, {"first": [], "precision": [], "values": {}})
                row["first"].append(ranked[0] in wanted)
                row["precision"].append(average_precision(ranked, wanted))
                for rule in of_values:
                    if rule in held:
                        own = [token for code, token in tokens if code == code_of[rule]]
                        value = sum(token.get("value_signed") or 0 for token in own)
                        both = sum(token["signed"] for token in own)
                        sums = row["values"].setdefault(rule, [0.0, 0.0])
                        sums[0] += value
                        sums[1] += both
    if not methods:
        sys.exit(f"{results}: no rule holds for a patient of it")
    columns = ["method", "patients", "a rule's code first", "average precision"]
    columns += [f"share of the value: {rule.replace('|', ' ')}" for rule in of_values]
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for method, row in methods.items():
        n = len(row["first"])
        cells = [method, str(n), f"{sum(row['first']) / n:.1%}", f"{sum(row['precision']) / n:.3f}"]
        for rule in of_values:
            value, both = row["values"].get(rule, (0, 0))
            cells.append(f"{value / both:.0%}" if both else "-")
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
