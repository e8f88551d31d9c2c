#!/usr/bin/env python3
"""Writes train/src/test/resources/train: what PyTorch does in training, step by step, in float64.

    python3 tools/make_training_fixtures.py

Each model folder holds its configuration, a cohort, the weights before and after 200 steps, and
run.json: the options, the order of the batches and the loss of every step. optimizers.json holds the
optimizers, gradient clipping and the schedule, each alone. The same PyTorch writes the same bytes.
"""

import json
import os
import shutil
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.lr_scheduler import LinearLR, SequentialLR

import parity_cases
import parity_data
import parity_model
import parity_safetensors

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "train", "src", "test", "resources", "train")
STEPS = 200
BATCH = 6
PATIENTS = 18
KINDS = (("short",), ("full",), ("single",), ("truncated",), ("short", "unknown"))

SIZES = parity_cases.sizes(8, 2, 2, 12, "gelu", 14, vocab=17)
FEATURES = [
    {"name": "age", "mean": 61.2, "std": 14.0},
    {"name": "sex", "mean": 0.5, "std": 0.5},
]

CASES = {
    "binary-adamw": {
        "config": {
            **SIZES,
            **parity_cases.special(),
            "embedding_inputs": {"position": "learned", "visit": "learned"},
            "pooler": True,
            "tabular": {"features": FEATURES, "hidden_sizes": [4], "activation": "gelu"},
            "classifier": {"hidden_sizes": [5], "num_labels": 1, "activation": "tanh"},
        },
        "optimizer": "adamw",
        "norms": (True, False),
        "class_weights": [1.0, 2.5],
        "clip": 0.5,
    },
    "classes-gru-adam": {
        "config": {
            **SIZES,
            **parity_cases.special(),
            "hidden_act": "gelu_new",
            "norm_first": True,
            "embedding_inputs": {
                "position": "sinusoidal",
                "visit": "learned",
                "age": "learned",
                "token_type": "learned",
            },
            "age_rows_per_year": 1,
            "pooling": "bigru",
            "gru_hidden_size": 3,
            "gru_read": "final_states",
            "gru_over": "real",
            "classifier": {"hidden_sizes": [], "num_labels": 3},
        },
        "optimizer": "adam",
        "norms": (True, True),
        "class_weights": [1.0, 1.0, 1.0],
        "clip": 0.0,
    },
    "masked-codes": {
        "config": {**SIZES, **parity_cases.special(), "pooling": "mean", "mean_over": "real"},
        "optimizer": "adamw",
        "norms": (True, False),
        "class_weights": None,
        "clip": 1.0,
    },
    "multi-label-adamw": {
        "config": {
            **SIZES,
            **parity_cases.special(),
            "embedding_inputs": {"position": "learned", "visit": "learned"},
            "problem_type": "multi_label_classification",
            "tabular": {"features": FEATURES, "hidden_sizes": [4], "activation": "gelu"},
            "classifier": {"hidden_sizes": [5], "num_labels": 4, "activation": "tanh"},
        },
        "optimizer": "adamw",
        "norms": (True, False),
        # for each label the weight of those without it and of those with it
        "class_weights": [1.0, 1.0, 0.6, 3.0, 1.0, 0.5, 1.0, 2.0],
        "clip": 0.5,
    },
    "times-adamw": {
        "config": {
            **SIZES,
            **parity_cases.special(),
            "num_hidden_layers": 1,
            "embedding_inputs": {"position": "learned", "time": "linear"},
            **parity_cases.time_input("since_first_visit", "years", "log1p", "visit"),
        },
        "optimizer": "adamw",
        "norms": (True, False),
        "class_weights": [1.0, 1.0],
        "clip": 1.0,
    },
}
RATE, WARMUP, DECAY = 3e-3, 30, 0.05


class MaskedCodeHead(nn.Module):
    """BERT's head, its output layer tied to the code embedding."""

    def __init__(self, config):
        super().__init__()
        d = config["hidden_size"]
        self.transform = parity_model.DenseNorm(d, d, config["layer_norm_eps"])
        self.bias = nn.Parameter(torch.zeros(config["vocab_size"]))
        self.act = config["hidden_act"]

    def forward(self, rows, table):
        hidden = parity_model.activate(self.act, self.transform.dense(rows))
        return F.linear(self.transform.LayerNorm(hidden), table, self.bias)


def is_multi_label(config):
    return config["problem_type"] == "multi_label_classification"


