#!/usr/bin/env python3
"""Trains the demo model on a Synthea cohort and writes demo/; or re-computes its test AUROC.

    python3 tools/train_demo.py SYNTHEA_CSV_FOLDER      # cohort, training, export, evaluation
    python3 tools/train_demo.py --evaluate-only         # AUROC of the committed demo, no Synthea

The task is early mortality: death 31 to 365 days after an office visit. Synthea onsets ischaemic
heart disease from a risk score (Framingham, ASCVD) of age, sex, race, cholesterol, blood pressure,
smoking and diabetes alone, so most of a record would say nothing about it. Deaths follow from coded
diseases (renal failure, heart failure, lung disease, cancer), so codes, visits and measurements all
matter, and an explanation can be judged against what a clinician knows.

The run is seeded and single-threaded: the same folder gives the same files.
"""

import argparse
import json
import os
import shutil
import sys
import time
from collections import Counter

try:
    import numpy as np
    import torch
except ImportError as e:
    print(f"error: {e.name} is not installed for this python3; install it", file=sys.stderr)
    sys.exit(2)

import demo_cohort
import demo_model
import export_torch

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VALIDATION_LINES = 250
TEST_LINES = 200
TEST_POSITIVES = 80
MIN_COUNT = 20


# ---- evaluation --------------------------------------------------------------------------------


def auroc(labels, scores):
    """Area under the ROC curve: the share of concordant pairs, a tie counting half."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = labels.sum()
    negatives = len(labels) - positives
    return (ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives)


def auprc(labels, scores):
    """Average precision: precision at each positive, averaged over the positives; ties together."""
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(labels[order])
    ends = np.r_[np.flatnonzero(np.diff(scores[order])), len(labels) - 1]
    gained = np.diff(np.r_[0, found[ends]])
    return (gained * found[ends] / (ends + 1)).sum() / labels.sum()


def interval(metric, labels, scores, seed=20260101, draws=2000):
    """95% percentile interval of a metric over bootstrap samples of patients."""
    rng = np.random.RandomState(seed)
    values = []
    while len(values) < draws:
        at = rng.randint(len(labels), size=len(labels))
        if 0 < labels[at].sum() < len(at):
            values.append(metric(labels[at], scores[at]))
    return np.percentile(values, [2.5, 97.5])


def report(title, lines, scores):
    """Prints AUROC and AUPRC with their intervals."""
    labels = np.array([line["label"] for line in lines])
    print(f"{title}: {len(labels)} patients, {labels.sum()} positive")
    for name, metric in (("AUROC", auroc), ("AUPRC", auprc)):
        low, high = interval(metric, labels, scores)
        print(f"  {name} {metric(labels, scores):.3f} (95% CI {low:.3f} to {high:.3f})")


def evaluate(folder):
    """Re-computes the figures of the committed demo from its files alone."""
    model, config, vocab = demo_model.load(os.path.join(folder, "model"))
    with open(os.path.join(folder, "test.jsonl"), encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    scores = demo_model.predict(model, config, vocab, lines)
    report("demo/test.jsonl", lines, scores)
    ages = np.array([line["tabular"]["age"] for line in lines])
    labels = np.array([line["label"] for line in lines])
    print(f"  for comparison, age alone: AUROC {auroc(labels, ages):.3f}")


def logistic_reference(splits, vocab, config):
    """Logistic regression on code counts and the tabular vector, or None without scikit-learn."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        return None

    def matrix(lines):
        counts = np.zeros((len(lines), len(vocab)))
        for row, line in zip(counts, lines):
            for visit in line["visits"]:
                for code in visit["codes"]:
                    row[vocab.get(code, demo_model.UNK)] += 1
        features = config["tabular"]["features"]
        tabular = demo_model.normalised([line["tabular"] for line in lines], features)
        return np.hstack([np.log1p(counts), tabular.numpy()])

    labels = {s: np.array([line["label"] for line in splits[s]]) for s in splits}
    inputs = {s: matrix(splits[s]) for s in splits}
    best = None
    for strength in (0.003, 0.01, 0.03, 0.1, 0.3):
        fit = LogisticRegression(C=strength, max_iter=1000).fit(inputs["train"], labels["train"])
        value = auroc(labels["validation"], fit.decision_function(inputs["validation"]))
        if best is None or value > best[0]:
            best = value, fit
    return best[1].decision_function(inputs["test"])


# ---- training ----------------------------------------------------------------------------------


