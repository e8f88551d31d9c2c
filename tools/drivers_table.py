#!/usr/bin/env python3
"""Prints the strongest drivers of results as a table in Markdown.

    bin/gsig explain ... --out RESULTS.jsonl
    python3 tools/drivers_table.py RESULTS.jsonl COHORT/descriptions.json [DIRECTIONS.csv [COUNT]]

A driver is a measured variable or another code, with all its occurrences, or a tabular value; a
variable's _low, _high and bins (_q1, _q2, ...) are of it. Its effect on a patient is the sum of its
signed attributions, in the score's units (log-odds of the explained class). Ranked by the mean of
its size over all patients, 0 for those who have it not, among the drivers that at least five have.
Then the mean effect on patients whose value (the last one, or its bin) is among the lowest fifth, in
the middle, and among the highest fifth. DIRECTIONS.csv (tools/icu_directions.csv) tells of variables
which end a clinical score counts as worse, low, high or both, or whether its presence; a driver
agrees where the effect there is larger than at the other end, of both than in the middle.
"""

import csv
import json
import re
import sys

MOST = 20
FEWEST = 5


def variable(code):
    return re.sub(r"_(low|high)$", "", re.sub(r"_q\d+$", "", code))


def value(token):
    """The number beside a code, or its bin; of the lowest and highest of a visit none."""
    plain = re.sub(r"_q\d+$", "", token["code"])
    if variable(plain) != plain:
        return None
    if token.get("value") is not None:
        return token["value"]
    bin_of = re.search(r"_q(\d+)$", token["code"])
    return float(bin_of[1]) if bin_of else None


def effects(result):
    """Of each driver its effect, and its last value."""
    found = {}
    for token in result["tokens"]:
        key = variable(token["code"])
        effect, last = found.get(key, (0.0, None))
        now = value(token)
        found[key] = (effect + token["signed"], last if now is None else now)
    for feature in result.get("tabular") or []:
        if feature["value"] is not None:
            found[feature["name"]] = (feature["signed"], feature["value"])
    return found


def mean(values):
    return sum(values) / len(values) if values else None


def fifths(pairs):
    """The mean effect at the lowest fifth of the values, between, and at the highest; ties stay
    together."""
    known = sorted((v, e) for e, v in pairs if v is not None)
    if len(known) < FEWEST or known[0][0] == known[-1][0]:
        return None, None, None
    low, high = known[len(known) // 5][0], known[-1 - len(known) // 5][0]
    if low == high:  # one value is most of them
        low, high = (known[0][0], high) if high > known[0][0] else (low, known[-1][0])
    return (
        mean([e for v, e in known if v <= low and v < high]),
        mean([e for v, e in known if low < v < high]),
        mean([e for v, e in known if v >= high and v > low]),
    )


def agreement(worse, low, middle, high, overall):
    """yes, no, or which of both ends alone is worse; None where that cannot be told."""
    if worse == "present":
        return "yes" if overall > 0 else "no"
    if low is None or high is None or (worse == "both" and middle is None):
        return None
    if worse == "both":
        ends = [name for name, end in (("low", low), ("high", high)) if end > middle]
        return "yes" if len(ends) == 2 else f"{ends[0]} end alone" if ends else "no"
    return "yes" if (high > low) == (worse == "high") else "no"


def main(file, descriptions, directions=None, count=MOST):
    with open(descriptions, encoding="utf-8") as stream:
        texts = json.load(stream)
    worse = {}
    if directions:
        with open(directions, encoding="utf-8") as stream:
            worse = {row["variable"]: row for row in csv.DictReader(stream)}
    drivers = {}
    patients = 0
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            patients += 1
            for name, effect in effects(json.loads(line)).items():
                drivers.setdefault(name, []).append(effect)
    common = {name: found for name, found in drivers.items() if len(found) >= FEWEST}
    size = {name: sum(abs(e) for e, _ in found) / patients for name, found in common.items()}
    columns = ["driver", "patients", "mean size", "lowest fifth", "between", "highest fifth"]
    columns += ["worse by a score", "agrees"] if directions else []
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    answers = []
    for name in sorted(common, key=lambda n: (-size[n], n))[: int(count)]:
        ends = fifths(common[name])
        text = texts.get(name) or texts.get(name + "_q1", name).rsplit(": ", 1)[0]
        cells = [text.replace("|", "\\|"), str(len(common[name])), f"{size[name]:.3f}"]
        cells += ["-" if end is None else f"{end:+.3f}" for end in ends]
        if directions:
            row = worse.get(name)
            overall = mean([effect for effect, _ in common[name]])
            answer = agreement(row["worse"], *ends, overall) if row else None
            answers += [answer] if answer else []
            cells += [f"{row['worse']} ({row['score']})" if row else "-", answer or "-"]
        print("| " + " | ".join(cells) + " |")
    print(f"\n{patients} patients.", end="")
    if answers:
        partly = sum(answer.endswith("alone") for answer in answers)
        print(
            f" Of {len(answers)} drivers with a direction in a score {answers.count('yes')} agree, "
            f"{partly} at one of both ends alone, {answers.count('no')} not.",
            end="",
        )
    print()


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