def randomise(module, rng):
    """Weights that leave no gradient near 0 by construction."""
    with torch.no_grad():
        for name, p in module.named_parameters():
            values = 0.3 * rng.standard_normal(tuple(p.shape))
            if "LayerNorm.weight" in name:
                values = 1 + values
            p.copy_(torch.from_numpy(values))


def schedule(optimizer, steps, warmup):
    """Linear to the peak at step `warmup`, then linear to 1/(steps - warmup + 1) at the last one."""
    up = LinearLR(optimizer, 1 / warmup, 1.0, total_iters=warmup - 1)
    down = LinearLR(optimizer, 1.0, 1 / (steps - warmup + 1), total_iters=steps - warmup)
    return SequentialLR(optimizer, [up, down], [warmup - 1])


def optimizer_of(kind, parameters):
    """Weight decay on matrices and tables, not on biases and layer norms."""
    decayed = [p for n, p in parameters if "bias" not in n and "LayerNorm" not in n]
    other = [p for n, p in parameters if "bias" in n or "LayerNorm" in n]
    groups = [
        {"params": decayed, "weight_decay": DECAY},
        {"params": other, "weight_decay": 0.0},
    ]
    return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind](groups, lr=RATE)


def masked(tokens, config, rng):
    """A sequence with some codes masked, replaced or kept, and what was there."""
    ids, positions, targets = list(tokens["ids"]), [], []
    codes = [i for i in range(config["vocab_size"]) if i > 4]
    for p in range(tokens["real"]):
        if ids[p] > 4 and (rng.random() < 0.3 or not positions):
            positions.append(p)
            targets.append(ids[p])
            draw = rng.random()
            if draw < 0.8:
                ids[p] = config["mask_token_id"]
            elif draw < 0.9:
                ids[p] = int(codes[rng.integers(len(codes))])
    return {"ids": ids, "positions": positions, "targets": targets}


def state(modules):
    """All parameters by name, sorted."""
    named = {}
    for prefix, module in modules.items():
        for name, p in module.named_parameters():
            named[prefix + name] = p.detach().numpy().copy()
    return dict(sorted(named.items()))


def build(name, case, seed):
    rng = np.random.default_rng(seed)
    config = parity_model.resolve(case["config"])
    vocabulary = parity_data.make_vocabulary(config, True)
    cohort = []
    for n in range(PATIENTS):
        line = parity_data.make_trajectory(
            rng, "p%d" % n, KINDS[n % len(KINDS)], config, vocabulary
        )
        labels = config["classifier"]["num_labels"]
        if is_multi_label(config):
            line["labels"] = [int((n >> k) % 2 or n % (k + 3) == 0) for k in range(labels)]
        else:
            line["label"] = int(n % max(2, labels))
        cohort.append(line)
    model = parity_model.ReferenceModel(
        config, parity_data.table_rows(config), *case["norms"]
    ).double()
    modules = {"": model}
    pretrains = case["class_weights"] is None
    if pretrains:
        modules["cls.predictions."] = MaskedCodeHead(config).double()
    for module in modules.values():
        randomise(module, rng)
    initial = state(modules)
    order = rng.integers(0, PATIENTS, (STEPS, BATCH)).tolist()
    items = []
    for n, line in enumerate(cohort):
        tokens = parity_data.tokenize(line, config, vocabulary)
        hidden = masked(tokens, config, rng) if pretrains else None
        if hidden:
            tokens = parity_data.replaced(tokens, hidden["ids"])
        items.append((line, tokens, hidden))

    def loss_of(index):
        """Sum of the weighted losses of an item, and its weight."""
        line, tokens, hidden = items[index]
        inputs = parity_data.token_inputs(tokens, config, changed=bool(hidden))
        real = torch.arange(len(tokens["ids"])) < tokens["real"]
        e = model.attribution_input(inputs)[None]
        if hidden:
            e = model.embeddings.finish(e + model.embeddings.added(inputs))
            rows = model.encoder(e, real)[0, hidden["positions"]]
            table = model.embeddings.word_embeddings.weight
            logits = modules["cls.predictions."](rows, table)
            targets = torch.tensor(hidden["targets"])
            return F.cross_entropy(logits, targets, reduction="sum"), len(targets)
        x = None
        if config["tabular"]:
            x = torch.tensor([parity_data.normalised(line, config)], dtype=torch.float64)
        logits = model.logits(e, x, inputs, real)
        if is_multi_label(config):
            pairs = torch.tensor(case["class_weights"], dtype=torch.float64).reshape(-1, 2)
            target = torch.tensor(line["labels"], dtype=torch.float64)
            weights = torch.where(target == 1, pairs[:, 1], pairs[:, 0])
            # The mean over the labels, as BCEWithLogitsLoss takes it.
            losses = F.binary_cross_entropy_with_logits(logits[0], target, weights)
            return losses, weights.mean().item()
        weight = case["class_weights"][line["label"]]
        if logits.shape[1] == 1:
            target = torch.tensor([[float(line["label"])]], dtype=torch.float64)
            loss = F.binary_cross_entropy_with_logits(logits, target)
        else:
            loss = F.cross_entropy(logits, torch.tensor([line["label"]]))
        return weight * loss, weight

    named = [(p + n, w) for p, m in modules.items() for n, w in m.named_parameters()]
    if pretrains:
        named = [(n, w) for n, w in named if n.split(".")[0] in ("embeddings", "encoder", "cls")]
    optimizer = optimizer_of(case["optimizer"], named)
    rates = schedule(optimizer, STEPS, WARMUP)
    losses = []
    for batch in order:
        parts = [loss_of(i) for i in batch]
        loss = sum(p[0] for p in parts) / sum(p[1] for p in parts)
        optimizer.zero_grad()
        loss.backward()
        if case["clip"]:
            nn.utils.clip_grad_norm_([w for _, w in named], case["clip"])
        optimizer.step()
        rates.step()
        losses.append(loss.item())

    folder = os.path.join(OUT, name)
    os.makedirs(folder)
    shown = {k: v for k, v in case["config"].items()}
    write(folder, "config.json", shown)
    write(folder, "vocab.json", vocabulary)
    with open(os.path.join(folder, "cohort.jsonl"), "w", encoding="utf-8") as file:
        for line in cohort:
            file.write(json.dumps(line) + "\n")
    parity_safetensors.write(os.path.join(folder, "initial.safetensors"), initial, "F64")
    parity_safetensors.write(os.path.join(folder, "final.safetensors"), state(modules), "F64")
    run = {
        "optimizer": case["optimizer"],
        "learning_rate": RATE,
        "warmup_steps": WARMUP,
        "weight_decay": DECAY,
        "clip": case["clip"],
        "class_weights": case["class_weights"],
        "order": order,
        "losses": losses,
    }
    if pretrains:
        run["masked"] = [hidden for _, _, hidden in items]
    write(folder, "run.json", run)
    print(f"{name}: {sum(v.size for v in initial.values())} weights, "
          f"loss {losses[0]:.4f} to {losses[-1]:.4f}")