def vocabulary(train):
    """Codes of at least MIN_COUNT training patients, by falling count, after the special ones."""
    patients = {}
    for line in train:
        codes = patients.setdefault(line["subject_id"], set())
        codes.update(code for visit in line["visits"] for code in visit["codes"])
    counts = Counter(code for codes in patients.values() for code in codes)
    kept = sorted((c for c in counts if counts[c] >= MIN_COUNT), key=lambda c: (-counts[c], c))
    return {code: n for n, code in enumerate([*demo_model.SPECIAL, *kept])}


def configuration(vocab, train):
    """The model folder's config; means and deviations come from the training lines."""
    features = []
    for name in demo_cohort.FEATURES:
        values = np.array([t["tabular"][name] for t in train if name in t["tabular"]])
        mean, std = round(float(values.mean()), 4), round(float(values.std()), 4)
        features.append({"name": name, "mean": mean, "std": std})
    return {
        "model_type": "bert",
        "vocab_size": len(vocab),
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 128,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-5,
        "max_position_embeddings": 128,
        "pad_token_id": demo_model.PAD,
        "cls_token_id": demo_model.CLS,
        "sep_token_id": demo_model.SEP,
        "mask_token_id": demo_model.MASK,
        "unk_token_id": demo_model.UNK,
        "norm_first": False,
        "embedding_inputs": {"position": "learned", "visit": "learned"},
        "visit_index": "before_sep",
        "attribution_point": "code",
        "pooling": "cls",
        "pooler": False,
        "tabular": {"features": features, "hidden_sizes": [32], "activation": "gelu"},
        "classifier": {"hidden_sizes": [32], "num_labels": 1, "activation": "gelu"},
    }


def augmented(ids, rng, rate=0.2):
    """Hides each code with the given rate: half become UNK, half MASK. Trains both embeddings."""
    draw = torch.from_numpy(rng.rand(*ids.shape))
    is_code = ids > demo_model.UNK
    ids = ids.masked_fill(is_code & (draw < rate / 2), demo_model.UNK)
    return ids.masked_fill(is_code & (draw >= rate / 2) & (draw < rate), demo_model.MASK)


