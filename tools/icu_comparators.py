#!/usr/bin/env python3
"""Models that are no Transformers, on the stays of gsig cohort physionet2012.

    bin/gsig cohort physionet2012 --input CHALLENGE --task hospital-mortality --values --out COHORT
    python3 tools/icu_comparators.py COHORT CHALLENGE OUT

Writes to OUT/NAME what gsig predict would write of validation.jsonl and test.jsonl:
  boosting   gradient boosting (scikit-learn, histograms) on a stay's summary features
  logistic   logistic regression on the same, missing ones at the median
  saps-i, sofa   logistic regression on the score of the challenge's outcome files alone
Summary features: first, last, smallest, largest, mean, standard deviation and number of each
variable's values, and the tabular values. Learnt from train.jsonl alone, as gsig train learns.
"""

import csv
import gzip
import json
import os
import pathlib
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

PARTS = ("train", "validation", "test")
SEED = 1


def stays(file):
    with open(file, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def series(stay):
    """The values of each code in the order of the visits."""
    found = {}
    for visit in stay["visits"]:
        values = visit.get("values") or [None] * len(visit["codes"])
        for code, value in zip(visit["codes"], values):
            found.setdefault(code, []).append(value)
    return found


def features(some, codes, tabular):
    rows = []
    for stay in some:
        found = series(stay)
        row = []
        for code in codes:
            known = [v for v in found.get(code, []) if v is not None]
            if known:
                row += [known[0], known[-1], min(known), max(known), np.mean(known), np.std(known)]
            else:
                row += [np.nan] * 6
            row.append(len(found.get(code, [])))
        row += [stay.get("tabular", {}).get(name, np.nan) for name in tabular]
        rows.append(row)
    return np.array(rows, dtype=float)


def outcomes(folder):
    """SAPS-I and SOFA of each stay; -1, which stands for unknown, is missing."""
    scores = {}
    for file in sorted(pathlib.Path(folder).iterdir()):
        if file.name.lower().startswith("outcomes-"):
            opened = gzip.open if file.suffix == ".gz" else open
            with opened(file, "rt", encoding="utf-8") as lines:
                for row in csv.DictReader(lines):
                    known = [float(row[name]) for name in ("SAPS-I", "SOFA")]
                    scores[row["RecordID"]] = [np.nan if v < 0 else v for v in known]
    return scores


def write(folder, part, some, probabilities):
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/{part}.csv", "w", encoding="utf-8", newline="\n") as out:
        out.write("subject_id,label,predicted_class,probability\n")
        for stay, p in zip(some, probabilities):
            out.write(f"{stay['subject_id']},{stay['label']},{int(p > 0.5)},{p:.6g}\n")


def linear(c):
    return make_pipeline(
        SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(C=c, max_iter=5000)
    )


def main(cohort, challenge, out):
    parts = {part: stays(f"{cohort}/{part}.jsonl") for part in PARTS}
    codes = sorted({c for s in parts["train"] for v in s["visits"] for c in v["codes"]})
    tabular = sorted({name for s in parts["train"] for name in s.get("tabular", {})})
    summary = {part: features(some, codes, tabular) for part, some in parts.items()}
    of = outcomes(challenge)
    scores = {
        part: np.array([of[s["subject_id"]] for s in some], dtype=float)
        for part, some in parts.items()
    }
    models = {
        "boosting": (
            HistGradientBoostingClassifier(
                max_iter=300,
                learning_rate=0.03,
                max_leaf_nodes=15,
                l2_regularization=1.0,
                random_state=SEED,
            ),
            summary,
        ),
        "logistic": (linear(0.003), summary),
        "saps-i": (linear(1.0), {part: x[:, :1] for part, x in scores.items()}),
        "sofa": (linear(1.0), {part: x[:, 1:] for part, x in scores.items()}),
    }
    labels = np.array([s["label"] for s in parts["train"]])
    for name, (model, x) in models.items():
        model.fit(x["train"], labels)
        for part in ("validation", "test"):
            write(f"{out}/{name}", part, parts[part], model.predict_proba(x[part])[:, 1])


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
