#!/usr/bin/env python3
"""Makes the planted-truth fixture: patients whose risk rests on known codes, and a model of it.

    python3 tools/planted_truth.py            # writes gsig/src/test/resources/planted

Every patient has 3 to 6 visits with 2 to 5 codes, all codes being about equally frequent. Six of
them are planted: each raises the log-odds of label 1 by 2.5, the others do nothing, and age is
noise. A small Transformer is trained on 4000 such patients. An attribution method that works ranks
the planted codes of a patient first. PlantedTruthTest measures how far each method does.

The run is seeded and single-threaded: the same PyTorch writes the same files.
"""

import argparse
import json
import os
import shutil
import sys

try:
    import numpy as np
    import torch
except ImportError as e:
    print(f"error: {e.name} is not installed for this python3; install it", file=sys.stderr)
    sys.exit(2)

import demo_model
import export_torch
import train_demo

PLANTED = [f"risk_{n}" for n in range(1, 7)]
OTHERS = [f"other_{n:02d}" for n in range(1, 43)]
LENGTH = 48
SIZES = {"train": 4000, "validation": 1000, "test": 100}
WRITTEN = {"validation": 60, "test": 100}


def patient(name, rng):
    """One line of a cohort."""
    codes = PLANTED + OTHERS
    # A third of the other codes' rate, so that patients with none to four of them are common.
    rate = np.array([1.0] * len(PLANTED) + [1.5] * len(OTHERS))
    visits = []
    for n in range(rng.randint(3, 7)):
        drawn = rng.choice(len(codes), rng.randint(2, 6), replace=False, p=rate / rate.sum())
        visits.append({"time": f"20{10 + n}-01-01", "codes": [codes[i] for i in drawn]})
    present = {c for visit in visits for c in visit["codes"] if c in PLANTED}
    odds = -4.0 + 2.5 * len(present)
    label = int(rng.rand() < 1 / (1 + np.exp(-odds)))
    age = round(float(rng.normal(60, 10)), 1)
    return {"subject_id": name, "visits": visits, "tabular": {"age": age}, "label": label}


def configuration(vocab):
    """A small model of the demo's kind."""
    return {
        "model_type": "bert",
        "vocab_size": len(vocab),
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-5,
        "max_position_embeddings": LENGTH,
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
        "tabular": {
            "features": [{"name": "age", "mean": 60.0, "std": 10.0}],
            "hidden_sizes": [4],
            "activation": "gelu",
        },
        "classifier": {"hidden_sizes": [8], "num_labels": 1, "activation": "gelu"},
    }


def train(splits, vocab, config, seed, epochs, batch=64):
    """A model of the training patients; a tenth of their codes are hidden, as in the demo."""
    torch.manual_seed(seed)
    rng = np.random.RandomState(seed)
    model = demo_model.DemoModel(config)
    lines = splits["train"]
    ids = demo_model.padded(
        [demo_model.token_ids(line["visits"], vocab, LENGTH) for line in lines], LENGTH
    )
    tabular = demo_model.normalised(
        [line["tabular"] for line in lines], config["tabular"]["features"]
    )
    labels = torch.tensor([float(line["label"]) for line in lines])
    validation = np.array([line["label"] for line in splits["validation"]])
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    for epoch in range(epochs):
        total = 0.0
        model.train()
        for rows in np.array_split(rng.permutation(len(lines)), len(lines) // batch):
            hidden = train_demo.augmented(ids[rows], rng, 0.1)
            logits = model(hidden, tabular[rows])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        scores = demo_model.predict(model, config, vocab, splits["validation"])
        value = train_demo.auroc(validation, scores)
        print(
            f"epoch {epoch + 1}: loss {total / len(lines):.4f}, validation AUROC {value:.4f}",
            flush=True,
        )
    return model.eval()


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.path.join(train_demo.ROOT, "gsig", "src", "test", "resources", "planted")
    parser.add_argument("--out", default=default, help="default: the test resources")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=20260101)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    rng = np.random.RandomState(options.seed)
    splits = {
        split: [patient(f"{split}-{n}", rng) for n in range(size)] for split, size in SIZES.items()
    }
    vocab = {c: n for n, c in enumerate([*demo_model.SPECIAL, *sorted(PLANTED + OTHERS)])}
    config = configuration(vocab)
    model = train(splits, vocab, config, options.seed, options.epochs)
    scores = demo_model.predict(model, config, vocab, splits["test"])
    train_demo.report("test patients", splits["test"], scores)
    shutil.rmtree(options.out, ignore_errors=True)
    folder = os.path.join(options.out, "model")
    export_torch.export(model.state_dict(), demo_model.NAMES, config, vocab, folder)
    for split, size in WRITTEN.items():
        path = os.path.join(options.out, f"{split}.jsonl")
        with open(path, "w", encoding="utf-8") as out:
            for line in splits[split][:size]:
                out.write(json.dumps(line, separators=(",", ":")) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