def train(splits, vocab, config, seed, epochs, patience=4, batch=64):
    """Trains with AdamW, stops early on validation AUROC; returns the best model."""
    torch.manual_seed(seed)
    rng = np.random.RandomState(seed)
    model = demo_model.DemoModel(config, dropout=0.3)
    lines = splits["train"]
    length = config["max_position_embeddings"]
    sequences = [demo_model.token_ids(line["visits"], vocab, length) for line in lines]
    features = config["tabular"]["features"]
    tabular = demo_model.normalised([line["tabular"] for line in lines], features)
    labels = torch.tensor([float(line["label"]) for line in lines])
    validation = np.array([line["label"] for line in splits["validation"]])
    decayed = [p for p in model.parameters() if p.dim() > 1]
    other = [p for p in model.parameters() if p.dim() == 1]
    groups = [{"params": decayed, "weight_decay": 0.2}, {"params": other, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=1e-3)
    steps = epochs * -(-len(lines) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, 1e-3, total_steps=steps, pct_start=0.1
    )
    best, best_state, since = 0.0, None, 0
    for epoch in range(epochs):
        began, total = time.time(), 0.0
        model.train()
        # Batches of similar length waste less on padding; their order is random.
        noisy = np.array([len(s) for s in sequences]) + 8 * rng.rand(len(sequences))
        chunks = np.array_split(np.argsort(noisy), -(-len(lines) // batch))
        for at in rng.permutation(len(chunks)):
            rows = chunks[at]
            ids = augmented(demo_model.padded([sequences[i] for i in rows]), rng)
            known = tabular[rows] * torch.from_numpy(rng.rand(len(rows), len(features)) > 0.05)
            logits = model(ids, known.float())
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels[rows])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(rows)
        value = auroc(validation, demo_model.predict(model, config, vocab, splits["validation"]))
        print(
            f"epoch {epoch + 1}: loss {total / len(lines):.4f}, validation AUROC {value:.4f}, "
            f"{time.time() - began:.0f} s",
            flush=True,
        )
        since += 1
        if value > best:
            best, since = value, 0
            best_state = {k: v.clone() for k, v in model.state_dict().items()}
        if since >= patience:
            break
    model.load_state_dict(best_state)
    return model.eval()


# ---- writing demo/ -----------------------------------------------------------------------------


def sampled(lines, total, positives, rng):
    """Draws lines by label, and spreads the positives evenly so that any stretch has both."""
    split = {1: [], 0: []}
    for line in lines:
        split[line["label"]].append(line)
    chosen = []
    wanted = {1: min(positives, len(split[1])), 0: min(total - positives, len(split[0]))}
    for label, count in wanted.items():
        rows = [split[label][i] for i in rng.permutation(len(split[label]))[:count]]
        chosen += [((n + rng.rand()) / count, row) for n, row in enumerate(rows)]
    return [row for _, row in sorted(chosen, key=lambda pair: pair[0])]


def write(folder, model, config, vocab, splits, texts, seed):
    """Writes the model folder and both cohorts beside `folder`, then moves them in."""
    rng = np.random.RandomState(seed)
    share = sum(line["label"] for line in splits["validation"]) / len(splits["validation"])
    cohorts = {
        "validation.jsonl": sampled(
            splits["validation"], VALIDATION_LINES, round(share * VALIDATION_LINES), rng
        ),
        "test.jsonl": sampled(splits["test"], TEST_LINES, TEST_POSITIVES, rng),
    }
    shown = set(vocab)
    for lines in cohorts.values():
        shown.update(code for line in lines for visit in line["visits"] for code in visit["codes"])
    special = ("padding", "start of record", "end of visit", "hidden code", "unknown code")
    described = {**dict(zip(demo_model.SPECIAL, special)), **texts}
    descriptions = {code: described[code] for code in [*vocab, *sorted(shown - set(vocab))]}
    part = folder.rstrip("/") + ".part"
    shutil.rmtree(part, ignore_errors=True)
    state = model.state_dict()
    export_torch.export(
        state, demo_model.NAMES, config, vocab, os.path.join(part, "model"), descriptions
    )
    for name, lines in cohorts.items():
        with open(os.path.join(part, name), "w", encoding="utf-8") as out:
            for line in lines:
                out.write(json.dumps(line, separators=(",", ":")) + "\n")
    os.makedirs(os.path.join(folder, "model"), exist_ok=True)
    for base, _, files in os.walk(part):
        for name in files:
            source = os.path.join(base, name)
            os.replace(source, os.path.join(folder, os.path.relpath(source, part)))
    shutil.rmtree(part)
    # It belongs to the weights that were there before.
    stale = os.path.join(folder, "model", "baseline.safetensors")
    if os.path.exists(stale):
        os.remove(stale)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("synthea", nargs="?", help="folder of Synthea CSV files (.csv or .csv.gz)")
    parser.add_argument("--evaluate-only", action="store_true", help="no training, no Synthea")
    parser.add_argument("--demo", default=os.path.join(ROOT, "demo"), help="default: demo/")
    parser.add_argument("--first-index-year", type=int, default=1990)
    parser.add_argument("--negatives", type=int, default=4, help="per training patient")
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--seed", type=int, default=20260101)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    try:
        if options.evaluate_only:
            evaluate(options.demo)
            return 0
        if not options.synthea:
            raise demo_cohort.CohortError("give a Synthea CSV folder, or --evaluate-only")
        return _train(options)
    except (demo_cohort.CohortError, export_torch.ExportError) as e:
        print(f"error: {e}", file=sys.stderr)
    except OSError as e:
        print(f"error: {e.filename}: {e.strerror}; check the path", file=sys.stderr)
    return 2


def _train(options):
    patients, texts = demo_cohort.read_patients(options.synthea)
    splits = demo_cohort.build(
        patients, options.first_index_year, options.seed, options.negatives
    )
    dead = sum(patient.death is not None for patient in patients.values())
    print(f"{len(patients)} patients read, {dead} dead")
    for name, lines in splits.items():
        people = len({line["subject_id"] for line in lines})
        positives = sum(line["label"] for line in lines)
        print(f"{name}: {len(lines)} index dates of {people} patients, {positives} positive")
        if not 0 < positives < len(lines):
            raise demo_cohort.CohortError(
                f"{options.synthea}: {name} has {positives} positives among {len(lines)}; both "
                "outcomes are needed: give a larger folder or an earlier --first-index-year"
            )
    vocab = vocabulary(splits["train"])
    config = configuration(vocab, splits["train"])
    model = train(splits, vocab, config, options.seed, options.epochs)
    write(options.demo, model, config, vocab, splits, texts, options.seed)
    scores = demo_model.predict(model, config, vocab, splits["test"])
    report("whole test split", splits["test"], scores)
    reference = logistic_reference(splits, vocab, config)
    if reference is not None:
        report("  logistic regression on it", splits["test"], reference)
    evaluate(options.demo)
    return 0


if __name__ == "__main__":
    sys.exit(main())