def optimizers(seed):
    """Each optimizer on its own gradients; clipping; the schedule."""
    rng = np.random.default_rng(seed)
    gradients = rng.standard_normal((20, 7)) * np.array([1, 1e-3, 10, 1, 1e-6, 0, 1])
    start = rng.standard_normal(7)
    result = {"start": start.tolist(), "gradients": gradients.tolist(), "runs": [], "clipping": []}
    for kind, decay in (("adam", 0.0), ("adam", 0.1), ("adamw", 0.0), ("adamw", 0.1)):
        theta = nn.Parameter(torch.from_numpy(start.copy()))
        factory = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind]
        optimizer = factory([theta], lr=0.01, weight_decay=decay)
        trace = []
        for g in gradients:
            theta.grad = torch.from_numpy(g.copy())
            optimizer.step()
            trace.append(theta.detach().tolist())
        result["runs"].append({"kind": kind, "decay": decay, "trace": trace})
    for limit in (0.1, 1.0, 1e3):
        parts = [nn.Parameter(torch.zeros(3).double()), nn.Parameter(torch.zeros(4).double())]
        g = gradients[3]
        for p, part in zip(parts, (g[:3], g[3:])):
            p.grad = torch.from_numpy(part.copy())
        norm = nn.utils.clip_grad_norm_(parts, limit).item()
        clipped = torch.cat([p.grad for p in parts]).tolist()
        result["clipping"].append({"limit": limit, "norm": norm, "clipped": clipped})
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.02)
    rates, steps = [], schedule(optimizer, 50, 8)
    for _ in range(50):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        steps.step()
    result["schedule"] = {"peak": 0.02, "warmup": 8, "total": 50, "rates": rates}
    write(OUT, "optimizers.json", result)


def write(folder, name, value):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        json.dump(value, file)
        file.write("\n")


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    for n, (name, case) in enumerate(CASES.items()):
        build(name, case, 20260701 + n)
    optimizers(20260801)
    size = sum(
        os.path.getsize(os.path.join(folder, f)) for folder, _, files in os.walk(OUT) for f in files
    )
    print(f"{size / 1024:.0f} KB in {OUT}")


if __name__ == "__main__":
    sys.exit(main())
